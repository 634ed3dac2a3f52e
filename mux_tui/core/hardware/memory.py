"""How much memory and disk there is for us.

In a container the machine's numbers are not ours: the smallest limit of any control
group we are in wins.
"""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

_UNLIMITED = 1 << 60
"""Control groups of the first kind write "no limit" as a number of about this size."""


@dataclass(frozen=True)
class Memory:
    """Main memory, in bytes."""

    total: int
    """What there is for us at most."""

    available: int
    """What can be had now without swapping."""

    limited: bool = False
    """Whether a control group allows less than the machine has."""


@dataclass(frozen=True)
class _Group:
    limit: int
    used: int


def memory(root: Path = Path("/")) -> Memory:
    """Main memory, of the machine or of the tightest control group around us.

    Args:
        root: Where `proc` and `sys` are found.
    """
    machine = psutil.virtual_memory()
    total, available = machine.total, machine.available
    groups = [group for group in _groups(root) if group.limit < machine.total]
    for group in groups:
        total = min(total, group.limit)
        available = min(available, max(group.limit - group.used, 0))

    return Memory(total, available, limited=bool(groups))


def free_disk(path: Path) -> int | None:
    """Bytes free for us where `path` is, or will be; None when it cannot be told."""
    for folder in (path, *path.parents):
        try:
            return shutil.disk_usage(folder).free
        except FileNotFoundError:
            continue
        except OSError:
            return None

    return None


def can_write(path: Path) -> bool:
    """Whether the directory `path` can be written to, or be made."""
    for folder in (path, *path.parents):
        if folder.exists():
            return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)

    return False


def _groups(root: Path) -> Iterator[_Group]:
    """Every memory control group we are in, from our own up to the top."""
    for line in _text(root / "proc/self/cgroup").splitlines():
        _, _, rest = line.partition(":")
        controllers, _, name = rest.partition(":")
        if controllers and "memory" not in controllers.split(","):
            continue

        mount = root / ("sys/fs/cgroup/memory" if controllers else "sys/fs/cgroup")
        own = mount / name.lstrip("/")
        # Inside a container the name may be the host's: the mount is then our own.
        for folder in (own, *own.parents) if own.is_dir() else (mount,):
            yield from _limit(folder, second=not controllers)
            if folder == mount:
                break


def _limit(folder: Path, second: bool) -> Iterator[_Group]:
    limit_file, used_file, cache = (
        ("memory.max", "memory.current", "inactive_file")
        if second
        else (
            "memory.limit_in_bytes",
            "memory.usage_in_bytes",
            "total_inactive_file",
        )
    )
    limit = _number(_text(folder / limit_file))
    if limit is None or limit >= _UNLIMITED:
        return

    used = _number(_text(folder / used_file)) or 0
    # Cached files are given back when memory runs short.
    yield _Group(limit, max(used - _cached(folder / "memory.stat", cache), 0))


def _cached(stat: Path, name: str) -> int:
    for line in _text(stat).splitlines():
        key, _, value = line.partition(" ")
        if key == name:
            return _number(value) or 0

    return 0


def _text(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""


def _number(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() else None
