"""Telling prose from code in Markdown: what stands inside a fence is code.

A fence that is never closed reaches to the end, as it does for every renderer.
"""

import re
from dataclasses import dataclass, field

_OPENING = re.compile(r"[ \t]*(?P<mark>`{3,}|~{3,})[ \t]*(?P<info>[^`\r\n]*)$")


@dataclass(frozen=True)
class Block:
    """One fenced code block."""

    language: str
    """The first word after the opening fence, in lower case; empty: none."""

    code: str
    closed: bool
    """False: the text ended inside it."""

    start: int = field(default=0, compare=False)
    """Where its code begins in the text, in characters."""

    @property
    def end(self) -> int:
        """Where its code ends in the text."""
        return self.start + len(self.code)


@dataclass(frozen=True)
class Parts:
    """A text taken apart; fence lines belong to neither part."""

    prose: str
    blocks: tuple[Block, ...]


def parts(text: str) -> Parts:
    """Take a text apart into prose and fenced code, each in its own order."""
    prose: list[str] = []
    blocks: list[Block] = []
    code: list[str] = []
    mark = language = ""
    begun = offset = 0
    for line in text.split("\n"):
        offset += len(line) + 1
        if mark and _closes(line, mark):
            blocks.append(Block(language, "\n".join(code), closed=True, start=begun))
            mark, code = "", []
        elif mark:
            code.append(line)
        elif opening := _opening(line):
            mark, language = opening
            begun = offset
        else:
            prose.append(line)

    if mark:
        blocks.append(Block(language, "\n".join(code), closed=False, start=begun))
    return Parts("\n".join(prose), tuple(blocks))


def _opening(line: str) -> tuple[str, str] | None:
    found = _OPENING.match(line.rstrip("\r"))
    if found is None:
        return None

    words = found["info"].split(maxsplit=1)
    return found["mark"], words[0].strip("{}.").lower() if words else ""


def _closes(line: str, mark: str) -> bool:
    end = line.strip()
    return len(end) >= len(mark) and not end.strip(mark[0])
