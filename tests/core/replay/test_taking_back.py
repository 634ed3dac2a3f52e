"""The files of a run as they were before it, in a copy; nothing else is touched."""

import os
from pathlib import Path

import pytest

from mux_tui.core.change import ChangeSet, FileChange, digest
from mux_tui.core.ledger.rows import FileRow
from mux_tui.core.replay.taking_back import CannotTakeBack, take_back
from mux_tui.core.workspace.apply import apply
from mux_tui.core.workspace.archive import Archive
from mux_tui.core.workspace.results import Applied
from mux_tui.core.workspace.undo import undo
from tests.core.replay.rows import a_file

OLD, NEW = b"old\n", b"new\n"
RUN = "01aaaa-one"


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """Where the contents are."""
    return Archive(tmp_path / "changes")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The copy, which is its own original here."""
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


def row(change: FileChange) -> FileRow:
    return a_file(
        change.path,
        digest(change.before) if change.before is not None else "",
        digest(change.after) if change.after is not None else "",
    )


def done(root: Path, archive: Archive, *changes: FileChange) -> list[FileRow]:
    """Apply changes as a run does; returns what its row says of them."""
    for change in changes:
        if change.before is not None:
            path = root / change.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(change.before)
    result = apply(root, ChangeSet(changes), RUN, archive)
    assert isinstance(result, Applied)
    return [row(change) for change in changes]


def test_changed_added_and_deleted_files_are_what_they_were(
    root: Path, archive: Archive
) -> None:
    rows = done(
        root,
        archive,
        FileChange("src/a.py", OLD, NEW),
        FileChange("new/b.py", None, NEW),
        FileChange("gone.py", OLD, None),
    )
    assert take_back(root, root, RUN, rows, archive) == ()
    assert (root / "src/a.py").read_bytes() == OLD
    assert not (root / "new/b.py").exists()
    assert (root / "gone.py").read_bytes() == OLD


def test_the_executable_bit_is_the_one_of_then(root: Path, archive: Archive) -> None:
    script = root / "run.sh"
    script.write_bytes(OLD)
    script.chmod(0o755)
    rows = done(root, archive, FileChange("run.sh", OLD, NEW, executable=False))
    assert not os.access(script, os.X_OK)
    assert take_back(root, root, RUN, rows, archive) == ()
    assert os.access(script, os.X_OK)


def test_what_has_changed_since_stays_and_is_said(root: Path, archive: Archive) -> None:
    rows = done(
        root, archive, FileChange("a.py", OLD, NEW), FileChange("b.py", OLD, NEW)
    )
    (root / "a.py").write_bytes(b"newest\n")
    told = take_back(root, root, RUN, rows, archive)
    assert told == ("on today's files: a.py has changed since",)
    assert (root / "a.py").read_bytes() == b"newest\n"
    assert (root / "b.py").read_bytes() == OLD


def test_what_is_taken_back_already_is_as_it_was(root: Path, archive: Archive) -> None:
    rows = done(root, archive, FileChange("a.py", OLD, NEW))
    assert isinstance(undo(RUN, archive), Applied)
    assert take_back(root, root, RUN, rows, archive) == ()
    assert (root / "a.py").read_bytes() == OLD


def test_changes_of_which_a_part_was_kept_are_known_by_the_archive(
    root: Path, archive: Archive
) -> None:
    """The row tells what was proposed, and not what was left."""
    done(root, archive, FileChange("a.py", OLD, b"half\n"))
    rows = [row(FileChange("a.py", OLD, NEW))]
    assert take_back(root, root, RUN, rows, archive) == ()
    assert (root / "a.py").read_bytes() == OLD


def test_the_archive_of_another_directory_says_nothing(
    root: Path, archive: Archive, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    done(other, archive, FileChange("a.py", OLD, b"half\n"))
    (root / "a.py").write_bytes(b"half\n")
    rows = [row(FileChange("a.py", OLD, NEW))]
    assert take_back(root, root, RUN, rows, archive)
    assert (root / "a.py").read_bytes() == b"half\n"


def test_what_was_never_written_is_left_alone(root: Path, archive: Archive) -> None:
    (root / "a.py").write_bytes(OLD)
    rows = [
        row(FileChange("a.py", OLD, NEW)),
        row(FileChange("b.py", None, NEW)),
    ]
    assert take_back(root, root, RUN, rows, archive) == ()
    assert [path.name for path in root.iterdir()] == ["a.py"]


def test_a_link_in_the_place_of_a_file_is_no_way_out(
    root: Path, archive: Archive, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.write_bytes(NEW)
    rows = done(root, archive, FileChange("a.py", OLD, NEW))
    (root / "a.py").unlink()
    (root / "a.py").symlink_to(outside)
    assert take_back(root, root, RUN, rows, archive) == (
        "on today's files: a.py has changed since",
    )
    assert outside.read_bytes() == NEW


def test_a_content_that_is_not_kept_any_more_is_said(
    root: Path, archive: Archive
) -> None:
    rows = done(root, archive, FileChange("a.py", OLD, NEW))
    archive.store.drop_all_but(())
    with pytest.raises(CannotTakeBack, match=r"what a\.py was before is not kept"):
        take_back(root, root, RUN, rows, archive)


@pytest.mark.parametrize(
    "path",
    ["../x", "/etc/passwd", "a/../../x", ".git/hooks/x", "a\0b", "\x1b[2J", "./a", ""],
)
def test_no_path_of_a_row_is_trusted(root: Path, archive: Archive, path: str) -> None:
    (root / "a").write_bytes(NEW)
    rows = [row(FileChange(path, OLD, NEW))]
    archive.store.keep((OLD, NEW))
    with pytest.raises(CannotTakeBack, match="cannot be made what they were") as caught:
        take_back(root, root, RUN, rows, archive)
    assert "\x1b" not in str(caught.value)
    assert [(p.name, p.read_bytes()) for p in root.iterdir()] == [("a", NEW)]


@pytest.mark.parametrize("name", ["../../etc/passwd", "x" * 64, "0" * 63, "0" * 65])
def test_no_digest_of_a_row_names_a_file(
    root: Path, archive: Archive, name: str
) -> None:
    with pytest.raises(CannotTakeBack, match="has no digest"):
        take_back(root, root, RUN, [a_file("a", name, digest(NEW))], archive)


def test_a_run_of_a_name_that_none_of_ours_has_is_in_no_archive(
    root: Path, archive: Archive
) -> None:
    (root / "a").write_bytes(OLD)
    rows = [row(FileChange("a", OLD, NEW))]
    assert take_back(root, root, "../../x", rows, archive) == ()
