"""The command line as facts: what `mux spec`, the man page and the completions say."""
