"""Child processes: the one home of starting and ending them.

Every child leads a process group of its own and is ended by that group, so that what
it started ends with it.
"""
