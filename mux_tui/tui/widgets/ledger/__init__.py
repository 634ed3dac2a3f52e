"""What the ledger's screen is made of: the list of runs, one run in full, charts."""
