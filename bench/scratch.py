"""How long a scratch copy of many files takes, as a ratio to `cp --reflink=auto -r`.

    python -m bench.scratch [--files N] [--rounds N] [--in DIRECTORY]

Both copy the same tree on the same file system, in turn, and what was written before
is brought onto the disk first. The copy also takes a digest of every file, which cp
does not. `reset` is what the next draft of a task costs instead of another copy, when
one file was changed and one was left behind; `is_current` says whether that will do.
"""

import argparse
import asyncio
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from mux_tui.core.workspace.scratch import (
    ScratchOptions,
    changes_in,
    is_current,
    now_at,
    reset,
    scratch_copy,
)

_IN_FOLDER = 25
_SEED = 1


def make_tree(root: Path, files: int) -> None:
    """Files of the sizes that source files have, 25 in a directory."""
    sizes = random.Random(_SEED)
    content = random.Random(_SEED).randbytes(1 << 20)
    for number in range(files):
        folder = root / f"d{number // 500:03}" / f"e{number // _IN_FOLDER % 20:02}"
        if number % _IN_FOLDER == 0:
            folder.mkdir(parents=True, exist_ok=True)
        size = min(200_000, int(sizes.lognormvariate(7.6, 1.3)))
        start = sizes.randrange(len(content) - size)
        (folder / f"f{number}.py").write_bytes(content[start : start + size])


def copy_by_cp(root: Path, target: Path) -> None:
    """Have cp do it."""
    arguments = ["--reflink=auto"] if sys.platform == "linux" else ["-c"]
    subprocess.run(["cp", *arguments, "-r", str(root), str(target)], check=True)


class Stopwatch:
    """The seconds of what is done, by its name."""

    def __init__(self) -> None:
        self.seconds: dict[str, list[float]] = {}

    @contextmanager
    def time(self, name: str) -> Generator[None]:
        """Time what the context does."""
        started = time.perf_counter()
        yield
        self.seconds.setdefault(name, []).append(time.perf_counter() - started)


async def copied_by_mux(root: Path, place: Path, watch: Stopwatch) -> None:
    """Make a copy, and do with it what a task does."""
    options = ScratchOptions(environ=dict(os.environ))
    with ExitStack() as copying:
        copying.enter_context(watch.time("scratch_copy"))
        async with scratch_copy(root, place / "scratch", options) as copy:
            copying.close()
            with watch.time("changes_in"):
                assert not (await changes_in(copy)).changes.changes
            with watch.time("is_current"):
                assert is_current(copy)
            touched = now_at(copy)
            next(copy.path.rglob("*.py")).write_text("changed")
            (copy.path / "left").write_text("left")
            with watch.time("reset"):
                assert reset(copy, touched)


def main() -> int:
    """Measure, print a table, return 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--in", dest="directory", default=None)
    given = parser.parse_args()
    watch = Stopwatch()
    with tempfile.TemporaryDirectory(dir=given.directory) as place:
        root = Path(place, "tree")
        make_tree(root, given.files)
        for _ in range(given.rounds):
            os.sync()
            with watch.time("cp"):
                copy_by_cp(root, Path(place, "cp"))
            shutil.rmtree(Path(place, "cp"))
            os.sync()
            asyncio.run(copied_by_mux(root, Path(place), watch))

    base = statistics.median(watch.seconds["cp"])
    print(f"{given.files:,} files, medians of {given.rounds} rounds")
    for name, seconds in watch.seconds.items():
        median = statistics.median(seconds)
        print(f"{name:14} {median:7.2f} s {median / base:6.2f}x")

    return 0


if __name__ == "__main__":
    sys.exit(main())
