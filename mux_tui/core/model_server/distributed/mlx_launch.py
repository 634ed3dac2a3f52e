"""mlx.launch's own process, with the watch over its ranks that mux needs.

A program, never imported by mux. mlx.launch reads its flags and its hostfile, and
settles what each rank is given. Starting and watching the ranks is done here: the plain
launcher leaves them behind when it is ended, goes on when one of them ends without an
error, and never rests while it waits.

    python mlx_launch.py --mux-instance TOKEN [--mux-...] [its own flags] -- COMMAND
"""

import argparse
import json
import os
import selectors
import shutil
import signal
import stat
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, NoReturn

PORT_TAKEN = 98
"""Exit status of rank 0, and of this program, when the port cannot be bound."""

IDLE = 97
"""Exit status of rank 0 when it ends for want of requests."""

FAILED = 70
"""Exit status of this program when a rank has ended, or none could be started."""

_GRACE = 2.0
_LOOK = 0.2
_DRAIN = 0.5
_KEPT_LINES = 8
_LINE = 2000


@dataclass(frozen=True)
class Own:
    """mux's own arguments."""

    instance: str
    exit_mark: Path | None
    log_limit: int
    """Bytes; 0: no limit."""


@dataclass
class Rank:
    """One process of the model, here or elsewhere."""

    number: int
    host: str
    command: Any
    """mlx.launch's own object for it, which knows how to end it on its host."""

    last: deque[str] = field(default_factory=lambda: deque(maxlen=_KEPT_LINES))
    """The end of what it said."""

    rests: dict[int, bytes] = field(default_factory=dict[int, bytes])
    """The unfinished line of each of its pipes."""

    @property
    def status(self) -> int | None:
        """Its exit status, negative for a signal; None: it runs."""
        return self.command.process.poll()

    def take(self, pipe: int, data: bytes, first: bool) -> None:
        """Hand on what it said, each line under its number."""
        *lines, rest = (self.rests.get(pipe, b"") + data).split(b"\n")
        if len(rest) > _LINE:
            lines, rest = [*lines, rest], b""
        self.rests[pipe] = rest
        for line in lines:
            text = line.decode("utf-8", "replace")
            if first and self.command._pidfile is None:
                # Its first line is a message for the launcher.
                text = self.command.preprocess_output(f"{text}\n", True)
            if text.strip():
                self.last.append(text[:_LINE])
                say(f"[{self.number}] {text[:_LINE]}")

    def told(self) -> str:
        """The line that most likely says why it ended; empty: it said nothing."""
        lines = [line for line in self.last if not line.startswith("mux: ")]
        return lines[-1].strip() if lines else ""


class Watch:
    """Starts the ranks, hands on what they say, and ends all when one ends."""

    def __init__(self, own: Own) -> None:
        self.own = own
        self.ranks: list[Rank] = []
        self.scratch: Path | None = None
        """Removed when all have ended."""

        self._pipes = selectors.DefaultSelector()

    def run(self, kind: Any, arguments: Sequence[Any], verbose: bool) -> NoReturn:
        """Start them and watch; in place of mlx.launch's own loop."""
        del verbose
        for (number, host, *more), named in arguments:
            rank = Rank(number, host, kind(number, host, *more, **named))
            self.ranks.append(rank)
            for pipe in (rank.command.process.stdout, rank.command.process.stderr):
                os.set_blocking(pipe.fileno(), False)
                self._pipes.register(pipe, selectors.EVENT_READ, rank)
        note(f"{len(self.ranks)} ranks on {', '.join(r.host for r in self.ranks)}")
        while not any(rank.status is not None for rank in self.ranks):
            self._listen(_LOOK)
            trim_log(self.own.log_limit)
        self._ended()

    def _listen(self, seconds: float) -> bool:
        ready = self._pipes.select(seconds) if self._pipes.get_map() else []
        if not ready:
            time.sleep(0 if self._pipes.get_map() else seconds)
        for key, _ in ready:
            rank, pipe = key.data, key.fd
            data = os.read(pipe, 65_536)
            first = pipe == rank.command.process.stdout.fileno()
            rank.take(pipe, data or b"\n", first)
            if not data:
                self._pipes.unregister(key.fileobj)
        return bool(ready)

    def _ended(self) -> NoReturn:
        gone = [rank for rank in self.ranks if rank.status is not None]
        deadline = time.monotonic() + _DRAIN
        while time.monotonic() < deadline and self._listen(0.1):
            pass
        cause = min(gone, key=_suspicion)
        if cause.number == 0 and cause.status == IDLE:
            leave(self.own, "idle", self.end)
        if cause.number == 0 and cause.status == PORT_TAKEN:
            self.end()
            os._exit(PORT_TAKEN)

        self.end()
        self._explain(cause)
        os._exit(FAILED)

    def _explain(self, rank: Rank) -> None:
        where = f"rank {rank.number} on {rank.host}"
        status = rank.status or 0
        how = f"was ended by signal {-status}"
        if status >= 0:
            how = f"ended with exit status {status}"
        for line in rank.last:
            say(f"mux: of {where}: {line}")
        told = f": {rank.told()}" if status >= 0 and rank.told() else ""
        note(f"{where} {how}{told}")

    def end(self) -> None:
        """End every rank, here and elsewhere; what does not end is killed."""
        deadline = time.monotonic() + _GRACE
        elsewhere = [rank for rank in self.ranks if rank.host != "127.0.0.1"]
        # Ending one runs a command on its host, which may never answer.
        threads = [threading.Thread(target=_end_there, args=(r,)) for r in elsewhere]
        for thread in threads:
            thread.daemon = True
            thread.start()
        for rank in self.ranks:
            if rank not in elsewhere and rank.status is None:
                rank.command.process.terminate()
        for thread in threads:
            thread.join(max(deadline - time.monotonic(), 0))
        while any(rank.status is None for rank in self.ranks):
            if time.monotonic() > deadline:
                break
            time.sleep(0.02)
        for rank in self.ranks:
            if rank.status is None:
                rank.command.process.kill()
                rank.command.process.wait()
        if self.scratch is not None:
            shutil.rmtree(self.scratch, ignore_errors=True)


def _suspicion(rank: Rank) -> tuple[bool, bool, int]:
    """Sorts those that ended: the one which began it comes first."""
    # Who loses a neighbour fails by itself, and says so, a moment later.
    return (rank.status or 0) >= 0, "connection to a peer" in rank.told(), rank.number


def _end_there(rank: Rank) -> None:
    try:
        rank.command.terminate()
    except Exception as error:
        # mlx.launch raises whatever ssh makes of it; the rank sees its peers go.
        note(f"rank {rank.number} on {rank.host} was not ended there: {error}")


def say(text: str) -> None:
    """Write one line to the log."""
    os.write(2, f"{text}\n".encode(errors="replace"))


def note(text: str) -> None:
    """Say something of our own."""
    say(f"mux: {text}")


def leave(own: Own, reason: str, end: Callable[[], None]) -> NoReturn:
    """End all of it on purpose, leaving word that it was meant to end."""
    note(f"stopping: {reason}")
    if own.exit_mark is not None:
        beside = own.exit_mark.with_name(f"{own.exit_mark.name}.{os.getpid()}")
        try:
            beside.write_text(json.dumps({"instance": own.instance, "reason": reason}))
            beside.chmod(0o600)
            os.replace(beside, own.exit_mark)
        except OSError as error:
            note(f"cannot leave word of the exit: {error.strerror}")
    end()
    os._exit(0)


def trim_log(limit: int) -> None:
    """Empty the log when it has outgrown its limit."""
    facts = os.fstat(2)
    if limit and stat.S_ISREG(facts.st_mode) and facts.st_size > limit:
        # It is opened for appending: what comes next is written at the new end.
        os.ftruncate(2, 0)
        note("the log had reached its limit and was emptied")


def missing_backend(backend: str) -> str:
    """Why ranks cannot talk that way on this machine; empty: they can."""
    if backend == "mpi":
        found = shutil.which("mpirun")
        return "" if found else "there is no mpirun on PATH for the backend mpi"

    from mlx import core

    mx: Any = core
    has = mx.distributed.is_available
    # One part of MLX does both.
    if has(backend.removesuffix("-ring")):
        return ""

    names = [name for name in ("ring", "jaccl", "nccl") if has(name)]
    return (
        f"this MLX ({mx.__version__}) has no backend {backend}; "
        f"it has: {', '.join(names) or 'none'}"
    )


def own_scratch() -> Path:
    """Where mlx.launch puts its small files, which it does not remove."""
    place = Path(tempfile.mkdtemp(prefix="mux-launch-"))
    # For the children, which see the variables as they are then.
    os.putenv("TMPDIR", str(place))
    return place


def give_input() -> None:
    """Put a pipe in which nothing ever comes in the place of standard input."""
    reading, _ = os.pipe()
    os.dup2(reading, 0)


def arguments(argv: list[str]) -> tuple[Own, str, list[str]]:
    """mux's own arguments, the backend, and what mlx.launch gets."""
    parser = argparse.ArgumentParser(allow_abbrev=False, add_help=False)
    parser.add_argument("--mux-instance", required=True)
    parser.add_argument("--mux-exit-mark", type=Path)
    parser.add_argument("--mux-log-limit", type=int, default=0)
    parser.add_argument("--backend", required=True)
    end = argv.index("--") if "--" in argv else len(argv)
    known, rest = parser.parse_known_args(argv[:end])
    own = Own(known.mux_instance, known.mux_exit_mark, known.mux_log_limit)
    command = argv[end:]
    if "--hostfile" not in rest:
        # mpirun stands between us and the ranks.
        command += ["--mux-launcher", str(os.getpid())]
    return own, known.backend, ["--backend", known.backend, *rest, *command]


def launcher() -> tuple[Callable[[], object], Any]:
    """mlx.launch's main function, and the module it is in.

    Raises:
        ImportError: This MLX has no launcher.
    """
    found = entry_points(group="console_scripts", name="mlx.launch")
    for entry in found:
        main = entry.load()
        return main, sys.modules[main.__module__]

    raise ImportError("MLX has no mlx.launch: a newer one is needed")


def main() -> None:
    """Launch, and stay until told to stop or until a rank ends."""
    own, backend, rest = arguments(sys.argv[1:])
    watch = Watch(own)

    def terminated(*_: object) -> NoReturn:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if os.getpgrp() == os.getpid():
            # Of ranks that mpirun started nothing else is known.
            os.killpg(0, signal.SIGTERM)
        leave(own, "terminated", watch.end)

    signal.signal(signal.SIGTERM, terminated)
    try:
        launch, module = launcher()
    except ImportError as error:
        note(str(error))
        os._exit(FAILED)
    if problem := missing_backend(backend):
        note(problem)
        os._exit(FAILED)

    give_input()
    if hasattr(module, "_launch_with_io") and hasattr(module, "RemoteProcess"):
        module._launch_with_io = watch.run
        watch.scratch = own_scratch()
    else:
        note("this mlx.launch watches its ranks itself")
    sys.argv = ["mlx.launch", *rest]
    launch()
    # Only mpirun, and a launcher of other insides, come back.
    note("the ranks have ended")
    os._exit(FAILED)


if __name__ == "__main__":
    main()
