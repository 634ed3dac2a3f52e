"""How long a scratch copy of many files takes, as a ratio to `cp --reflink=auto -r`.

    python -m bench.scratch [--files N] [--rounds N] [--in DIRECTORY]

Both copy the same tree on the same file system, in turn, and what was written before
is brought onto the disk first. The copy also takes a digest of every file, which cp
does not.
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
from pathlib import Path

from mux_tui.core.workspace.scratch import ScratchOptions, changes_in, scratch_copy

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


def copied_by_cp(root: Path, place: Path) -> float:
    """Seconds that cp takes."""
    target = place / "cp"
    arguments = ["--reflink=auto"] if sys.platform == "linux" else ["-c"]
    started = time.perf_counter()
    subprocess.run(["cp", *arguments, "-r", str(root), str(target)], check=True)
    seconds = time.perf_counter() - started
    shutil.rmtree(target)
    return seconds


async def copied_by_mux(root: Path, place: Path) -> tuple[float, float]:
    """Seconds until the copy is there, and seconds to find no change in it."""
    options = ScratchOptions(environ=dict(os.environ))
    started = time.perf_counter()
    async with scratch_copy(root, place / "scratch", options) as copy:
        ready = time.perf_counter()
        found = await changes_in(copy)
        assert not found.changes.changes
        return ready - started, time.perf_counter() - ready


def main() -> int:
    """Measure, print a table, return 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--in", dest="directory", default=None)
    given = parser.parse_args()
    cp: list[float] = []
    mux: list[float] = []
    looking: list[float] = []
    with tempfile.TemporaryDirectory(dir=given.directory) as place:
        root = Path(place, "tree")
        make_tree(root, given.files)
        for _ in range(given.rounds):
            os.sync()
            cp.append(copied_by_cp(root, Path(place)))
            os.sync()
            copying, finding = asyncio.run(copied_by_mux(root, Path(place)))
            mux.append(copying)
            looking.append(finding)

    base = statistics.median(cp)
    print(f"{given.files:,} files, medians of {given.rounds} rounds")
    for name, seconds in (("cp", cp), ("scratch_copy", mux), ("changes_in", looking)):
        median = statistics.median(seconds)
        print(f"{name:14} {median:7.2f} s {median / base:6.2f}x")

    return 0


if __name__ == "__main__":
    sys.exit(main())
