"""A scratch copy: what is in it, what is not, and that it goes."""

import asyncio
import os
import socket
import stat
import subprocess
import sys
import tempfile
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from mux_tui.core.errors import EnvironmentProblem, UsageError
from mux_tui.core.workspace.scratch import (
    Copy,
    CopyTooLarge,
    ScratchOptions,
    scratch_copy,
)
from mux_tui.core.workspace.scratch import filling as filling_module
from tests.core.workspace.scratch.conftest import Git, tree_of


def _whys(copy: Copy) -> dict[str, str]:
    return {one.path: one.why for one in copy.left_out}


def _copies(place: Path) -> list[str]:
    return sorted(name for name in os.listdir(place) if name != "lock")


async def test_a_copy_holds_the_directory_as_it_is_now(
    root: Path, place: Path, options: ScratchOptions, git: Git
) -> None:
    """Uncommitted and untracked work is in it."""
    (root / "src" / "app.py").write_text("value = 2\n")
    (root / "src" / "new.py").write_text("new\n")
    async with scratch_copy(root, place, options) as copy:
        assert copy.git
        assert copy.path.name == "project"
        assert tree_of(copy.path) == {
            "src/app.py": b"value = 2\n",
            "src/new.py": b"new\n",
            "run.sh": b"#!/bin/sh\n",
        }
        assert (copy.path / "run.sh").stat().st_mode & 0o777 == 0o755
        old, new = (root / "run.sh").stat(), (copy.path / "run.sh").stat()
        assert new.st_mtime_ns == old.st_mtime_ns
        assert copy.base.files.keys() == tree_of(copy.path).keys()


async def test_copies_are_for_the_owner_alone_and_go_at_the_end(
    root: Path, place: Path, options: ScratchOptions
) -> None:
    async with scratch_copy(root, place, options) as copy:
        for folder in (copy.path.parent, place):
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700

    assert _copies(place) == []


async def test_what_git_ignores_stays_out_but_small_files_that_programs_need(
    root: Path, place: Path, options: ScratchOptions, git: Git
) -> None:
    (root / ".gitignore").write_text("out/\n_version.py\n*.bin\n.env\n*.log\n")
    for path, size in (
        ("out/a.o", 1),
        ("src/_version.py", 10),
        ("src/big.bin", 300_000),
        (".env", 5),
        ("line\nbreak.log", 2),
        ("kept/out/tracked.o", 1),
        ("kept/out/other.o", 1),
    ):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(b"x" * size)
    git("add", "-f", "kept/out/tracked.o")
    async with scratch_copy(root, place, options) as copy:
        whys = _whys(copy)
        there = tree_of(copy.path).keys()

    assert {"out", "src/big.bin", ".env", ".git"} == set(whys)
    assert "a secret's" in whys[".env"]
    assert {"src/_version.py", "line\nbreak.log", "kept/out/tracked.o"} <= there
    assert "out/a.o" not in there
    assert copy.base.ignored == {
        "src/_version.py",
        "line\nbreak.log",
        "kept/out/other.o",
    }


async def test_without_git_names_decide(
    root: Path, place: Path, options: ScratchOptions
) -> None:
    for path in (
        "node_modules/p/index.js",
        "web/node_modules/p/index.js",
        "env/pyvenv.cfg",
        "target/CACHEDIR.TAG",
        "src/__pycache__/app.pyc",
        "build/source.c",
    ):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("x")
    async with scratch_copy(root, place, options) as copy:
        assert not copy.git
        assert tree_of(copy.path).keys() == {"src/app.py", "run.sh", "build/source.c"}
        assert set(_whys(copy)) == {
            "node_modules",
            "web/node_modules",
            "env",
            "target",
            "src/__pycache__",
        }
        assert copy.lendable == ("env", "node_modules", "web/node_modules")


async def test_packages_that_git_keeps_are_copied(
    root: Path, place: Path, options: ScratchOptions, git: Git
) -> None:
    (root / "node_modules" / "own").mkdir(parents=True)
    (root / "node_modules" / "own" / "index.js").write_text("x")
    git("add", "-f", "node_modules")
    async with scratch_copy(root, place, options) as copy:
        assert "node_modules/own/index.js" in copy.base.files


async def test_links_are_copied_where_they_point_inside_and_nowhere_else(
    root: Path, place: Path, options: ScratchOptions, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_text("secret")
    links = {
        "good": "src/app.py",
        "src/up": "../run.sh",
        "dangling": "nowhere",
        "src/folder": "..",
        "absolute": str(outside),
        "back": str(root / "src"),
        "src/out": "../../outside/secret",
        "loop": "loop",
        "hop": "src/folder/../../outside",
        "git": ".git/config",
        ".git": "src",
    }
    for name, target in links.items():
        (root / name).symlink_to(target)
    async with scratch_copy(root, place, options) as copy:
        found = {
            str(path.relative_to(copy.path)): os.readlink(path)
            for path in copy.path.rglob("*")
            if path.is_symlink()
        }
        assert found == copy.base.links
        good = ("good", "src/up", "dangling", "src/folder", "loop")
        assert found == {name: links[name] for name in good}
        assert set(_whys(copy)) == links.keys() - set(good)
        for link in found:
            real = Path(os.path.realpath(copy.path / link))
            assert real.is_relative_to(copy.path)


async def test_special_files_are_left_out_and_told(
    root: Path, place: Path, options: ScratchOptions
) -> None:
    os.mkfifo(root / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(root / "socket"))
        async with scratch_copy(root, place, options) as copy:
            told = _whys(copy)

    assert told.keys() == {"pipe", "socket"}
    assert "named pipe" in told["pipe"]


@pytest.mark.parametrize(
    "name", ["new\nline", "esc\x1b[31m", "-rf", " ", "ü", "a" * 255]
)
async def test_any_name_is_copied(
    root: Path, place: Path, options: ScratchOptions, git: Git, name: str
) -> None:
    (root / name).write_text("x")
    (root / f"d{name[:200]}").mkdir()
    (root / f"d{name[:200]}" / "file").write_text("y")
    async with scratch_copy(root, place, options) as copy:
        assert (copy.path / name).read_text() == "x"
        assert (copy.path / f"d{name[:200]}" / "file").read_text() == "y"


async def test_names_that_are_no_utf_8_are_copied(
    root: Path, place: Path, options: ScratchOptions, git: Git
) -> None:
    (root / ".gitignore").write_bytes(b"gone\xff\n")
    for name in (b"name\xff", b"gone\xff"):
        (Path(os.fsdecode(bytes(root) + b"/" + name))).write_text("x")
    async with scratch_copy(root, place, options) as copy:
        assert b"name\xff" in os.listdir(bytes(copy.path))
        assert os.fsdecode(b"gone\xff") in copy.base.ignored


async def test_too_many_files_are_refused_and_the_bulk_is_named(
    root: Path, place: Path, options: ScratchOptions
) -> None:
    (root / "data" / "raw").mkdir(parents=True)
    for number in range(60):
        (root / "data" / "raw" / f"{number}.csv").write_text("")
    with pytest.raises(CopyTooLarge) as refusal:
        async with scratch_copy(root, place, replace(options, files=50)):
            pass

    assert "more than 50 files" in refusal.value.why
    assert "data/raw/" in refusal.value.why
    assert ".gitignore" in refusal.value.next_step
    assert _copies(place) == []


async def test_what_to_exclude_is_said_where_it_helps(
    root: Path, place: Path, options: ScratchOptions, git: Git
) -> None:
    with pytest.raises(CopyTooLarge) as refusal:
        async with scratch_copy(root, place, replace(options, files=1)):
            pass

    assert refusal.value.next_step.startswith("Name what is not source code in .git")


async def test_too_many_bytes_are_refused_before_they_are_written(
    root: Path, place: Path, options: ScratchOptions
) -> None:
    with open(root / "src" / "huge", "wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(CopyTooLarge, match=r"src/"):
        async with scratch_copy(root, place, options):
            pass

    assert _copies(place) == []


async def test_a_large_file_is_copied_whole(
    root: Path, place: Path, options: ScratchOptions
) -> None:
    content = os.urandom(1 << 20) * 9
    (root / "large.bin").write_bytes(content)
    async with scratch_copy(root, place, options) as copy:
        assert (copy.path / "large.bin").read_bytes() == content
        assert copy.base.files["large.bin"].digest == ""


async def test_muxs_own_directory_inside_of_the_project_is_not_copied(
    root: Path, options: ScratchOptions
) -> None:
    place = root / ".state" / "scratch"
    async with scratch_copy(root, place, options) as copy:
        assert _whys(copy) == {".state/scratch": "belongs to mux itself"}
    with pytest.raises(UsageError, match="keeps its own files"):
        async with scratch_copy(place, place, options):
            pass


async def test_a_root_that_is_a_link_or_none_at_all(
    root: Path, place: Path, options: ScratchOptions, tmp_path: Path
) -> None:
    (tmp_path / "link").symlink_to(root)
    async with scratch_copy(tmp_path / "link", place, options) as copy:
        assert copy.root == root
        assert "run.sh" in copy.base.files
    for wrong in (root / "run.sh", tmp_path / "missing"):
        with pytest.raises(UsageError, match="cannot work in"):
            async with scratch_copy(wrong, place, options):
                pass


async def test_read_only_and_very_deep_directories_do_not_stop_the_cleaning(
    root: Path, place: Path, options: ScratchOptions
) -> None:
    async with scratch_copy(root, place, options) as copy:
        folder = os.open(copy.path, os.O_RDONLY)
        for _ in range(1500):
            os.mkdir("a" * 20, dir_fd=folder)
            below = os.open("a" * 20, os.O_RDONLY, dir_fd=folder)
            os.close(folder)
            folder = below
        os.close(folder)
        (copy.path / "shut").mkdir()
        (copy.path / "shut" / "file").write_text("x")
        (copy.path / "shut").chmod(0)
        (copy.path / "out").symlink_to("/")

    assert _copies(place) == []


async def test_a_copy_goes_with_an_exception_and_with_a_cancellation(
    root: Path, place: Path, options: ScratchOptions
) -> None:
    with pytest.raises(ZeroDivisionError):
        async with scratch_copy(root, place, options):
            raise ZeroDivisionError
    assert _copies(place) == []

    inside = asyncio.Event()

    async def work() -> None:
        async with scratch_copy(root, place, options):
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(work())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert _copies(place) == []


async def test_cancelling_in_the_middle_of_copying_stops_it(
    root: Path,
    place: Path,
    options: ScratchOptions,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The thread that copies is stopped and waited for; nothing is left."""
    for number in range(50):
        (root / f"d{number}").mkdir()
        (root / f"d{number}" / "file").write_text("x")
    begun = asyncio.Event()
    loop = asyncio.get_running_loop()
    copy_file = filling_module.Filling.copy_file

    def slow(
        self: filling_module.Filling, source: int, target: int, path: str, name: str
    ) -> None:
        loop.call_soon_threadsafe(begun.set)
        self.stop.wait(5)
        copy_file(self, source, target, path, name)

    monkeypatch.setattr(filling_module.Filling, "copy_file", slow)

    async def work() -> None:
        async with scratch_copy(root, place, options):
            pass

    descriptors = len(os.listdir("/dev/fd"))
    task = asyncio.create_task(work())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert _copies(place) == []
    assert len(os.listdir("/dev/fd")) == descriptors


_KILLED = """
import asyncio, os, sys
from pathlib import Path
from mux_tui.core.workspace.scratch import ScratchOptions, scratch_copy

async def main():
    options = ScratchOptions(environ=dict(os.environ))
    async with scratch_copy(Path(sys.argv[1]), Path(sys.argv[2]), options) as copy:
        print(copy.path, flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""


async def test_what_a_killed_process_left_goes_at_the_next_start_and_no_other(
    root: Path, place: Path, options: ScratchOptions
) -> None:
    command = [sys.executable, "-c", _KILLED, str(root), str(place)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as killed:
        assert killed.stdout is not None
        left = Path(killed.stdout.readline().strip())
        async with scratch_copy(root, place, options) as living:
            assert (left / "run.sh").exists(), "its owner is alive"
            killed.kill()
            killed.wait()
            async with scratch_copy(root, place, options):
                assert not left.parent.exists()
                assert (living.path / "run.sh").exists()
                assert len(_copies(place)) == 2

    assert _copies(place) == []


async def test_a_place_that_cannot_be_used_is_told(
    root: Path, tmp_path: Path, options: ScratchOptions
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EnvironmentProblem):
        async with scratch_copy(root, tmp_path / "file" / "scratch", options):
            pass


async def test_another_file_system_and_mux_directories_are_not_entered(
    root: Path, place: Path, options: ScratchOptions
) -> None:
    closed = replace(options, closed=(root / "src",))
    async with scratch_copy(root, place, closed) as copy:
        assert _whys(copy) == {"src": "belongs to mux itself"}


def _swap(root: Path, outside: Path, stop: threading.Event) -> None:
    """Put a link to the outside into a directory's place, and back, all the time."""
    aside = root / "aside"
    while not stop.is_set():
        (root / "src").rename(aside)
        (root / "src").symlink_to(outside)
        (root / "src").unlink()
        aside.rename(root / "src")


async def test_directories_that_turn_into_links_lead_nowhere(
    root: Path, place: Path, options: ScratchOptions, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "app.py").write_text("outside")
    (outside / "secret").write_text("outside")
    stop = threading.Event()
    swapping = threading.Thread(target=_swap, args=(root, outside, stop))
    swapping.start()
    try:
        for _ in range(25):
            async with scratch_copy(root, place, options) as copy:
                assert b"outside" not in tree_of(copy.path).values()
                assert not any(path.is_symlink() for path in copy.path.rglob("*"))
    finally:
        stop.set()
        swapping.join()


_UNPRIVILEGED = """
import asyncio, os, sys
from pathlib import Path
from mux_tui.core.workspace.scratch import ScratchOptions, changes_in, scratch_copy

async def main():
    await asyncio.to_thread(os.getpid)
    if os.getuid() == 0:
        os.setuid(int(sys.argv[2]))
    root, place = Path(sys.argv[1]) / "project", Path(sys.argv[1]) / "scratch"
    (root / "shut").mkdir(parents=True)
    (root / "shut" / "file").write_text("x")
    (root / "kept").mkdir()
    (root / "kept" / "file").write_text("x")
    (root / "kept" / "file").chmod(0o444)
    (root / "secret").write_text("x")
    (root / "secret").chmod(0)
    (root / "shut").chmod(0)
    (root / "kept").chmod(0o555)
    options = ScratchOptions(environ=dict(os.environ))
    async with scratch_copy(root, place, options) as copy:
        for one in copy.left_out:
            print(one.path, one.why)
        print(sorted(copy.base.files))
        print((await changes_in(copy)).changes.changes)
        (copy.path / "secret").write_text("draft")
        print([one.path for one in (await changes_in(copy)).changes.refused])
        (copy.path / "a" / "b").mkdir(parents=True)
        (copy.path / "a" / "b" / "c").write_text("x")
        for path in ("a/b", "a"):
            (copy.path / path).chmod(0o100)
        copy.path.chmod(0)
    print(os.listdir(place))
    (root / "shut").chmod(0o700)
    (root / "kept").chmod(0o700)

asyncio.run(main())
"""


def test_what_may_not_be_read_is_told_and_what_is_read_only_goes() -> None:
    """Without the rights of root, to whom nothing is forbidden."""
    nobody = 65534 if os.getuid() == 0 else os.getuid()
    with tempfile.TemporaryDirectory() as place:
        os.chown(place, nobody, -1)
        done = subprocess.run(
            [sys.executable, "-c", _UNPRIVILEGED, place, str(nobody)],
            check=False,
            capture_output=True,
            text=True,
            cwd=Path(__file__).parents[4],
            env={"PATH": os.environ["PATH"], "HOME": place},
        )

    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "secret cannot be read: permission denied",
        "shut cannot be read: permission denied (EACCES)",
        "['kept/file']",
        "()",
        "['secret']",
        "['lock']",
    ]
