"""Changes on top of changes: one set comes out, and nothing of either is lost."""

from pathlib import Path

import pytest

from mux_tui.core.change import ChangeSet, FileChange, digest
from mux_tui.core.file_work.review.present import combined, over, showing
from mux_tui.core.file_work.review.working_in import amended
from mux_tui.core.workspace.plan import Existing
from mux_tui.core.workspace.scratch import Copy, ScratchOptions, put, scratch_copy
from mux_tui.core.workspace.scratch.facts import Base, Entry
from tests.core.file_work.review_shop import edit

BASE = Base({"a": Entry(digest(b"1"), False, (0, 1, 0, 0))})
FIRST = FileChange("a", b"1", b"2", confidence=0.7, note="placed by likeness")


def _together(*more: FileChange) -> tuple[FileChange, ...]:
    first = ChangeSet((FIRST,), notes=("n",), summary="s")
    return combined(first, ChangeSet(more), BASE).changes


def test_other_files_are_put_behind() -> None:
    added = FileChange("b", None, b"x")
    assert _together(added) == (FIRST, added)


def test_the_same_file_is_changed_once_from_what_it_was() -> None:
    (one,) = _together(FileChange("a", b"2", b"3"))
    assert (one.before, one.after) == (b"1", b"3")
    assert (one.confidence, one.note) == (0.7, "placed by likeness")


def test_what_cancels_out_is_left_out() -> None:
    assert _together(FileChange("a", b"2", b"1")) == ()
    (mode,) = _together(FileChange("a", b"2", b"1", executable=True))
    assert mode.executable
    added = ChangeSet((FileChange("b", None, b"x"),))
    gone = ChangeSet((FileChange("b", b"x", None),))
    assert combined(added, gone, BASE).changes == ()


def test_what_is_there_is_what_the_changes_made() -> None:
    files = {"a": Existing(b"1"), "z": Existing(b"9")}
    read = over(ChangeSet((FIRST,)), lambda path: files.get(path, Existing()))
    assert read("a").content == b"2"
    assert read("z").content == b"9"
    assert read("new") == Existing()


@pytest.mark.parametrize("here", [Existing(b"mine"), Existing(refused="is a link")])
def test_what_has_moved_on_is_refused(here: Existing) -> None:
    assert over(ChangeSet((FIRST,)), lambda _: here)("a").refused


def test_a_copy_shows_what_was_added_and_not_what_has_gone() -> None:
    changes = ChangeSet((FileChange("b", None, b"xyz"), FileChange("a", b"1", None)))
    copy = Copy(Path("/r"), Path("/c"), BASE, ScratchOptions({}), git=False)
    shown = showing(copy, changes)
    assert list(shown.base.files) == ["b"]
    assert shown.base.files["b"].signature[1] == 3
    assert list(copy.base.files) == ["a"]


async def _amended(tmp_path: Path, present: ChangeSet, text: str) -> ChangeSet | str:
    root = tmp_path / "work"
    options = ScratchOptions({"PATH": "/usr/bin:/bin"})
    async with scratch_copy(root, tmp_path / "scratch", options) as copy:
        put(copy, present.changes)
        draft = amended(text, copy, present, (root / "own",), ())
    return draft.changes or draft.work.unusable


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project of one file."""
    root = tmp_path / "work"
    (root / "own").mkdir(parents=True)
    (root / "a.py").write_text("one = 1\n")
    return root


async def test_a_file_that_git_ignores_stays_among_the_changes(
    root: Path, tmp_path: Path
) -> None:
    (root / ".gitignore").write_text("made/\n")
    made = FileChange("made/x.py", None, b"x = 1\n")
    text = edit("a.py", "one = 1\n", "one = 2\n").text
    found = await _amended(tmp_path, ChangeSet((made,)), text)
    assert isinstance(found, ChangeSet)
    assert [one.path for one in found.changes] == ["made/x.py", "a.py"]


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("own/x.py", "own"),
        ("new.py/x.py", "new.py"),
        ("../x.py", "leaves"),
        (".git/config", "version control"),
    ],
)
async def test_the_rules_of_the_project_hold_and_so_do_the_changes_so_far(
    path: str, why: str, root: Path, tmp_path: Path
) -> None:
    present = ChangeSet((FileChange("new.py", None, b"x = 1\n"),))
    found = await _amended(tmp_path, present, edit(path, "", "x = 1\n").text)
    assert isinstance(found, str)
    assert why in found
