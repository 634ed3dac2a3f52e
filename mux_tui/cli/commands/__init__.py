"""One module a command; each ends with its `COMMAND`."""
