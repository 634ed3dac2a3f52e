"""The ledger's file on disk: its place, its mode, and whether it is still the same.

The database file is never opened here once it exists. SQLite's locks belong to the
process, and the system drops all of them when any descriptor of the file is closed.
"""

import os
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from mux_tui.core.errors import EnvironmentProblem, LedgerError
from mux_tui.core.ledger.faults import irregular, shown, unusable
from mux_tui.core.paths import PRIVATE_FILE, private_directory


def make_place(path: Path) -> None:
    """Make sure that `path` is a file for the owner alone; an empty one if it is new.

    SQLite gives its `-wal` and `-shm` files the mode of the database.

    Raises:
        LedgerError: It cannot be made, or something else is in its place.
    """
    try:
        private_directory(path.parent)
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, PRIVATE_FILE))
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:
        raise unusable(path, error) from error
    except EnvironmentProblem as error:
        raise LedgerError(
            f"cannot open the ledger {shown(path)}",
            f"{error.what}: {error.why}",
            error.next_step,
        ) from error

    if not stat.S_ISREG(mode):
        raise irregular(path)
    if stat.S_IMODE(mode) & 0o077:
        # Somebody else's file stays as it is; SQLite will say if it can be used.
        with suppress(OSError):
            path.chmod(PRIVATE_FILE)


def wal_of(path: Path) -> Path:
    """The file where SQLite keeps what is not in the database file yet."""
    return path.with_name(path.name + "-wal")


def _identity(path: Path) -> tuple[int, int]:
    facts = path.stat()
    return facts.st_dev, facts.st_ino


@dataclass(frozen=True)
class Identity:
    """Which files are open, to notice when they are taken away.

    A file that was deleted or replaced can still be written to: all of it would be
    lost, and nobody would be told.
    """

    path: Path
    database: tuple[int, int]
    wal: tuple[int, int] | None

    @classmethod
    def of(cls, path: Path) -> "Identity":
        """The files as they are now.

        Raises:
            LedgerError: The database is not there.
        """
        try:
            database = _identity(path)
        except OSError as error:
            raise unusable(path, error) from error

        wal: tuple[int, int] | None = None
        with suppress(OSError):
            wal = _identity(wal_of(path))
        return cls(path, database, wal)

    def check(self) -> None:
        """Do nothing when the files are still the same.

        Raises:
            LedgerError: They are not.
        """
        try:
            same = _identity(self.path) == self.database
            if same and self.wal is not None:
                same = _identity(wal_of(self.path)) == self.wal
        except OSError:
            same = False
        if not same:
            raise LedgerError(
                f"the ledger {shown(self.path)} was removed or replaced",
                "its files are not those that mux has open",
                "Start mux again; what was recorded last may be missing",
            )
