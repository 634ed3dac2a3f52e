"""Which rank ended, as the launcher has noted it at the end of the log."""

import re
from collections.abc import Sequence

_NOTE = re.compile(r"mux: (rank \d+ on \S+ (?:was ended|ended) .+)")


def fallen_rank(lines: Sequence[str]) -> str:
    """The clause on the rank that ended by itself; empty: the log tells of none.

    Args:
        lines: The end of the log, safe to show. What ranks say stands there behind
            their numbers, so that none can speak for the launcher.
    """
    found = (_NOTE.fullmatch(line) for line in reversed(lines))
    return next((match[1] for match in found if match), "")
