"""Changes carried over to files that have changed since."""

import pytest

from mux_tui.core.change import ChangeSet, FileChange
from mux_tui.core.workspace.plan import Existing
from mux_tui.core.workspace.rebase import rebased

BASE = b"one\ntwo\nthree\nfour\nfive\nsix\nseven\n"
OURS = BASE.replace(b"six", b"SIX")
EDIT = FileChange("a.txt", BASE, BASE.replace(b"two", b"TWO"))
NEW = FileChange("b.txt", None, b"new\n")
GONE = FileChange("c.txt", BASE, None)


def _over(change: FileChange, here: Existing) -> tuple[list[FileChange], list[str]]:
    found = rebased(ChangeSet((change,)), lambda _path: here)
    return list(found.changes.changes), list(found.conflicts)


def test_files_that_are_as_they_were_keep_their_change() -> None:
    assert _over(EDIT, Existing(BASE)) == ([EDIT], [])
    assert _over(NEW, Existing()) == ([NEW], [])
    assert _over(GONE, Existing(BASE)) == ([GONE], [])


def test_an_edit_elsewhere_in_the_file_stays() -> None:
    (found,), conflicts = _over(EDIT, Existing(OURS))
    assert found.before == OURS
    assert found.after == OURS.replace(b"two", b"TWO")
    assert not conflicts


@pytest.mark.parametrize(
    ("change", "here"),
    [
        (EDIT, Existing(BASE.replace(b"two", b"2"))),
        (EDIT, Existing()),
        (EDIT, Existing(refused="is a directory")),
        (EDIT, Existing(b"\0binary")),
        (NEW, Existing(b"somebody else's\n")),
        (GONE, Existing(OURS)),
        (GONE, Existing(refused="is a symbolic link")),
    ],
)
def test_what_does_not_fit_any_more_is_a_conflict(
    change: FileChange, here: Existing
) -> None:
    assert _over(change, here) == ([], [change.path])


@pytest.mark.parametrize(
    ("change", "here"),
    [
        (EDIT, Existing(EDIT.after)),
        (NEW, Existing(NEW.after)),
        (GONE, Existing()),
    ],
)
def test_what_somebody_has_done_already_is_nothing_to_do(
    change: FileChange, here: Existing
) -> None:
    assert _over(change, here) == ([], [])
