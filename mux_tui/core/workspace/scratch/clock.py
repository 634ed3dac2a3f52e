"""Times as the file system of a copy tells them.

It may be another machine's clock, a coarse one, or one that was set back meanwhile: the
time of a file is only ever compared with that of another file beside it.
"""

import mmap
import os
import secrets
from contextlib import suppress

from mux_tui.core.workspace.scratch.facts import Copy
from mux_tui.core.workspace.scratch.parent import FOLDER

_NEW = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def now_at(copy: Copy) -> int:
    """What the file system of a copy says that it is, in ns; 0: it cannot be asked.

    Whatever is changed from now on is not older.
    """
    with suppress(OSError):
        folder = os.open(copy.path.parent, FOLDER)
        try:
            made = _made(folder)
            try:
                return os.fstat(made).st_ctime_ns
            finally:
                os.close(made)
        finally:
            os.close(folder)

    return 0


def tells_mapped_writes(folder: int) -> bool:
    """Whether a file gets another time when it is written as memory.

    Not everywhere: on tmpfs a page that was read first is then written in silence.

    Args:
        folder: A directory of ours on that file system.

    Raises:
        OSError: Nothing can be written there.
    """
    made = _made(folder)
    try:
        os.write(made, b"0")
        os.utime(made, ns=(0, 0))
        with suppress(OSError), mmap.mmap(made, 1) as memory:
            memory[0] ^= 1
            return os.fstat(made).st_mtime_ns != 0
    finally:
        os.close(made)

    # Where no file can be memory, none can be written so.
    return True


def _made(folder: int) -> int:
    """A new file without a name."""
    name = f"clock-{secrets.token_hex(6)}"
    made = os.open(name, _NEW, 0o600, dir_fd=folder)
    os.unlink(name, dir_fd=folder)
    return made
