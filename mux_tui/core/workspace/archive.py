"""What mux remembers of the changes it made, so that it can take them back.

| Place       | What                                                              |
|-------------|-------------------------------------------------------------------|
| `objects/`  | contents of files before and after, by digest                     |
| `journals/` | transitions under way; one that is found here was cut off         |
| `records/`  | the newest transition of each run, done                           |
| `locks/`    | one for each work directory, and one for the archive              |
"""

import re
from collections.abc import Generator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from mux_tui.core.errors import EnvironmentProblem, UsageError
from mux_tui.core.file_lock import held_here
from mux_tui.core.paths import private_directory
from mux_tui.core.text import one_line
from mux_tui.core.workspace.durable import (
    cannot_keep,
    kept_safely,
    sweep,
    sync_directory,
    write_durably,
)
from mux_tui.core.workspace.store import Store
from mux_tui.core.workspace.transition import Transition, from_json, to_json

_RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,127}")
_WAIT_SECONDS = 10.0


class Busy(EnvironmentProblem):
    """Another mux changes files in the same place at this moment."""


class Archive:
    """The directory in which changes are remembered.

    Everything here blocks: call it in a thread. Every method raises
    `EnvironmentProblem` where the directory cannot be used.
    """

    def __init__(self, directory: Path) -> None:
        """Name the directory, touching nothing.

        Args:
            directory: Outside of every work directory; made when it is needed.
        """
        self.directory = directory
        self.store = Store(directory / "objects")
        self._journals = directory / "journals"
        self._records = directory / "records"
        self._locks = directory / "locks"

    @contextmanager
    def root_held(self, inode: int, limit: float = _WAIT_SECONDS) -> Generator[None]:
        """Keep every other mux from changing the work directory with this inode.

        Raises:
            Busy: Another one has kept it for longer than `limit` seconds.
        """
        with self._held(f"root-{inode}.lock", limit):
            yield

    @contextmanager
    def held(self) -> Generator[None]:
        """Keep every other mux from removing what nothing refers to yet.

        Raises:
            Busy: Another one has kept it for too long.
        """
        with self._held("archive.lock", _WAIT_SECONDS):
            yield

    def begin(self, transition: Transition, contents: dict[str, bytes]) -> None:
        """Write down a transition and the contents it needs, before it begins."""
        private_directory(self._journals)
        with self.held():
            self.store.keep(contents.values())
            self.store.require(transition.digests)
            self.note(transition)

    def note(self, transition: Transition) -> None:
        """Write down how far a transition has come, onto the disk."""
        with kept_safely(self._journals):
            write_durably(self._journal(transition), to_json(transition))
            sync_directory(self._journals)

    def forget(self, transition: Transition) -> None:
        """A transition is over and has left nothing to do."""
        with kept_safely(self._journals):
            self._journal(transition).unlink(missing_ok=True)
            sync_directory(self._journals)

    def complete(self, transition: Transition) -> None:
        """A transition is done: it is what can be taken back, from now on."""
        private_directory(self._records)
        with kept_safely(self._records):
            path = self._record(transition.run_id)
            write_durably(path, to_json(transition.in_phase("done")))
            sync_directory(self._records)
        self.forget(transition)

    def pending(self) -> tuple[Transition, ...]:
        """Every transition that is under way or was cut off."""
        return tuple(_read_all(self._journals))

    def records(self) -> tuple[Transition, ...]:
        """The newest transition of every run, the newest first."""
        found = _read_all(self._records)
        return tuple(sorted(found, key=lambda record: record.when, reverse=True))

    def record(self, run_id: str) -> Transition | None:
        """The newest transition of a run; None: it has changed no file.

        Raises:
            UsageError: No run can have that name.
        """
        return _read(self._record(run_id))

    def drop_record(self, run_id: str) -> None:
        """Forget how to take a run back."""
        with kept_safely(self._records):
            self._record(run_id).unlink(missing_ok=True)

    def sweep(self, now: float | None = None) -> None:
        """Remove unfinished files that killed writers have left an hour ago."""
        self.store.sweep(now)
        sweep(self._journals, now)
        sweep(self._records, now)

    def _journal(self, transition: Transition) -> Path:
        return self._journals / f"{transition.id}.json"

    def _record(self, run_id: str) -> Path:
        if not _RUN_ID.fullmatch(run_id):
            raise UsageError(f"no run has the name {one_line(run_id, 80)!r}")

        return self._records / f"{run_id}.json"

    @contextmanager
    def _held(self, name: str, limit: float) -> Generator[None]:
        private_directory(self._locks)
        with ExitStack() as stack:
            try:
                stack.enter_context(held_here(self._locks / name, limit))
            except TimeoutError as error:
                raise Busy(
                    "another mux is changing files in the same place",
                    f"it has not finished for {limit:g} s",
                    "Try again when it has",
                ) from error
            except OSError as error:
                raise cannot_keep(self._locks, error) from error
            yield


def _read_all(directory: Path) -> Generator[Transition]:
    for path in sorted(directory.glob("*.json")):
        if not path.name.startswith(".") and (transition := _read(path)):
            yield transition


def _read(path: Path) -> Transition | None:
    try:
        return from_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise EnvironmentProblem(
            f"cannot read {one_line(str(path))}", error.strerror or str(error)
        ) from error
    except ValueError:
        # Moved aside rather than deleted: it may still tell a person something.
        with suppress(OSError):
            path.replace(path.with_suffix(".damaged"))
        return None
