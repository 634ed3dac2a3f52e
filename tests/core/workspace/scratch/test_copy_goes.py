"""A copy goes at the end, whatever happens meanwhile, and no other one does."""

import asyncio
import os
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from mux_tui.core.workspace.scratch import (
    ScratchOptions,
    scratch_copy,
)
from mux_tui.core.workspace.scratch import filling as filling_module
from tests.core.workspace.scratch.conftest import copies


async def test_copies_are_for_the_owner_alone_and_go_at_the_end(
    root: Path, place: Path, options: ScratchOptions
) -> None:
    async with scratch_copy(root, place, options) as copy:
        for folder in (copy.path.parent, place):
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700

    assert copies(place) == []


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

    assert copies(place) == []


async def test_a_copy_goes_with_an_exception_and_with_a_cancellation(
    root: Path, place: Path, options: ScratchOptions
) -> None:
    with pytest.raises(ZeroDivisionError):
        async with scratch_copy(root, place, options):
            raise ZeroDivisionError
    assert copies(place) == []

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
    assert copies(place) == []


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
    assert copies(place) == []
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
                assert len(copies(place)) == 2

    assert copies(place) == []


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
