"""The program that speaks to the hub; started by `worker`, imported by nobody.

It reads one order as JSON from its standard input and answers with lines of JSON. It
has nothing to clean up: it may be killed at any time.
"""
