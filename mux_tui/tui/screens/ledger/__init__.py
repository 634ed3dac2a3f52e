"""The ledger: every task that was ever run, found again, explained and added up."""
