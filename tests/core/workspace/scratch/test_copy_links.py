"""Links, special files and other file systems: what a copy does not follow."""

import os
import socket
import threading
from dataclasses import replace
from pathlib import Path

from mux_tui.core.workspace.scratch import (
    ScratchOptions,
    scratch_copy,
)
from tests.core.workspace.scratch.conftest import tree_of, whys


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
        assert set(whys(copy)) == links.keys() - set(good)
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
            told = whys(copy)

    assert told.keys() == {"pipe", "socket"}
    assert "named pipe" in told["pipe"]


async def test_another_file_system_and_mux_directories_are_not_entered(
    root: Path, place: Path, options: ScratchOptions
) -> None:
    closed = replace(options, closed=(root / "src",))
    async with scratch_copy(root, place, closed) as copy:
        assert whys(copy) == {"src": "belongs to mux itself"}


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
