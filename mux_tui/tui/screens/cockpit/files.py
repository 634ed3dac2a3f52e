"""The names of the files of a work directory, for completion.

What git tracks or would track, where git knows the directory; else what a short walk
finds. Names that a terminal would obey are left out.
"""

import asyncio
import os
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import aclosing
from pathlib import Path

from mux_tui.core.errors import MuxError

MOST = 20_000
_FRESH_SECONDS = 10.0
_GIT_SECONDS = 5.0
_WALK_SECONDS = 2.0
_DEEPEST = 12
_OFFERED = 8

_GIT = (
    "git",
    # A repository's own settings may name programs to be run; not here.
    "-c",
    "core.fsmonitor=false",
    "-c",
    "core.quotepath=off",
    "ls-files",
    "--cached",
    "--others",
    "--exclude-standard",
)

_SKIPPED = frozenset(
    {
        "node_modules",
        "__pycache__",
        "venv",
        "target",
        "dist",
        "build",
        "site-packages",
    }
)


class FileNames:
    """Knows the names, and finds those that fit what was typed."""

    def __init__(self, folder: Path, variables: Mapping[str, str]) -> None:
        """Nothing is read yet.

        Args:
            folder: The work directory.
            variables: The environment that git runs in.
        """
        self._folder = folder
        self._variables = variables
        self._names: tuple[str, ...] = ()
        self._read_at: float | None = None
        self._reading = asyncio.Lock()

    async def find(self, typed: str) -> Sequence[str]:
        """The names that fit best, best first; relative to the work directory."""
        names = await self._known()
        return await asyncio.to_thread(best, typed, names, _OFFERED)

    async def _known(self) -> tuple[str, ...]:
        async with self._reading:
            now = time.monotonic()
            if self._read_at is None or now - self._read_at > _FRESH_SECONDS:
                self._names = await self._read()
                self._read_at = time.monotonic()
            return self._names

    async def _read(self) -> tuple[str, ...]:
        names = await self._tracked()
        if names is None:
            names = await asyncio.to_thread(lambda: tuple(walk(self._folder)))
        return names

    async def _tracked(self) -> tuple[str, ...] | None:
        """What git knows; None: it is no git tree, or there is no git."""
        from mux_tui.core.process.run import Exit, stream

        names: list[str] = []
        lines = stream(
            _GIT, cwd=self._folder, env=self._variables, time_limit=_GIT_SECONDS
        )
        try:
            async with aclosing(lines):
                async for line in lines:
                    if isinstance(line, Exit):
                        return tuple(names) if line.code == 0 else None
                    if line.stream == "out" and not line.cut and is_safe(line.text):
                        names.append(line.text)
                    if len(names) >= MOST:
                        break
        except MuxError:
            return None
        return tuple(names)


def is_safe(name: str) -> bool:
    """Whether a name can be shown and typed as it is; git quotes those that cannot."""
    return bool(name) and name.isprintable() and not name.startswith('"')


def walk(folder: Path) -> Iterator[str]:
    """The names below a folder, at most `MOST`, for at most two seconds."""
    until, count = time.monotonic() + _WALK_SECONDS, 0
    for here, folders, files in os.walk(folder):
        inside = os.path.relpath(here, folder)
        depth = 0 if inside == "." else inside.count(os.sep) + 1
        folders[:] = sorted(f for f in folders if _is_looked_into(f, depth))
        for name in sorted(files):
            path = name if inside == "." else os.path.join(inside, name)
            if is_safe(path):
                count += 1
                yield path
            if count >= MOST or time.monotonic() > until:
                return


def _is_looked_into(name: str, depth: int) -> bool:
    return depth < _DEEPEST and not name.startswith(".") and name not in _SKIPPED


def best(typed: str, names: Sequence[str], most: int) -> list[str]:
    """The names that fit what was typed, best first.

    A file's own name counts more than its folders, and letters that stand together more
    than letters that are only in order.
    """
    wanted = typed.casefold()
    if not wanted:
        return sorted(names, key=lambda name: (name.count("/"), name))[:most]

    in_order = re.compile(".*?".join(map(re.escape, wanted)))
    ranked: list[tuple[int, int, str]] = []
    for name in names:
        folded = name.casefold()
        own = folded.rpartition("/")[2]
        if own.startswith(wanted):
            rank = 0
        elif wanted in own:
            rank = 1
        elif wanted in folded:
            rank = 2
        elif in_order.search(own):
            rank = 3
        elif in_order.search(folded):
            rank = 4
        else:
            continue
        ranked.append((rank, len(name), name))
    ranked.sort()
    return [name for _, _, name in ranked[:most]]
