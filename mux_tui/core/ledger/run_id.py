"""The names of runs: sortable by time, unique across processes, easy to type.

`01k8z3q5m-7f3ac2x1`: nine characters of time and eight of chance. A few characters of
the beginning are enough to name a run, as with commits in git.
"""

import secrets
import threading
import time
from collections.abc import Callable

_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
"""Base 32 in ASCII order, so that text sorts as numbers do; no letters to misread."""

_TIME_LENGTH = 9
_CHANCE_LENGTH = 8
_LATEST = 32**_TIME_LENGTH - 1

_lock = threading.Lock()
_last = -1


def new_run_id(now: Callable[[], float] = time.time) -> str:
    """Return a new run id of `[a-z0-9-]`.

    Ids of one process sort in the order they were made, even when the clock jumps
    back. Ids of different processes sort by their clocks.

    Args:
        now: Seconds since 1970, UTC.
    """
    global _last
    milliseconds = min(max(int(now() * 1000), 0), _LATEST)
    with _lock:
        _last = moment = max(milliseconds, _last + 1)
    chance = secrets.randbelow(32**_CHANCE_LENGTH)
    return f"{_base32(moment, _TIME_LENGTH)}-{_base32(chance, _CHANCE_LENGTH)}"


def moment_of(run_id: str) -> float | None:
    """When an id was made, in seconds since 1970, UTC; None: it is none of ours."""
    digits = run_id[:_TIME_LENGTH]
    if len(run_id) != _TIME_LENGTH + 1 + _CHANCE_LENGTH or not all(
        digit in _DIGITS for digit in digits
    ):
        return None

    number = 0
    for digit in digits:
        number = number * 32 + _DIGITS.index(digit)
    return number / 1000


def _base32(number: int, length: int) -> str:
    digits: list[str] = []
    for _ in range(length):
        number, digit = divmod(number, 32)
        digits.append(_DIGITS[digit])

    return "".join(reversed(digits))
