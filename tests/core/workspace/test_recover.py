"""Killed at any moment, a tree is wholly the old or wholly the new one afterwards."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from mux_tui.core.change import digest
from mux_tui.core.errors import EnvironmentProblem
from mux_tui.core.workspace.apply import apply
from mux_tui.core.workspace.archive import Archive
from mux_tui.core.workspace.carry import Wish, prepare
from mux_tui.core.workspace.recover import Recovered, recover
from mux_tui.core.workspace.results import Applied
from mux_tui.core.workspace.transition import Phase, Side, Transition
from mux_tui.core.workspace.tree import open_tree
from mux_tui.core.workspace.undo import undo
from tests.core.workspace.trees import change, changes, made, snapshot

_CONTENTS = {digest(text): text for text in (b"1\n", b"2\n", b"new\n")}


@pytest.mark.slow
@pytest.mark.parametrize("how", [("steps",), ("kill", "--rounds", "200")])
def test_death_at_any_moment_leaves_the_old_or_the_new_tree(
    how: tuple[str, ...],
) -> None:
    """Before each access to the file system, and at two hundred random moments."""
    torture = subprocess.run(
        [sys.executable, "-m", "tests.workspace_torture", *how],
        cwd=Path(__file__).parents[3],
        stdout=subprocess.PIPE,
        text=True,
        timeout=120,
    )

    report = json.loads(torture.stdout)
    assert report["broken"] == []
    assert report["deaths"] >= 200
    assert {"staging", "placing"} <= report["cut"].keys()
    assert {"finished", "taken_back"} <= report["ended"].keys()


def _cut(work: Path, archive: Archive, phase: Phase) -> Transition:
    """Leave what a process leaves that is killed in a phase, with nothing placed."""
    made(work, {"a": "1\n", "b": "1\n"})
    (work / "a").chmod(0o644)
    (work / "b").chmod(0o644)
    after = Side(digest(b"2\n"), 0o644)
    with open_tree(work) as tree:
        wishes = [Wish(name, tree.look(name), after) for name in ("a", "b")]
        cut = prepare(tree, "r", "apply", wishes).in_phase(phase)
    archive.begin(cut, _CONTENTS)
    return cut


@pytest.mark.parametrize(
    ("phase", "ended", "text"),
    [
        ("staging", "taken_back", "1\n"),
        ("placing", "finished", "2\n"),
        ("returning", "taken_back", "1\n"),
    ],
)
def test_what_was_cut_off_is_ended_by_its_phase(
    tmp_path: Path, archive: Archive, phase: Phase, ended: str, text: str
) -> None:
    work = tmp_path / "work"
    cut = _cut(work, archive, phase)
    (work / cut.steps[0].temporary).write_text("cut")

    (recovered,) = recover(archive)

    assert (recovered.run_id, recovered.root, recovered.act) == ("r", work, "apply")
    assert (recovered.ended, recovered.left) == (ended, ())
    assert [it[1] for it in snapshot(work).values()] == [text.encode()] * 2
    assert recover(archive) == ()


@pytest.mark.parametrize("phase", ["placing", "returning"])
def test_a_file_that_somebody_changed_meanwhile_is_left_alone_and_told(
    tmp_path: Path, archive: Archive, phase: Phase
) -> None:
    work = tmp_path / "work"
    _cut(work, archive, phase)
    (work / "a").write_text("somebody's\n")

    (recovered,) = recover(archive)

    assert recovered.left == ("a",)
    assert (work / "a").read_text() == "somebody's\n"
    assert (work / "b").read_text() == ("2\n" if phase == "placing" else "1\n")
    assert recover(archive) == ()


def test_what_was_finished_so_can_be_taken_back(
    tmp_path: Path, archive: Archive
) -> None:
    work = tmp_path / "work"
    _cut(work, archive, "placing")
    recover(archive)

    assert isinstance(undo("r", archive), Applied)
    assert (work / "a").read_text() == "1\n"


def test_the_next_application_ends_what_was_cut_off(
    tmp_path: Path, archive: Archive
) -> None:
    work = tmp_path / "work"
    _cut(work, archive, "placing")
    wanted = changes(change("a", "2\n", "3\n"))

    assert isinstance(apply(work, wanted, "next", archive), Applied)
    assert (work / "a").read_text() == "3\n"
    assert (work / "b").read_text() == "2\n"


def test_a_work_directory_that_was_moved_is_known_again(
    tmp_path: Path, archive: Archive
) -> None:
    _cut(tmp_path / "work", archive, "placing")
    moved = (tmp_path / "work").rename(tmp_path / "moved")

    assert [it.ended for it in recover(archive)] == ["waiting"]
    apply(moved, changes(change("new", None, "new\n")), "next", archive)

    assert (moved / "a").read_text() == "2\n"
    assert recover(archive) == ()


@pytest.mark.parametrize("instead", ["nothing", "another"])
def test_a_work_directory_that_is_away_is_waited_for(
    tmp_path: Path, archive: Archive, instead: str
) -> None:
    work = tmp_path / "work"
    _cut(work, archive, "placing")
    away = work.rename(tmp_path / "away")
    if instead == "another":
        made(work, {"a": "1\n", "b": "1\n"})

    (recovered,) = recover(archive)
    assert recovered.ended == "waiting"
    assert recovered.why
    assert not work.exists() or (work / "a").read_text() == "1\n"

    if instead == "another":
        work.rename(tmp_path / "other")
    away.rename(work)
    assert [it.ended for it in recover(archive)] == ["finished"]


def test_what_is_under_way_is_left_to_its_process(
    tmp_path: Path, archive: Archive
) -> None:
    work = tmp_path / "work"
    cut = _cut(work, archive, "placing")

    with archive.root_held(cut.inode):
        assert recover(archive) == ()

    assert (work / "a").read_text() == "1\n"
    assert [it.ended for it in recover(archive)] == ["finished"]


def test_what_cannot_be_ended_keeps_others_from_beginning(
    tmp_path: Path, archive: Archive
) -> None:
    work = tmp_path / "work"
    _cut(work, archive, "placing")
    for path in (archive.directory / "objects").iterdir():
        path.unlink()

    with pytest.raises(EnvironmentProblem, match="not kept any more"):
        apply(work, changes(change("new", None, "new\n")), "next", archive)

    assert not (work / "new").exists()
    (recovered,) = recover(archive)
    assert recovered == Recovered("r", work, "apply", "waiting", why=recovered.why)


def test_a_journal_that_is_damaged_is_set_aside(
    tmp_path: Path, archive: Archive
) -> None:
    cut = _cut(tmp_path / "work", archive, "placing")
    journals = archive.directory / "journals"
    (journals / f"{cut.id}.json").write_bytes(b'{"steps": 3}')
    (journals / "other.json").write_bytes(b"[" * 100_000)

    assert recover(archive) == ()
    assert {path.suffix for path in journals.iterdir()} == {".damaged"}


def test_a_transition_of_another_directory_is_not_taken_for_ours(
    tmp_path: Path, archive: Archive
) -> None:
    """Inodes of two file systems may be the same."""
    cut = _cut(tmp_path / "work", archive, "placing")
    archive.note(replace(cut, root=tmp_path / "elsewhere", device=cut.device + 1))

    apply(tmp_path / "work", changes(change("new", None, "n\n")), "next", archive)

    assert (tmp_path / "work" / "a").read_text() == "1\n"
