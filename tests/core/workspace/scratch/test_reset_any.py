"""A copy is what it was, whatever was done in it: things at random, and silent ones."""

import mmap
import os
import random
import shutil
import tempfile
from collections.abc import Callable, Generator
from contextlib import suppress
from pathlib import Path

import pytest

from mux_tui.core.workspace.scratch import (
    ScratchOptions,
    is_current,
    now_at,
    reset,
    scratch_copy,
)
from mux_tui.core.workspace.scratch.facts import signature_of
from tests.core.workspace.scratch.test_reset import shape_of

_ROUNDS = 6
_IN_MEMORY = Path("/dev/shm")


def rewrite(path: Path, _: random.Random) -> None:
    """With the same size and the same times."""
    facts = path.stat()
    path.write_bytes(bytes(byte ^ 1 for byte in path.read_bytes()))
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))


def write_as_memory(path: Path, _: random.Random) -> None:
    with path.open("r+b") as file, mmap.mmap(file.fileno(), 0) as memory:
        memory[0] ^= 1


def move(path: Path, chance: random.Random) -> None:
    path.rename(path.parent / chance.choice(["a", "run.sh", "src", "moved"]))


def link(path: Path, chance: random.Random) -> None:
    os.link(path, path.parent / f"hard-{chance.randrange(9)}")


def swap_for_link(path: Path, _: random.Random) -> None:
    path.rename(path.parent / "aside")
    path.symlink_to(path.parent.parent)


def close(path: Path, chance: random.Random) -> None:
    path.chmod(chance.choice([0, 0o400, 0o500, 0o777]))


def remove(path: Path, _: random.Random) -> None:
    shutil.rmtree(path) if path.is_dir() else path.unlink()


def fill(path: Path, chance: random.Random) -> None:
    (path / "more" / "below").mkdir(parents=True)
    (path / f"A{chance.randrange(9)}").write_text("new")


def cut(path: Path, chance: random.Random) -> None:
    os.truncate(path, chance.choice([0, 3, 100_000]))


_VANDALS = (
    *(rewrite, write_as_memory, move, link, swap_for_link),
    *(close, remove, fill, cut),
)


def vandalise(top: Path, chance: random.Random) -> None:
    """Do some of that, never to what a link leads to."""
    for _ in range(chance.randrange(1, 9)):
        paths = sorted(path for path in top.rglob("*") if not path.is_symlink())
        if paths:
            with suppress(OSError, ValueError):
                chance.choice(_VANDALS)(chance.choice(paths), chance)


@pytest.fixture(params=["disk", "memory"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[Path]:
    """On the file system of the tests, and where files are only memory."""
    where = _IN_MEMORY if _IN_MEMORY.is_dir() else tmp_path
    if request.param == "disk":
        where = tmp_path
    with tempfile.TemporaryDirectory(dir=where) as name:
        yield Path(name)


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_is_done_at_random_is_undone(
    seed: int, root: Path, folder: Path, options: ScratchOptions
) -> None:
    chance = random.Random(seed)
    (root / "src/link").symlink_to("app.py")
    (root / "src/deep/deeper").mkdir(parents=True)
    for number in range(6):
        (root / f"src/deep/{number}").write_bytes(chance.randbytes(number * 9_000))
    original = shape_of(root)
    async with scratch_copy(root, folder / "place", options) as copy:
        before = shape_of(copy.path)
        for _ in range(_ROUNDS):
            touched = now_at(copy)
            vandalise(copy.path, chance)
            assert reset(copy, touched)
            assert shape_of(copy.path) == before
    assert shape_of(root) == original


async def test_a_page_that_was_read_first_is_written_in_no_silence(
    root: Path, folder: Path, options: ScratchOptions
) -> None:
    """On tmpfs such a file has all the times that it had."""
    async with scratch_copy(root, folder / "place", options) as copy:
        touched = now_at(copy)
        write_as_memory(copy.path / "run.sh", random.Random(1))
        assert reset(copy, touched)
        assert (copy.path / "run.sh").read_bytes() == (root / "run.sh").read_bytes()


async def test_where_times_do_not_tell_contents_are_compared(
    root: Path,
    place: Path,
    options: ScratchOptions,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def tells(folder: int) -> bool:
        assert os.stat(folder)
        return False

    monkeypatch.setitem(reset.__globals__, "tells_mapped_writes", tells)
    async with scratch_copy(root, place, options) as copy:
        path, entry = copy.path / "run.sh", copy.base.files["run.sh"]
        path.write_text("#!/bin/no\n"[:10])
        silent = entry._replace(signature=signature_of(path.stat()))
        copy.base.files["run.sh"] = silent
        while (touched := now_at(copy)) <= silent.signature[3]:
            pass
        assert reset(copy, touched)
        assert path.read_bytes() == (root / "run.sh").read_bytes()


async def test_what_is_changed_is_as_new_as_the_file_system_says_that_it_is(
    root: Path, place: Path, options: ScratchOptions
) -> None:
    """Whatever the wall clock says meanwhile: it is never compared with a file's."""
    async with scratch_copy(root, place, options) as copy:
        for _ in range(50):
            now = now_at(copy)
            (copy.path / "run.sh").write_text("again")
            assert (copy.path / "run.sh").stat().st_ctime_ns >= now
        assert sorted(os.listdir(copy.path.parent)) == ["alive", "project"]


def keep_its_time(path: Path) -> None:
    facts = path.stat()
    path.write_text("value = 7\n")
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))


def put_another_in_its_place(path: Path) -> None:
    other = path.parent.parent / "other"
    other.write_text("value = 8\n")
    shutil.copystat(path, other)
    other.rename(path)
    os.utime(path.parent.parent, ns=(0, 0))


@pytest.mark.parametrize(
    "save", [keep_its_time, put_another_in_its_place], ids=lambda one: one.__name__
)
async def test_a_save_that_keeps_size_and_time_is_noticed(
    save: Callable[[Path], None], root: Path, place: Path, options: ScratchOptions
) -> None:
    for folder in (root, root / "src"):
        os.utime(folder, ns=(0, 0))
    async with scratch_copy(root, place, options) as copy:
        assert is_current(copy)
        save(root / "src/app.py")
        for folder in (root, root / "src"):
            os.utime(folder, ns=(0, 0))
        assert not is_current(copy)
