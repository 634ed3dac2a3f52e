"""A copy that programs have worked in is brought back to what was copied."""

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from mux_tui.core.change import FileChange
from mux_tui.core.workspace.scratch import (
    ScratchOptions,
    changes_in,
    is_current,
    now_at,
    put,
    reset,
    scratch_copy,
)
from mux_tui.core.workspace.scratch.file_copy import HASHED_BYTES

Shape = dict[str, tuple[object, ...]]


def shape_of(top: Path) -> Shape:
    """Everything below a directory: kinds, permissions, times and contents."""
    found: Shape = {".": (top.stat().st_mode,)}
    for path in top.rglob("*"):
        name, facts = str(path.relative_to(top)), path.lstat()
        if path.is_symlink():
            found[name] = (facts.st_mode, os.readlink(path))
        elif path.is_dir():
            found[name] = (facts.st_mode,)
        else:
            found[name] = (facts.st_mode, facts.st_mtime_ns, path.read_bytes())
    return found


def edit(top: Path) -> None:
    (top / "src/app.py").write_text("value = 2\n")


def edit_with_the_same_length_and_times(top: Path) -> None:
    path = top / "src/app.py"
    facts = path.stat()
    path.write_text("value = 3\n")
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))


def let_nobody_in(top: Path) -> None:
    (top / "src").chmod(0o500)
    (top / "run.sh").chmod(0o000)
    (top / "new/locked").mkdir(parents=True)
    (top / "new/locked").chmod(0o000)
    top.chmod(0o500)


def swap_for_links(top: Path) -> None:
    shutil.rmtree(top / "src")
    (top / "src").symlink_to(top.parent)
    (top / "run.sh").unlink()
    (top / "run.sh").symlink_to("/etc/hostname")
    (top / "link").unlink()
    (top / "link").symlink_to("src/app.py")


def swap_kinds(top: Path) -> None:
    shutil.rmtree(top / "src")
    (top / "src").write_text("a file")
    (top / "run.sh").unlink()
    (top / "run.sh/below").mkdir(parents=True)
    (top / "link").unlink()
    os.mkfifo(top / "link")


def leave_things(top: Path) -> None:
    for name in ("__pycache__/a.pyc", "build/out/x", ".git/config", "src/new.py"):
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_text("left")
    os.link(top / "src/app.py", top / "src/other_name.py")


def go_deep(top: Path) -> None:
    here = os.open(top, os.O_RDONLY)
    for _ in range(1_500):
        os.mkdir("d", dir_fd=here)
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)


def remove_all(top: Path) -> None:
    for path in top.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


VANDALS = (
    edit,
    edit_with_the_same_length_and_times,
    let_nobody_in,
    swap_for_links,
    swap_kinds,
    leave_things,
    go_deep,
    remove_all,
)


@pytest.fixture
def project(root: Path) -> Path:
    """With a link, an empty directory, and a file nobody else may read."""
    (root / "link").symlink_to("run.sh")
    (root / "empty").mkdir()
    (root / "empty").chmod(0o755)
    (root / "private.txt").write_text("p")
    (root / "private.txt").chmod(0o600)
    return root


@pytest.mark.parametrize("vandal", VANDALS, ids=lambda one: one.__name__)
async def test_whatever_was_done_in_a_copy_is_undone(
    vandal: Callable[[Path], None],
    project: Path,
    place: Path,
    options: ScratchOptions,
) -> None:
    """Twice: what is noted of the files must be true after the first time too."""
    async with scratch_copy(project, place, options) as copy:
        before, original = shape_of(copy.path), shape_of(project)
        for _ in range(2):
            touched = now_at(copy)
            vandal(copy.path)
            assert reset(copy, touched)
            assert shape_of(copy.path) == before
        assert not (await changes_in(copy)).changes.changes
        assert sorted(os.listdir(copy.path.parent)) == ["alive", "project"]
    assert shape_of(project) == original


async def test_what_nobody_touched_is_left_alone(
    root: Path, place: Path, options: ScratchOptions
) -> None:
    """The same file, not another with the same content."""
    async with scratch_copy(root, place, options) as copy:
        touched = time.time_ns() + 10**9
        kept = (copy.path / "run.sh").stat()
        (copy.path / "src/app.py").write_text("value = 2\n")
        assert reset(copy, touched)
        assert (copy.path / "run.sh").stat().st_ino == kept.st_ino
        assert (copy.path / "src/app.py").read_text() == "value = 1\n"


async def test_a_draft_is_taken_out_again(
    root: Path, place: Path, options: ScratchOptions
) -> None:
    changes = (
        FileChange("src/app.py", b"value = 1\n", b"value = 2\n"),
        FileChange("src/more.py", None, b"more\n"),
        FileChange("run.sh", b"#!/bin/sh\n", None),
    )
    async with scratch_copy(root, place, options) as copy:
        before = shape_of(copy.path)
        for _ in range(3):
            touched = now_at(copy)
            put(copy, changes)
            assert reset(copy, touched)
        assert shape_of(copy.path) == before


def edit_original(root: Path) -> None:
    (root / "src/app.py").write_text("value = 9\n")


def remove_original(root: Path) -> None:
    shutil.rmtree(root / "src")


def lead_original_elsewhere(root: Path) -> None:
    (root / "src").rename(root.parent / "elsewhere")
    (root / "src").symlink_to(root.parent / "elsewhere")


@pytest.mark.parametrize(
    "spoil",
    [edit_original, remove_original, lead_original_elsewhere],
    ids=lambda one: one.__name__,
)
async def test_what_cannot_be_brought_back_is_told(
    spoil: Callable[[Path], None], root: Path, place: Path, options: ScratchOptions
) -> None:
    async with scratch_copy(root, place, options) as copy:
        edit(copy.path)
        spoil(root)
        assert not reset(copy, now_at(copy))


async def test_a_copy_that_is_gone_or_led_elsewhere_is_told(
    root: Path, place: Path, options: ScratchOptions, tmp_path: Path
) -> None:
    """What it leads to is not touched."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").write_text("mine")
    async with scratch_copy(root, place, options) as copy:
        shutil.rmtree(copy.path)
        assert not reset(copy, now_at(copy))
        copy.path.symlink_to(outside)
        assert not reset(copy, now_at(copy))
        copy.path.unlink()
    assert (outside / "file").read_text() == "mine"


async def test_a_large_file_that_was_touched_asks_for_another_copy(
    root: Path, place: Path, options: ScratchOptions
) -> None:
    """It has no digest, so nobody can say that the original is what it was."""
    with (root / "large").open("wb") as file:
        file.truncate(HASHED_BYTES + 1)
    async with scratch_copy(root, place, options) as copy:
        past = time.time_ns() + 10**9
        assert reset(copy, past)
        (copy.path / "large").write_bytes(b"x")
        assert not reset(copy, past)


async def test_a_changed_work_directory_is_noticed(
    project: Path, place: Path, options: ScratchOptions
) -> None:
    async with scratch_copy(project, place, options) as copy:
        assert is_current(copy)
    (project / "src/app.py").write_text("value = 10\n")
    assert not is_current(copy)


def add_below(root: Path) -> None:
    (root / "src/new.py").write_text("new")


def add_on_top(root: Path) -> None:
    (root / "new.py").write_text("new")


def fill_an_empty_directory(root: Path) -> None:
    (root / "empty/new.py").write_text("new")


def delete(root: Path) -> None:
    (root / "private.txt").unlink()


def let_run(root: Path) -> None:
    (root / "private.txt").chmod(0o700)


@pytest.mark.parametrize(
    "change",
    [add_below, add_on_top, fill_an_empty_directory, delete, let_run],
    ids=lambda one: one.__name__,
)
async def test_new_missing_and_newly_executable_files_are_noticed(
    change: Callable[[Path], object],
    project: Path,
    place: Path,
    options: ScratchOptions,
) -> None:
    for folder in (project, project / "src", project / "empty"):
        os.utime(folder, ns=(0, 0))
    async with scratch_copy(project, place, options) as copy:
        assert is_current(copy)
        change(project)
        assert not is_current(copy)


async def test_copies_of_the_same_have_the_same_key(
    project: Path, place: Path, options: ScratchOptions
) -> None:
    """A key names names, contents, links and what may be executed."""

    async def key() -> str:
        async with scratch_copy(project, place, options) as copy:
            return copy.base.key()

    keys = [await key()]
    for change in (
        lambda: (project / "src/app.py").write_text("value = 2\n"),
        lambda: (project / "src/app.py").chmod(0o755),
        lambda: (project / "src/link").symlink_to("app.py"),
        lambda: (project / "src/folder").mkdir(),
    ):
        keys.append(await key())
        assert keys[-1] == keys[-2]
        change()
        keys.append(await key())
    assert len(set(keys)) == 5
