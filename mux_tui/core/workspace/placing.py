"""Where in a file an edit belongs, and what the file then holds.

The text is looked for as it is; then without regard to blanks at the ends of lines;
then indented otherwise; then by likeness. Each step is less sure and says so, none
chooses between two equal places, and whatever the edit leaves as it was keeps the
file's own bytes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from mux_tui.core.text import one_line, printable
from mux_tui.core.workspace.answer.draft import Replacement
from mux_tui.core.workspace.diff.regions import Region, regions
from mux_tui.core.workspace.file_lines import FileLines, lines_of
from mux_tui.core.workspace.indent import Reindent, reindenter
from mux_tui.core.workspace.likeness import Likeness, most_alike

_LIKE = 0.85
_MARGIN = 0.08
_MOST_SURE = 0.9
"""Of what is placed by likeness, however much alike."""

_SHORTEST = 24
"""Fewer characters resemble too much."""

_QUOTED = 5


@dataclass(frozen=True)
class Placed:
    """An edit that has found its place."""

    start: int
    """The first character that it replaces."""

    end: int
    """The character behind the last one."""

    text: str
    """What stands there then."""

    confidence: float
    """0 to 1; 1: the searched text stands there, and nowhere else."""

    note: str = ""
    """How it was found, if not by what it is."""


@dataclass(frozen=True)
class NotPlaced:
    """An edit that has no place, or more than one."""

    why: str
    """One clause, which can be quoted to the model: it names the nearest lines."""


def place(text: str, edit: Replacement, shift: int = 0) -> Placed | NotPlaced:
    """Find the place of an edit in a file's text.

    Args:
        text: All of the file, with its own line ends.
        edit: What to replace by what.
        shift: How many lines earlier edits have added before the edit's `line`.
    """
    search = _Search(FileLines(text), edit, shift)
    if not search.wanted:
        if not text.strip():
            return Placed(0, len(text), first_text(edit), 1.0)
        return NotPlaced("its search text is empty, which does not say where")

    for step in _STEPS:
        found = step(search)
        if found is not None:
            return found

    return NotPlaced(_nearest(search))


class _Search:
    """One edit and its file, with what the steps share."""

    def __init__(self, file: FileLines, edit: Replacement, shift: int) -> None:
        """Cut the edit into lines."""
        self.file = file
        self.edit = edit
        self.search = lines_of(edit.search)
        self.replace = lines_of(edit.replace)
        self.hint = None if edit.line is None else edit.line - 1 + shift

    @property
    def wanted(self) -> bool:
        """Whether it looks for anything at all."""
        return any(line.strip() for line in self.search)

    def without_edges(self) -> bool:
        """Drop blank lines around the search text, and as many of the replacement's;
        say whether there were any."""
        first = _blank(self.search)
        last = _blank(self.search[::-1])
        self.search = self.search[first : len(self.search) - last]
        lead = min(first, _blank(self.replace))
        self.replace = self.replace[lead:]
        tail = min(last, _blank(self.replace[::-1]))
        self.replace = self.replace[: len(self.replace) - tail]
        return bool(first or last)

    @cached_property
    def alike(self) -> list[Likeness]:
        """The lines of the file that are most like what it looks for."""
        return most_alike(
            [line.strip() for line in self.file.lines],
            [line.strip() for line in self.search],
        )


_Step = Callable[[_Search], Placed | NotPlaced | None]


def _exactly(search: _Search) -> Placed | NotPlaced | None:
    places = search.file.places_of(search.file.bare, search.search)
    return _in_one(search, places, 1.0, "")


def _within_lines(search: _Search) -> Placed | NotPlaced | None:
    """A text that begins or ends inside of a line, though never inside of a word."""
    edit, file = search.edit, search.file
    if not edit.within_line:
        return None

    wanted = _with_ends(edit.search, file.crlf)
    found = file.places_within(wanted)
    if not found:
        return None
    if len(found) > 1:
        return _ambiguous([file.text.count("\n", 0, at) for at in found])

    text = _with_ends(edit.replace, file.crlf)
    if _loses_indent(file.blanks_before(found[0]), text):
        return NotPlaced(
            "its search text begins behind the line's indentation, and its replacement "
            "has lines without it: give whole lines, with their indentation"
        )
    return Placed(found[0], found[0] + len(wanted), text, 1.0)


def _loses_indent(indent: str, text: str) -> bool:
    """Whether lines would leave the block that their first one stands in."""
    below = [line for line in text.split("\n")[1:] if line.strip()]
    return not all(line.startswith(indent) for line in below)


def _without_trailing_blanks(search: _Search) -> Placed | NotPlaced | None:
    file = search.file
    places = file.places_of(
        [line.rstrip() for line in file.lines],
        [line.rstrip() for line in search.search],
    )
    return _in_one(search, places, 0.98, "blanks at the ends of lines differ")


def _without_edges(search: _Search) -> Placed | NotPlaced | None:
    if not search.without_edges():
        return None

    return _without_trailing_blanks(search)


def _indented(search: _Search) -> Placed | NotPlaced | None:
    file = search.file
    places = file.places_of(
        [line.strip() for line in file.lines], [line.strip() for line in search.search]
    )
    fitting = [at for at in places if _shift_at(search, at) is not None]
    return _in_one(search, fitting, 0.9, "it is indented otherwise")


def _by_likeness(search: _Search) -> Placed | NotPlaced | None:
    if sum(len(line.strip()) for line in search.search) < _SHORTEST:
        return None
    best = search.alike
    if not best or best[0].score < _LIKE:
        return None
    if len(best) > 1 and best[0].score - best[1].score < _MARGIN:
        one, other = sorted((run.start + 1, run.end) for run in best[:2])
        return NotPlaced(
            f"its search text stands nowhere, and lines {one[0]} to {one[1]} are as "
            f"much like it as lines {other[0]} to {other[1]}"
        )

    return _put_alike(search, best[0])


_STEPS: tuple[_Step, ...] = (
    _exactly,
    _within_lines,
    _without_trailing_blanks,
    _without_edges,
    _indented,
    _by_likeness,
)


def _in_one(
    search: _Search, places: list[int], confidence: float, note: str
) -> Placed | NotPlaced | None:
    """Put the edit in the only place, or the one that its line number names."""
    if not places:
        return None
    if len(places) > 1:
        if search.hint not in places:
            return _ambiguous(places)
        places = [search.hint]

    at = places[0]
    pairs = tuple((i, at + i) for i in range(len(search.search)))
    run = Likeness(at, at + len(search.search), confidence, pairs)
    return _put(search, run, note)


def _put_alike(search: _Search, run: Likeness) -> Placed | None:
    note = f"by likeness ({min(99, int(run.score * 100))}%): it stands nowhere just so"
    return _put(search, replace(run, score=run.score * _MOST_SURE), note)


def _put(search: _Search, run: Likeness, note: str) -> Placed | None:
    file = search.file
    reindent = _shift_of(search, run)
    if reindent is None:
        return None
    made = _merged(search, run, reindent)
    if made is None:
        return None

    start, end = file.starts[run.start], file.starts[run.end]
    text = "".join(made)
    if run.end == len(file.lines):
        text = _at_the_end(text, file, search)
    return Placed(start, end, text, run.score, note)


def _at_the_end(text: str, file: FileLines, search: _Search) -> str:
    newline = search.edit.final_newline
    wanted = file.ended if newline == "keep" else newline == "add"
    if wanted or not text:
        return text

    return text.removesuffix("\n").removesuffix("\r")


def _merged(search: _Search, run: Likeness, reindent: Reindent) -> list[str] | None:
    """The run's lines with the edit's changes; None: they are not where it thinks.

    What the edit leaves alone is taken from the file.
    """
    counterpart = dict(run.pairs)
    crlf = search.file.ends_in_crlf(run.start, run.end)
    made: list[str] = []
    at = run.start
    for region in regions(search.search, search.replace):
        span = _span(region, search.search, counterpart, run)
        if span is None or span[0] < at:
            return None
        made += search.file.taken(at, span[0])
        for line in search.replace[region.after_start : region.after_end]:
            shifted = reindent(line)
            if shifted is None:
                return None
            made.append(f"{shifted}\r\n" if crlf else f"{shifted}\n")
        at = span[1]

    return made + search.file.taken(at, run.end)


def _span(
    region: Region, search: Sequence[str], counterpart: dict[int, int], run: Likeness
) -> tuple[int, int] | None:
    """The file's lines that a changed region of the edit stands for."""
    lines = [
        counterpart.get(i)
        for i in range(region.before_start, region.before_end)
        if search[i].strip() or i in counterpart
    ]
    if None in lines:
        return None
    known = [line for line in lines if line is not None]
    if known:
        # A line between them that the model has not seen would be lost.
        complete = known[-1] - known[0] + 1 == len(known)
        return (known[0], known[-1] + 1) if complete else None

    before = counterpart.get(region.before_start - 1)
    if before is not None:
        return before + 1, before + 1
    after = counterpart.get(region.before_end)
    return (after, after) if after is not None and after >= run.start else None


def _shift_at(search: _Search, at: int) -> Reindent | None:
    there = search.file.lines[at : at + len(search.search)]
    return reindenter(zip(search.search, there, strict=True))


def _shift_of(search: _Search, run: Likeness) -> Reindent | None:
    return reindenter((search.search[i], search.file.lines[j]) for i, j in run.pairs)


def _ambiguous(places: Sequence[int]) -> NotPlaced:
    shown = ", ".join(str(at + 1) for at in places[:5])
    more = " and elsewhere" if len(places) > 5 else ""
    return NotPlaced(
        f"its search text stands in more than one place, at lines {shown}{more}: give "
        "more lines around it"
    )


def _nearest(search: _Search) -> str:
    best = search.alike
    if not best or best[0].score < 1 - _LIKE:
        wanted = next(line for line in search.search if line.strip())
        return f"its search text stands nowhere in the file: `{one_line(wanted, 80)}`"

    run = best[0]
    lines = search.file.lines[run.start : run.end]
    quoted = " / ".join(f"`{_quoted(line)}`" for line in lines[:_QUOTED])
    return (
        f"its search text stands nowhere; the nearest are lines {run.start + 1} to "
        f"{run.end}: {quoted}"
    )


def _quoted(line: str) -> str:
    """With its indentation, which may be what differs."""
    return printable(line.rstrip())[:80]


def _blank(lines: Sequence[str]) -> int:
    """How many lines at the beginning are blank."""
    return next((at for at, line in enumerate(lines) if line.strip()), len(lines))


def _with_ends(text: str, crlf: bool) -> str:
    plain = text.replace("\r\n", "\n")
    return plain.replace("\n", "\r\n") if crlf else plain


def first_text(edit: Replacement) -> str:
    """What an edit makes of an empty file, which has no habits to keep."""
    dropped = edit.final_newline == "drop"
    return edit.replace.removesuffix("\n") if dropped else edit.replace


def apply_all(
    text: str, edits: Sequence[Replacement]
) -> tuple[str, list[Placed | NotPlaced]]:
    """Make edits one after the other, each in what the ones before have left.

    Returns:
        The text, with those made that have a place; and what became of each.
    """
    shift = 0
    found: list[Placed | NotPlaced] = []
    for edit in edits:
        result = place(text, edit, shift)
        found.append(result)
        if isinstance(result, Placed):
            new = text[: result.start] + result.text + text[result.end :]
            shift += new.count("\n") - text.count("\n")
            text = new

    return text, found
