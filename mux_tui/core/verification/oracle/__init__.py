"""What proves a change of files: the project's own tests, run in a scratch copy.

An oracle says pass, fail or unknown, and unknown never counts as pass. What it says
of the change is told by comparing it with what it says of the untouched copy.
"""
