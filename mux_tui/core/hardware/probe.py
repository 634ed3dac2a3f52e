"""The seam between the probes and the system: a command goes in, an answer comes out.

Whoever starts commands hands a function of this kind down; tests hand one that plays
recorded answers back.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from mux_tui.core.text import one_line


@dataclass(frozen=True)
class Answer:
    """What a command wrote."""

    text: str = ""
    """Its standard output, whatever its exit status; foreign text."""

    why: str = ""
    """Why there is no answer, as one clause; empty when there is one."""


Ask = Callable[[tuple[str, ...]], Awaitable[Answer]]
"""Runs one command, and never raises."""

_PAIR = re.compile(r"^([\w.]+)\s*[:=]\s*(.*)$")


def pairs(text: str) -> dict[str, str]:
    """The `name: value` lines of a text; others are passed over."""
    found = (_PAIR.match(line.strip()) for line in text.splitlines())
    return {match[1]: match[2].strip() for match in found if match}


def whole(text: str | None) -> int | None:
    """A whole number written in plain digits, or None."""
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def safe(text: str | None, limit: int = 120) -> str:
    """Foreign text on one line, safe to show."""
    return one_line(text or "", limit)
