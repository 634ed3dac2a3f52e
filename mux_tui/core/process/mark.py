"""The variable by which all that a run has started is found again.

A program may leave its process group and its session, but its environment goes with
it. The value is never used twice, so whoever carries it was started by that run.
"""

import secrets

MARK = "MUX_MARK"


def new_mark() -> str:
    """A value that no other run has."""
    return secrets.token_hex(16)
