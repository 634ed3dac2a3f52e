"""What one line of Markdown is, by itself: the words in which blocks are told apart."""

import re
from dataclasses import dataclass

_FENCE = re.compile(r"(?:(`{3,})([^`]*)|(~{3,})(.*))$")
_MARKER = re.compile(r"(?:[-+*]|\d{1,9}[.)])(?=[ \t]|$)")
_HEADING = re.compile(r"#{1,6}(?:[ \t]|$)")
_RULE = re.compile(r"(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$")
_UNDERLINE = re.compile(r"(?:-+|=+)[ \t]*$")
_DELIMITER = re.compile(r"\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
_UNDECIDED = re.compile(r"(?:[-=`~*_#+>|: \t]+|\d{1,9}[.)]?)$")

_VERBATIM = {
    "<!--": "-->",
    "<?": "?>",
    "<![cdata[": "]]>",
    "<pre": "</pre>",
    "<script": "</script>",
    "<style": "</style>",
    "<textarea": "</textarea>",
    "<<<<<<< search": ">>>>>>> replace",
}
"""What goes on over blank lines: how it begins, how it ends. HTML, and edits of files,
whose marks would be taken for a heading and a quote in a quote."""


@dataclass(frozen=True, slots=True)
class Fence:
    """An opened fence: what closes it, and how far it is indented."""

    mark: str
    indent: int
    language: str = ""
    """What stands behind the mark."""

    def closed_by(self, indent: int, rest: str) -> bool:
        """Whether a line that is indented so far and reads `rest` closes it."""
        rest = rest.rstrip()
        return (
            len(rest) >= len(self.mark)
            and indent <= self.indent + 3
            and rest.strip(self.mark[0]) == ""
        )


def measure(line: str) -> tuple[int, str]:
    """The columns of white space a line begins with (tabs to 4), and what follows."""
    rest = line.lstrip(" \t")
    lead = line[: len(line) - len(rest)]
    return len(lead.expandtabs(4) if "\t" in lead else lead), rest


def dedent(line: str, columns: int) -> str:
    """The line without up to `columns` columns of the white space it begins with."""
    if not columns:
        return line

    indent, rest = measure(line)
    return " " * max(0, indent - columns) + rest


def opened_fence(indent: int, rest: str) -> Fence | None:
    """The fence that a line opens, if it does."""
    if rest[:3] not in ("```", "~~~") or not (match := _FENCE.match(rest)):
        return None

    mark = match[1] or match[3]
    return Fence(mark, indent, (match[2] or match[4] or "").strip())


def contents(indent: int, rest: str) -> list[int]:
    """The columns at which the contents of the list items begun by a line stand.

    Empty: the line begins no list item. `- - a` begins two.
    """
    columns: list[int] = []
    while (match := _MARKER.match(rest)) and not _RULE.match(rest):
        after = rest[match.end() :]
        inner = after.lstrip(" \t")
        gap = len(after) - len(inner)
        indent += match.end() + (gap if inner and 1 <= gap <= 4 else 1)
        columns.append(indent)
        rest = inner

    return columns


def after_markers(rest: str) -> str:
    """What a line says behind the marks of the list items it begins."""
    while match := _MARKER.match(rest):
        rest = rest[match.end() :].lstrip(" \t")

    return rest


def is_heading(rest: str) -> bool:
    """Whether it is a heading marked by `#`."""
    return rest[:1] == "#" and _HEADING.match(rest) is not None


def is_rule(rest: str) -> bool:
    """Whether it is a thematic break."""
    return rest[:1] in "-*_" and _RULE.match(rest) is not None


def is_underline(rest: str) -> bool:
    """Whether it makes a heading of the paragraph above it."""
    return rest[:1] in "-=" and _UNDERLINE.match(rest) is not None


def is_delimiter(rest: str) -> bool:
    """Whether it makes a table's head of the line above it."""
    return "|" in rest and "-" in rest and _DELIMITER.match(rest) is not None


def verbatim_end(rest: str) -> str | None:
    """What ends what a line begins, when blank lines do not end it."""
    if rest[:1] != "<":
        return None

    lower = rest[:16].lower()
    return next(
        (end for head, end in _VERBATIM.items() if lower.startswith(head)), None
    )


def is_undecided(rest: str) -> bool:
    """Whether a line that is still being written may turn into a mark or into text."""
    return _UNDECIDED.match(rest) is not None
