"""What a run has done can be taken back, done again, and taken back again."""

import os
import stat
import subprocess
from pathlib import Path

import pytest

from mux_tui.core.change import FileChange, Refusal
from mux_tui.core.errors import EnvironmentProblem, UsageError
from mux_tui.core.workspace.apply import apply
from mux_tui.core.workspace.archive import Archive
from mux_tui.core.workspace.results import Applied, Refused, Stale
from mux_tui.core.workspace.undo import Merging, changes_of, redo, undo
from tests.core.workspace.trees import change, changes, made, snapshot

_LINES = [f"line {number}\n" for number in range(20)]
_OLD = "".join(_LINES)
_NEW = "".join([*_LINES[:3], "by the run\n", *_LINES[4:]])
_WANTED = changes(
    change("text", _OLD, _NEW),
    change("deep/er/new", None, "new\n"),
    change("gone", "gone\n", None),
    change("run.sh", "#!\n", "#!\n", executable=True),
)


def _applied(tmp_path: Path, archive: Archive) -> Path:
    work = made(
        tmp_path / "work", {"text": _OLD, "gone": "gone\n", "run.sh": "#!\n", "o": "o"}
    )
    (work / "gone").chmod(0o604)
    assert isinstance(apply(work, _WANTED, "r", archive), Applied)
    return work


def test_undo_and_redo_lead_there_and_back(tmp_path: Path, archive: Archive) -> None:
    made(tmp_path / "work", {"text": _OLD, "gone": "gone\n", "run.sh": "#!\n"})
    (tmp_path / "work" / "gone").chmod(0o604)
    (tmp_path / "work" / "o").write_text("o")
    old = snapshot(tmp_path / "work")
    work = _applied(tmp_path, archive)
    new = snapshot(work)

    for _ in range(2):
        assert isinstance(undo("r", archive), Applied)
        assert snapshot(work) == old
        assert isinstance(redo("r", archive), Applied)
        assert snapshot(work) == new
    assert archive.pending() == ()


def test_after_undo_a_run_may_be_applied_anew(tmp_path: Path, archive: Archive) -> None:
    work = _applied(tmp_path, archive)
    undo("r", archive)

    apply(work, changes(change("o", "o", "other\n")), "r", archive)
    undo("r", archive)

    assert (work / "o").read_text() == "o"
    assert (work / "text").read_text() == _OLD


def test_a_directory_made_for_a_file_stays_when_others_use_it(
    tmp_path: Path, archive: Archive
) -> None:
    work = _applied(tmp_path, archive)
    (work / "deep" / "mine").write_text("mine\n")

    undo("r", archive)

    assert sorted(os.listdir(work / "deep")) == ["mine"]


def test_files_that_changed_since_are_listed_and_nothing_is_done(
    tmp_path: Path, archive: Archive
) -> None:
    work = _applied(tmp_path, archive)
    (work / "text").write_text("edited\n")
    (work / "deep" / "er" / "new").unlink()
    before = snapshot(work)

    assert undo("r", archive) == Stale(("text", "deep/er/new"))
    assert snapshot(work) == before


def test_a_link_in_the_place_of_a_file_is_refused(
    tmp_path: Path, archive: Archive
) -> None:
    work = _applied(tmp_path, archive)
    (work / "text").rename(tmp_path / "outside")
    (work / "text").symlink_to("../outside")

    result = undo("r", archive, "marked")

    assert result == Refused((Refusal("text", "is a symbolic link"),))
    assert (tmp_path / "outside").read_text() == _NEW


def test_permissions_given_since_stay(tmp_path: Path, archive: Archive) -> None:
    work = _applied(tmp_path, archive)
    (work / "text").chmod(0o600)

    undo("r", archive)

    assert stat.S_IMODE((work / "text").stat().st_mode) == 0o600


def test_other_lines_changed_since_are_kept_by_a_merge(
    tmp_path: Path, archive: Archive
) -> None:
    work = _applied(tmp_path, archive)
    edited = _NEW.replace("line 15\n", "by hand\n")
    (work / "text").write_text(edited)

    assert undo("r", archive) == Stale(("text",))
    assert isinstance(undo("r", archive, "clean"), Applied)

    assert (work / "text").read_text() == _OLD.replace("line 15\n", "by hand\n")
    assert not (work / "deep").exists()
    assert isinstance(redo("r", archive), Applied)
    assert (work / "text").read_text() == edited


def test_a_conflict_is_marked_only_when_that_is_asked_for(
    tmp_path: Path, archive: Archive
) -> None:
    work = _applied(tmp_path, archive)
    (work / "text").write_text(_NEW.replace("by the run\n", "by hand\n"))
    before = snapshot(work)

    assert undo("r", archive, "clean") == Stale(("text",))
    assert snapshot(work) == before
    assert isinstance(undo("r", archive, "marked"), Applied)
    assert (work / "text").read_text() == _OLD.replace(
        "line 3\n",
        "<<<<<<< now\nby hand\n=======\nline 3\n>>>>>>> before r\n",
    )


@pytest.mark.parametrize("merging", ["clean", "marked"])
def test_what_cannot_be_merged_is_listed(
    tmp_path: Path, archive: Archive, merging: Merging
) -> None:
    work = _applied(tmp_path, archive)
    (work / "text").unlink()
    (work / "gone").write_text("somebody's\n")
    (work / "deep" / "er" / "new").write_text("edited\n")
    before = snapshot(work)

    result = undo("r", archive, merging)

    assert result == Stale(("text", "deep/er/new", "gone"))
    assert snapshot(work) == before


def test_what_somebody_has_taken_back_already_is_no_obstacle_to_a_merge(
    tmp_path: Path, archive: Archive
) -> None:
    work = _applied(tmp_path, archive)
    (work / "text").write_text(_OLD)
    (work / "deep" / "er" / "new").unlink()

    assert isinstance(undo("r", archive, "clean"), Applied)

    assert (work / "text").read_text() == _OLD
    assert (work / "gone").exists()


def test_git_s_own_state_is_not_touched(tmp_path: Path, archive: Archive) -> None:
    work = made(tmp_path / "work", {"text": _OLD, "gone": "gone\n", "run.sh": "#!\n"})
    git = ["git", "-C", str(work), "-c", "user.name=x", "-c", "user.email=x@x"]
    for command in (["init", "-q"], ["add", "text"], ["commit", "-qm", "x"]):
        subprocess.run([*git, *command], check=True)
    before = snapshot(work / ".git")

    _applied(tmp_path, archive)
    undo("r", archive)
    redo("r", archive)

    assert snapshot(work / ".git") == before


def test_a_run_s_changes_can_be_seen_either_way(
    tmp_path: Path, archive: Archive
) -> None:
    _applied(tmp_path, archive)
    seen = changes_of("r", archive)

    undo("r", archive)

    assert changes_of("r", archive) == seen
    assert [(it.path, it.before, it.after) for it in seen] == [
        (it.path, it.before, it.after) for it in _WANTED.changes
    ]
    assert seen[3] == FileChange("run.sh", b"#!\n", b"#!\n", executable=True)


def test_what_cannot_be_taken_back_is_said_in_a_line(
    tmp_path: Path, archive: Archive
) -> None:
    with pytest.raises(UsageError, match="nothing to take back of r"):
        undo("r", archive)
    _applied(tmp_path, archive)
    with pytest.raises(UsageError, match="have not been taken back"):
        redo("r", archive)
    undo("r", archive)
    with pytest.raises(UsageError, match="taken back already"):
        undo("r", archive)
    with pytest.raises(UsageError, match="no run has the name"):
        undo("../r", archive)


def test_a_work_directory_that_is_gone_is_said(
    tmp_path: Path, archive: Archive
) -> None:
    _applied(tmp_path, archive).rename(tmp_path / "elsewhere")

    with pytest.raises(UsageError, match="cannot work in"):
        undo("r", archive)


@pytest.mark.parametrize("damage", [b"", b"not packed"])
def test_a_damaged_archive_never_reaches_the_tree(
    tmp_path: Path, archive: Archive, damage: bytes
) -> None:
    work = _applied(tmp_path, archive)
    before = snapshot(work)
    for path in (archive.directory / "objects").iterdir():
        path.write_bytes(damage)

    with pytest.raises(EnvironmentProblem, match="not kept any more"):
        undo("r", archive)

    assert snapshot(work) == before
    assert archive.pending() == ()
