"""One file's edits, made in its content.

A file keeps its own habits, whatever the answer has: its byte order mark, its line
ends where they are all the same, and whether it ends with a newline.
"""

import codecs
from collections.abc import Sequence
from dataclasses import dataclass

from mux_tui.core.text import one_line
from mux_tui.core.workspace.answer.draft import (
    DeletedFile,
    EditedFile,
    FileEdit,
    Replacement,
    WholeFile,
)
from mux_tui.core.workspace.diff.hunks import counts
from mux_tui.core.workspace.elision import elided
from mux_tui.core.workspace.placing import NotPlaced, apply_all, first_text

_BOM = codecs.BOM_UTF8
_LONG = 20
_MOST_WHYS = 10
_MOST_WORK = 200_000_000
"""Characters of the file, times edits."""


@dataclass(frozen=True)
class Outcome:
    """What the file then is."""

    content: bytes | None
    """None: there is none."""

    executable: bool | None = None
    """None: as it was."""

    confidence: float = 1.0
    note: str = ""


@dataclass(frozen=True)
class Refused:
    """Why the file cannot be changed so: one clause for each reason, at least one."""

    whys: tuple[str, ...]


def outcome_of(edits: Sequence[FileEdit], before: bytes | None) -> Outcome | Refused:
    """Make all edits that a draft has for one file, in order.

    Args:
        edits: At least one.
        before: The file's content now; None: there is no file.
    """
    changing = [edit for edit in edits if isinstance(edit, EditedFile)]
    if len(changing) == len(edits):
        return _edited(changing, before)
    if len(edits) > 1:
        return _refused("is given more than once, and not as edits each time")

    match edits[0]:
        case WholeFile() as whole:
            return _whole(whole, before)
        case DeletedFile():
            if before is None:
                return _refused("is to be deleted, and there is no such file")
            return Outcome(None)
        case EditedFile() as one:
            return _edited([one], before)


def _refused(*whys: str) -> Refused:
    return Refused(whys)


def _whole(edit: WholeFile, before: bytes | None) -> Outcome | Refused:
    try:
        wanted = edit.content.encode()
    except UnicodeEncodeError:
        return _refused("holds half of a character (a lone surrogate)")
    if b"\0" in wanted:
        return _refused("holds a NUL character, which no text file has")
    if before is None:
        return Outcome(wanted, edit.executable)
    if edit.new and before:
        return _refused("is to be made, and is there already: edit it")
    if before and not wanted.strip():
        return _refused("would be emptied: delete it, or say what stays")

    mark = elided(edit.content.split("\n"), _text_of(before).split("\n"))
    if mark:
        return _refused(_left_out(mark))

    made = _in_its_habits(wanted, before)
    return Outcome(made, edit.executable, note=_shrunk(before, made))


def _left_out(mark: str) -> str:
    return (
        f"is given with code left out (`{one_line(mark, 80)}`), which would be lost: "
        "give all of it, or edits"
    )


def _shrunk(before: bytes, after: bytes) -> str:
    """A model that grew tired has left lines out without a word."""
    total = before.count(b"\n")
    gone = counts(before, after).removed if total >= _LONG else 0
    fewer = 2 * after.count(b"\n") < total
    return f"{gone:,} of its {total:,} lines go" if fewer and gone else ""


def _text_of(content: bytes) -> str:
    return content.decode("utf-8", "replace")


def _in_its_habits(wanted: bytes, before: bytes) -> bytes:
    if not before or b"\0" in before:
        return wanted

    body = before.removeprefix(_BOM)
    made = wanted.removeprefix(_BOM)
    ends, plain = body.count(b"\n"), body.count(b"\r\n")
    if ends and plain in (0, ends):
        made = made.replace(b"\r\n", b"\n")
        made = made.replace(b"\n", b"\r\n") if plain else made
    newline = b"\r\n" if ends and plain == ends else b"\n"
    if body.endswith(b"\n") and not made.endswith(b"\n"):
        made += newline
    elif body and not body.endswith(b"\n"):
        made = made.removesuffix(newline)

    return _BOM + made if before.startswith(_BOM) else made


def _edited(edits: Sequence[EditedFile], before: bytes | None) -> Outcome | Refused:
    executable = next(
        (e.executable for e in edits[::-1] if e.executable is not None), None
    )
    replacements = [one for edit in edits for one in edit.replacements]
    if before is None:
        return _made_by_an_edit(replacements, executable)
    if not replacements:
        return Outcome(before, executable)

    text = _readable(before)
    if isinstance(text, Refused):
        return text
    if len(text) * len(replacements) > _MOST_WORK:
        return _refused("is too large for so many edits: give the whole file")
    if whys := _unsound(replacements):
        return Refused(whys)

    return _placed(text, replacements, before.startswith(_BOM), executable)


def _made_by_an_edit(
    replacements: Sequence[Replacement], executable: bool | None
) -> Outcome | Refused:
    """One replacement of nothing is how some models make a file."""
    if len(replacements) != 1 or replacements[0].search.strip():
        return _refused("is to be edited, and there is no such file")

    made = first_text(replacements[0])
    return _whole(WholeFile("", made, executable=executable), None)


def _readable(before: bytes) -> str | Refused:
    if b"\0" in before:
        return _refused("is a binary file, which cannot be edited as text")
    try:
        return before.removeprefix(_BOM).decode()
    except UnicodeDecodeError:
        return _refused("is not UTF-8, so it cannot be edited as text")


def _unsound(replacements: Sequence[Replacement]) -> tuple[str, ...]:
    whys: list[str] = []
    for one in replacements:
        mark = elided(one.replace.split("\n"), one.search.split("\n"))
        if mark and len(whys) < _MOST_WHYS:
            whys.append(_left_out(mark))

    return tuple(whys)


def _placed(
    text: str, replacements: Sequence[Replacement], bom: bool, executable: bool | None
) -> Outcome | Refused:
    made, results = apply_all(text, replacements)
    whys: list[str] = []
    notes: dict[str, None] = {}
    confidence = 1.0
    for number, result in enumerate(results, start=1):
        which = f"edit {number}: " if len(results) > 1 else ""
        if isinstance(result, NotPlaced):
            whys.append(f"{which}{result.why}")
        else:
            confidence = min(confidence, result.confidence)
            if result.note:
                notes[f"{which}{result.note}"] = None
    if whys:
        return Refused(tuple(whys[:_MOST_WHYS]))

    try:
        content = made.encode()
    except UnicodeEncodeError:
        return _refused("holds half of a character (a lone surrogate)")
    note = "; ".join(list(notes)[:5])
    return Outcome(_BOM + content if bom else content, executable, confidence, note)
