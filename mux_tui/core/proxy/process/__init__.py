"""The proxy as a process: started, found, asked how it is, and ended.

There is at most one. It outlives whoever started it, and nothing is signalled that is
not proved to be it.
"""
