"""The command line: arguments in, text or JSON out, one exit code."""
