"""The client's remarks beside the user's words: which are noise, which are not.

The client wraps its remarks in `<system-reminder>`. Project rules (`CLAUDE.md`) come
that way too, and remarks of kinds nobody has seen yet. So only what is known to be a
nudge is dropped, lists of agents and skills keep the beginning of each entry, and
everything else stays, without its wrapper, which small models take for an order.
"""

import re

from mux_tui.core.proxy.translate.openings import opening

_OPEN = "<system-reminder>"
_CLOSE = "</system-reminder>"
_NUDGE_LIMIT = 2500
_ENTRY_LIMIT = 90
_LEAST_ENTRIES = 4

QUOTED_RULES = re.compile(r"^Contents of .+\.md\b|^#+ ?claudeMd\b", re.MULTILINE)
"""Where a project's rules (`CLAUDE.md`) are quoted. What follows is never cut."""

NUDGES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "a tool it has not used",
        re.compile(r"\bha(?:s|ve)(?:n't| not) been used recent"),
    ),
    ("an empty to-do list", re.compile(r"\btodo list is (?:currently )?empty\b")),
    ("malware", re.compile(r"\bwould be considered malware\b")),
)
"""What a nudge is about, and how to know it: remarks that only tell the model how to
behave. One that quotes files or lists is none."""

_QUOTES = re.compile(r"\bcontents? of\b|^\s*\[?\d+\. ", re.IGNORECASE | re.MULTILINE)
_ENTRY = re.compile(r"- [\w.:/*@-]+(?: \([^)\n]*\))?: ")


def unwrapped(text: str) -> tuple[str, ...] | None:
    """The parts of a text block that begins with remarks: each remark worth keeping,
    then the user's own words, unchanged.

    Returns:
        None: The block does not begin with a whole remark.
    """
    place = len(text) - len(text.lstrip())
    if not text.startswith(_OPEN, place):
        return None

    parts: list[str] = []
    while text.startswith(_OPEN, place):
        end = text.find(_CLOSE, place)
        if end < 0:
            break
        remark = text[place + len(_OPEN) : end].strip("\n")
        parts.append(_kept(remark))
        place = end + len(_CLOSE)
        place += len(text[place:]) - len(text[place:].lstrip())
    return tuple(part for part in (*parts, text[place:]) if part) if parts else None


def without_nudge(result: str) -> str:
    """A tool's result without a nudge that the client put at its end."""
    if _CLOSE not in result[-40:]:
        return result

    start = result.rfind(_OPEN)
    end = result.rfind(_CLOSE)
    remark = result[start + len(_OPEN) : end]
    ours = 0 <= start < end and not result[end + len(_CLOSE) :].strip()
    return result[:start].rstrip() if ours and is_nudge(remark) else result


def is_nudge(remark: str) -> bool:
    """Whether a remark only tells the model how to behave."""
    if len(remark) > _NUDGE_LIMIT or QUOTED_RULES.search(remark):
        return False

    return any(sign.search(remark) for _, sign in NUDGES) and not _QUOTES.search(remark)


def shorter_lists(text: str) -> str:
    """The text with each entry of its lists of agents and skills opened, not told.

    A list is a run of lines such as `- name: what it is for`, with lines that go on.
    """
    if text.count("\n- ") + text.startswith("- ") < _LEAST_ENTRIES:
        return text

    out: list[str] = []
    run: list[str] = []
    for line in text.split("\n"):
        if _ENTRY.match(line):
            run.append(line)
        elif run and line.strip() and not line.startswith(("#", "- ")):
            run[-1] += "\n" + line
        else:
            out += [*_shorter(run), line]
            run = []
    return "\n".join([*out, *_shorter(run)])


def _shorter(run: list[str]) -> list[str]:
    if len(run) < _LEAST_ENTRIES:
        return run

    return [opening(entry.partition("\n")[0], _ENTRY_LIMIT) for entry in run]


def _kept(remark: str) -> str:
    if QUOTED_RULES.search(remark):
        return remark

    return "" if is_nudge(remark) else shorter_lists(remark)
