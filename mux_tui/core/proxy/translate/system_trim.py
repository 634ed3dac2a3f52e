"""Making a system prompt fit: every section keeps its beginning, long ones lose most.

Sections are what stands between headings, whatever these say. The facts of the machine
and the project (directory, platform, git) and quoted project rules stay whole.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from mux_tui.core.exchange import Cut
from mux_tui.core.proxy.translate.openings import head_and_tail, level, opening
from mux_tui.core.proxy.translate.reminders import QUOTED_RULES
from mux_tui.core.proxy.translate.sizes import size_of
from mux_tui.core.text import one_line

_HEADING = re.compile(r"#{1,6} ")
_ITEM = re.compile(r"[ \t]*(?:[-*]|\d+\.) ")
FACTS = re.compile(
    r"\b(?:working director(?:y|ies)|cwd|platform|os version|shell|git repo(?:sitory)?"
    r"|(?:current|main) branch|git ?status|git user|status|recent commits)\b",
    re.IGNORECASE,
)
"""What stands before the colon of a line that tells where the work is done."""

_KEY_LIMIT = 100
_FACTS_LIMIT = 1500
_LINE_LIMIT = 120
"""Of a line beside the facts, which may be advertising."""

_LEAST_SECTION = 120


@dataclass(frozen=True)
class _Section:
    block: int
    pieces: tuple[str, ...]
    """Heading, paragraphs and list items, with their line ends."""

    kept: str = ""
    """What is left of it, whatever the limit; empty: as much as fits."""


def fit_system(
    system: tuple[str, ...], limit: int
) -> tuple[tuple[str, ...], tuple[Cut, ...]]:
    """Shorten the blocks of a system prompt to at most `limit` characters.

    What is never cut may exceed the limit; then all else has its least size.
    """
    if sum(map(size_of, system)) <= limit:
        return system, ()

    return _fit(system, limit)


@lru_cache(maxsize=8)
def _fit(
    system: tuple[str, ...], limit: int
) -> tuple[tuple[str, ...], tuple[Cut, ...]]:
    sections = [s for n, text in enumerate(system) for s in _sections(n, text)]
    fixed = sum(size_of(s.kept) for s in sections)
    free = [size_of(_text(s)) for s in sections if not s.kept]
    most = max(_LEAST_SECTION, level(free, limit - fixed))
    blocks = ["" for _ in system]
    cuts: list[Cut] = []
    for section in sections:
        before = _text(section)
        after = section.kept or _begun(section.pieces, most)
        blocks[section.block] += after
        if after != before:
            name = f"system prompt, {one_line(_heading(before), 40)!r}"
            why = "the system prompt is too long"
            cuts.append(Cut(name, why, size_of(before), size_of(after)))
    return tuple(block.rstrip() for block in blocks if block.strip()), tuple(cuts)


def _heading(text: str) -> str:
    return text.lstrip().partition("\n")[0]


def _text(section: _Section) -> str:
    return "".join(section.pieces)


def _begun(pieces: tuple[str, ...], limit: int) -> str:
    """The first pieces that fit; of the first that does not, its first sentences."""
    out, room = "", limit
    for piece in pieces:
        size = size_of(piece)
        if size > room:
            begun = opening(piece.rstrip(), room - 2) if room > limit // 2 else ""
            return out + (f"{begun}\n\n" if begun else "")
        out += piece
        room -= size

    return out


def _sections(block: int, text: str) -> Iterator[_Section]:
    """Split a block at headings, and around what is never cut."""
    rules = QUOTED_RULES.search(text)
    own = text if rules is None else text[: text.rfind("\n", 0, rules.start()) + 1]
    open_: list[str] = []
    for piece, facts in _pieces(own):
        if (facts or _HEADING.match(piece)) and open_:
            yield _Section(block, tuple(open_))
            open_ = []
        if facts:
            yield _Section(block, (piece,), _facts(piece))
        else:
            open_.append(piece)
    if open_:
        yield _Section(block, tuple(open_))
    if own != text:
        yield _Section(block, (text[len(own) :],), text[len(own) :])


def _facts(piece: str) -> str:
    body = piece.rstrip("\n")
    lines = [
        line if _tells_facts(line) else opening(line, _LINE_LIMIT)
        for line in body.split("\n")
    ]
    return head_and_tail("\n".join(lines), _FACTS_LIMIT) + piece[len(body) :]


def _pieces(text: str) -> list[tuple[str, bool]]:
    """Paragraphs, headings and list items, and whether each is facts; joined again they
    are the text. Around a line of facts a whole paragraph is one piece."""
    pieces: list[tuple[str, bool]] = []
    begins = True
    for line in text.splitlines(keepends=True):
        facts = _tells_facts(line)
        beside = facts or (bool(pieces) and pieces[-1][1])
        heading = bool(_HEADING.match(line))
        if begins or heading or (_ITEM.match(line) and not beside):
            pieces.append((line, facts))
        else:
            pieces[-1] = (pieces[-1][0] + line, beside)
        begins = heading or not line.strip()
    return pieces


def _tells_facts(line: str) -> bool:
    colon = line.find(":", 0, _KEY_LIMIT)
    return bool(colon > 0 and FACTS.search(line, 0, colon)) or line[:5] == "<env>"
