"""Work directories for tests: made from a dictionary, and read back as one."""

import os
import stat
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

from mux_tui.core.change import ChangeSet, FileChange

NOBODY = 65534
"""A user who may do nothing, to be for a while where the tests run as root."""

Snapshot = dict[str, tuple[str, bytes]]
"""Each entry's mode in octal with its kind, and its content or where it leads."""


def made(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """Make a directory with these files in it."""
    root.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def snapshot(root: Path) -> Snapshot:
    """Everything below a directory: kinds, permissions, contents."""
    found: Snapshot = {}
    for path in sorted(root.rglob("*")):
        facts = path.lstat()
        content = b""
        if stat.S_ISREG(facts.st_mode):
            content = path.read_bytes()
        elif stat.S_ISLNK(facts.st_mode):
            content = os.fsencode(os.readlink(path))
        found[str(path.relative_to(root))] = (f"{facts.st_mode:o}", content)

    return found


def change(
    path: str, before: str | None, after: str | None, executable: bool = False
) -> FileChange:
    """One change of text."""
    old, new = (None if text is None else text.encode() for text in (before, after))
    return FileChange(path, old, new, executable)


def changes(*wanted: FileChange) -> ChangeSet:
    """Changes without a refusal."""
    return ChangeSet(wanted)


@contextmanager
def as_nobody(*owned: Path) -> Generator[None]:
    """Be a user who may do no more than others, who owns these files."""
    if os.geteuid() != 0:
        yield
        return
    for path in owned:
        os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
