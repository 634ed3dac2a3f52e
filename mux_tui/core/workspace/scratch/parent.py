"""The directory that a path of a tree is in, reached through no link."""

import os
from collections.abc import Generator
from contextlib import contextmanager

FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
"""How directories are opened here."""


@contextmanager
def parent_of(root: int, path: str) -> Generator[tuple[int, str]]:
    """Open the directory that a path is in, for as long as the context is open.

    Args:
        root: A descriptor of the tree's top.
        path: Relative to it, with `/` between its parts.

    Yields:
        A descriptor of the directory, and the last part of the path.

    Raises:
        OSError: A directory on the way is missing, or is a link.
    """
    *above, last = path.split("/")
    here = os.dup(root)
    try:
        for part in above:
            below = os.open(part, FOLDER, dir_fd=here)
            os.close(here)
            here = below
        yield here, last
    finally:
        os.close(here)
