"""A draft's changes are made whole, or not at all."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mux_tui.core.change import ChangeSet, FileChange, Refusal, digest
from mux_tui.core.errors import EnvironmentProblem, UsageError
from mux_tui.core.workspace.apply import apply
from mux_tui.core.workspace.archive import Archive, Busy
from mux_tui.core.workspace.carry import Wish, carry_out, prepare
from mux_tui.core.workspace.recover import recover
from mux_tui.core.workspace.results import Applied, Refused, Result, Stale
from mux_tui.core.workspace.transition import Side
from mux_tui.core.workspace.tree import open_tree
from mux_tui.core.workspace.undo import undo
from tests.core.workspace.conftest import Full
from tests.core.workspace.trees import as_nobody, change, changes, made, snapshot


def test_files_are_added_changed_and_deleted_in_one_step(
    tmp_path: Path, archive: Archive
) -> None:
    work = made(tmp_path / "work", {"a": "old a\n", "gone": "old\n", "run.sh": "#!\n"})
    (work / "a").chmod(0o640)
    (work / "run.sh").chmod(0o755)

    result = apply(
        work,
        changes(
            change("a", "old a\n", "new a\n"),
            change("deep/er/new.txt", None, "new\n"),
            change("gone", "old\n", None),
            change("run.sh", "#!\n", "#!!\n", executable=True),
        ),
        "run-1",
        archive,
    )

    assert result == Applied(
        "run-1", work.resolve(), ("a", "deep/er/new.txt", "gone", "run.sh")
    )
    files = {name for name, (mode, _) in snapshot(work).items() if mode[0] != "4"}
    assert files == {"a", "deep/er/new.txt", "run.sh"}
    assert (work / "a").read_text() == "new a\n"
    assert stat.S_IMODE((work / "a").stat().st_mode) == 0o640
    assert stat.S_IMODE((work / "run.sh").stat().st_mode) == 0o755
    assert archive.pending() == ()


def test_the_archive_is_for_the_owner_alone(tmp_path: Path, archive: Archive) -> None:
    old = os.umask(0)
    try:
        work = made(tmp_path / "work", {"a": "old\n"})
        apply(work, changes(change("a", "old\n", "secret\n")), "r", archive)
    finally:
        os.umask(old)

    for path in [archive.directory, *archive.directory.rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)


def test_with_a_refusal_among_them_none_is_made(
    tmp_path: Path, archive: Archive
) -> None:
    work = made(tmp_path / "work", {})
    refusal = Refusal("../x", "leaves the work directory")

    result = apply(
        work, ChangeSet((change("good", None, "new\n"),), (refusal,)), "r", archive
    )

    assert result == Refused((refusal,))
    assert snapshot(work) == {}
    assert not archive.directory.exists()


@pytest.mark.parametrize(
    "bad", ["n" * 300, "../out", "sub", "link", "", ".git/hooks/x", "keep/x", "pipe"]
)
def test_one_bad_path_keeps_the_good_ones_from_being_written(
    tmp_path: Path, archive: Archive, bad: str
) -> None:
    work = made(tmp_path / "work", {"keep": "keep\n", "sub/f": "f\n"})
    (work / "link").symlink_to("../out")
    os.mkfifo(work / "pipe")
    before = snapshot(tmp_path)

    result = apply(
        work,
        changes(
            change("good/1", None, "new\n"),
            change(bad, None, "new\n"),
            change("keep", "keep\n", "new\n"),
        ),
        "r",
        archive,
    )

    assert isinstance(result, Refused)
    assert [refusal.path for refusal in result.refused] == [bad]
    assert (after := snapshot(tmp_path)).items() >= before.items()
    assert not any("work" in name for name in after.keys() - before.keys())


def test_paths_that_need_one_another_gone_are_refused(
    tmp_path: Path, archive: Archive
) -> None:
    work = made(tmp_path / "work", {})

    for second in ("a", "a/b"):
        wanted = changes(change("a", None, "1\n"), change(second, None, "2\n"))
        assert isinstance(apply(work, wanted, "r", archive), Refused)
        assert snapshot(work) == {}


def test_files_that_changed_since_the_draft_are_listed_and_nothing_is_done(
    tmp_path: Path, archive: Archive
) -> None:
    work = made(tmp_path / "work", {"a": "edited\n", "b": "old\n", "c": "there\n"})
    before = snapshot(work)

    result = apply(
        work,
        changes(
            change("a", "old\n", "new\n"),
            change("b", "old\n", "new\n"),
            change("c", None, "new\n"),
            change("gone", "old\n", None),
        ),
        "r",
        archive,
    )

    assert result == Stale(("a", "c", "gone"))
    assert snapshot(work) == before
    assert archive.record("r") is None


def _side(text: str) -> Side:
    return Side(digest(text.encode()), 0o644)


@pytest.mark.parametrize("late", ["b", "new", "gone"])
def test_a_file_that_changes_at_the_last_moment_takes_all_of_it_back(
    tmp_path: Path, archive: Archive, late: str
) -> None:
    work = made(tmp_path / "work", {"a": "old a", "b": "old b", "gone": "old"})
    (work / "a").chmod(0o604)
    texts = ("old a", "old b", "old", "new a", "new b", "new")
    with open_tree(work) as tree:
        wishes = [
            Wish("a", tree.look("a"), _side("new a")),
            Wish("sub/first", None, _side("new")),
            Wish("b", tree.look("b"), _side("new b")),
            Wish("new", None, _side("new")),
            Wish("gone", tree.look("gone"), Side()),
        ]
        planned = prepare(tree, "r", "apply", wishes)
        (work / late).write_text("edited")
        before = snapshot(work)

        contents = {_side(text).digest: text.encode() for text in texts}
        result = carry_out(tree, archive, planned, contents)

    assert result == Stale((late,))
    assert snapshot(work) == before
    assert archive.pending() == ()


def test_a_directory_that_may_not_be_written_is_refused_with_the_reason(
    open_place: Path,
) -> None:
    work = made(open_place / "work", {"closed/f": "old\n", "open": "old\n"})
    kept = made(open_place / "kept", {})
    (work / "closed").chmod(0o555)
    before = snapshot(work)

    with as_nobody(work, kept, *work.rglob("*")):
        result = apply(
            work,
            changes(
                change("open", "old\n", "new\n"),
                change("fresh/new", None, "new\n"),
                change("closed/f", "old\n", "new\n"),
            ),
            "r",
            Archive(kept / "changes"),
        )

    assert result == Refused((Refusal("closed/f", "permission denied (EACCES)"),))
    assert snapshot(work) == before


def test_a_full_disk_leaves_all_as_it_was(full: Full, archive: Archive) -> None:
    work = made(full.place / "work", {"big": "old\n"})
    before = snapshot(work)
    wanted = (
        FileChange("sub/good", None, b"new\n"),
        # The archive packs it: it is the tree that has no room.
        FileChange("big", b"old\n", b"x" * (3 << 20)),
    )

    result = apply(work, ChangeSet(wanted), "r", archive)

    assert result == Refused((Refusal("big", full.words),))
    assert snapshot(work) == before
    assert archive.pending() == ()


def test_a_full_disk_under_the_archive_leaves_all_as_it_was(
    full: Full, tmp_path: Path
) -> None:
    work = made(tmp_path / "work", {"f": "old\n"})
    before = snapshot(work)
    wanted = ChangeSet((FileChange("f", b"old\n", os.urandom(3 << 20)),))

    with pytest.raises(EnvironmentProblem) as problem:
        apply(work, wanted, "r", Archive(full.place / "kept"))

    assert full.words in str(problem.value)
    assert snapshot(work) == before


def test_an_archive_that_cannot_be_made_leaves_all_as_it_was(tmp_path: Path) -> None:
    work = made(tmp_path / "work", {"f": "old\n"})
    made(tmp_path, {"file": ""})

    with pytest.raises(EnvironmentProblem):
        apply(
            work,
            changes(change("f", "old\n", "new\n")),
            "r",
            Archive(tmp_path / "file" / "kept"),
        )

    assert (work / "f").read_text() == "old\n"


def test_what_cannot_be_recorded_is_applied_and_recorded_later(
    tmp_path: Path, archive: Archive
) -> None:
    work = made(tmp_path / "work", {"f": "old\n"})
    in_the_way = made(archive.directory, {}) / "records"
    in_the_way.symlink_to("nowhere")

    result = apply(work, changes(change("f", "old\n", "new\n")), "r", archive)

    assert isinstance(result, Applied)
    assert "the next start of mux writes down the way back" in result.notes[0]
    assert (work / "f").read_text() == "new\n"
    in_the_way.unlink()
    assert [it.ended for it in recover(archive)] == ["finished"]
    assert isinstance(undo("r", archive), Applied)
    assert (work / "f").read_text() == "old\n"


def test_the_archive_itself_is_out_of_reach(tmp_path: Path) -> None:
    work = made(tmp_path / "home", {"mux/changes/objects/x": "kept\n"})

    result = apply(
        work,
        changes(change("mux/changes/objects/x", "kept\n", "bad\n")),
        "r",
        Archive(work / "mux" / "changes"),
    )

    assert result == Refused(
        (Refusal("mux/changes/objects/x", "mux/changes belongs to mux itself"),)
    )


def test_a_run_is_applied_once(tmp_path: Path, archive: Archive) -> None:
    work = made(tmp_path / "work", {"f": "1\n"})
    apply(work, changes(change("f", "1\n", "2\n")), "r", archive)

    with pytest.raises(UsageError, match="applied already"):
        apply(work, changes(change("f", "2\n", "3\n")), "r", archive)

    assert (work / "f").read_text() == "2\n"


@pytest.mark.parametrize("run_id", ["", "../x", "a/b", ".hidden", "x" * 200, "a\nb"])
def test_a_run_whose_name_could_be_a_path_is_refused(
    tmp_path: Path, archive: Archive, run_id: str
) -> None:
    with pytest.raises(UsageError, match="no run has the name"):
        apply(tmp_path, changes(change("f", None, "new\n")), run_id, archive)

    assert not (tmp_path / "f").exists()


def test_what_changes_nothing_leaves_no_trace(tmp_path: Path, archive: Archive) -> None:
    work = made(tmp_path / "work", {"f": "same\n"})
    inode = (work / "f").stat().st_ino

    result = apply(work, changes(change("f", "same\n", "same\n")), "r", archive)

    assert result == Applied("r", work.resolve(), ())
    assert (work / "f").stat().st_ino == inode
    assert archive.record("r") is None


def test_execution_alone_can_be_changed(tmp_path: Path, archive: Archive) -> None:
    work = made(tmp_path / "work", {"f": "same\n"})
    (work / "f").chmod(0o644)

    apply(work, changes(change("f", "same\n", "same\n", executable=True)), "r", archive)

    assert stat.S_IMODE((work / "f").stat().st_mode) == 0o755


def test_one_at_a_time_changes_a_work_directory(archive: Archive) -> None:
    with (
        archive.root_held(7),
        archive.root_held(8),
        pytest.raises(Busy, match="another mux"),
        archive.root_held(7, 0),
    ):
        pass
    with archive.root_held(7, 0):
        pass


def test_many_at_once_all_get_their_turn(tmp_path: Path, archive: Archive) -> None:
    work = made(tmp_path / "work", {"shared": "0\n"})

    def one(number: int) -> Result:
        wanted = changes(
            change(f"own/{number}", None, "new\n"),
            change("shared", "0\n", f"by {number}\n"),
        )
        return apply(work, wanted, f"r{number}", archive)

    with ThreadPoolExecutor(8) as threads:
        results = list(threads.map(one, range(8)))

    (first,) = [it for it in results if isinstance(it, Applied)]
    assert [it for it in results if it != first] == [Stale(("shared",))] * 7
    assert sorted(snapshot(work)) == sorted(["own", *first.paths])
