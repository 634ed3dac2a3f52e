"""Lending a copy what was left out of it: installed packages, ignored files.

What is lent is the user's own, not a copy. While it is there, only programs may run in
the copy that cannot write outside of it; where the sandbox can mount directories, it
should rather mount them there read-only, and nothing needs to be linked.
"""

import os
from collections.abc import Generator, Iterable
from contextlib import contextmanager, suppress
from pathlib import Path

from mux_tui.core.workspace.scratch.facts import Copy
from mux_tui.core.workspace.scratch.parent import FOLDER, parent_of


@contextmanager
def linked(copy: Copy, names: Iterable[str]) -> Generator[tuple[Path, ...]]:
    """Put symbolic links into a copy for as long as the context is open.

    Args:
        copy: The copy.
        names: Of `Copy.lendable`; others, and those in whose place something stands
            already, are passed over.

    Yields:
        The real directories and files that are lent: to be read and not written.
    """
    lendable = set(copy.lendable)
    root = os.open(copy.path, FOLDER)
    made: list[str] = []
    try:
        made += (
            name
            for name in names
            if name in lendable and _link(root, name, copy.lender / name)
        )
        try:
            yield tuple(copy.lender / name for name in made)
        finally:
            for name in made:
                _unlink(root, name, copy.lender / name)
    finally:
        os.close(root)


def _link(root: int, name: str, target: Path) -> bool:
    with suppress(OSError), parent_of(root, name) as (folder, last):
        os.symlink(target, last, dir_fd=folder)
        return True

    return False


def _unlink(root: int, name: str, target: Path) -> None:
    """Remove the link, if it is still ours."""
    with suppress(OSError), parent_of(root, name) as (folder, last):
        if os.readlink(last, dir_fd=folder) == str(target):
            os.unlink(last, dir_fd=folder)
