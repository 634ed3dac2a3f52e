"""Who can do a task: one protocol, and everything that speaks it."""
