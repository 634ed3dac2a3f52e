"""Starting the server's process: its port, arguments, variables and log."""

import dataclasses
import hashlib
import json
import secrets
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mux_tui import __version__
from mux_tui.core.config.environment import Environment
from mux_tui.core.config.settings import Server
from mux_tui.core.errors import ServerError
from mux_tui.core.hardware.openblas import find_openblas
from mux_tui.core.hardware.processes import ProcessIdentity, identity, who_holds
from mux_tui.core.model_server.distributed.command import (
    facts,
    launcher_flags,
    launcher_program,
    rank_flags,
)
from mux_tui.core.model_server.distributed.division import check_division
from mux_tui.core.model_server.distributed.hosts import Hosts, hosts
from mux_tui.core.model_server.exit_mark import exit_mark
from mux_tui.core.model_server.memory_guard import memory_fit
from mux_tui.core.model_server.out_of_memory import kernel_kills
from mux_tui.core.model_server.record import ServerRecord, write_record
from mux_tui.core.model_server.server_log import LIMIT_BYTES, rotate
from mux_tui.core.paths import Paths, private_directory
from mux_tui.core.process.detached import start_detached
from mux_tui.core.text import one_line

_PASSED = (
    "HOME",
    "USER",
    "LOGNAME",
    "PATH",
    "LANG",
    "TZ",
    "TMPDIR",
    "LD_LIBRARY_PATH",
    "LD_PRELOAD",
    "PYTHONPATH",
    "PYTHONHOME",
    "VIRTUAL_ENV",
    "XDG_CACHE_HOME",
    "HF_HOME",
    "HF_HUB_CACHE",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
)
_PASSED_FAMILIES = ("LC_", "MLX_")
"""What the server sees of our environment: nothing in it is a secret."""


@dataclass(frozen=True)
class Launch:
    """How a server is started, whatever its port and token will be."""

    program: tuple[str, ...]
    """What is run, before any of our arguments."""

    model: Path
    settings: Server
    environment: Mapping[str, str]
    launcher: tuple[str, ...] = ()
    """The program that starts the ranks; empty: there is one process."""

    least: int = 0
    """Bytes that the model certainly takes, which the GPU has to hold; 0: whatever."""

    contexts: int | None = None
    """Bytes that remembered contexts may take; None: nobody knows."""

    @property
    def flags(self) -> tuple[str, ...]:
        """The arguments that stay the same from one start to the next."""
        return (
            "--mux-idle-minutes",
            f"{self.settings.idle_minutes:g}",
            "--mux-log-limit",
            str(LIMIT_BYTES),
            "--model",
            str(self.model),
            "--host",
            "127.0.0.1",
            "--prompt-concurrency",
            str(self.settings.prompt_concurrency),
            "--decode-concurrency",
            str(self.settings.decode_concurrency),
            *self._guards,
        )

    @property
    def _guards(self) -> tuple[str, ...]:
        least = ("--mux-needs", str(self.least)) if self.least else ()
        most = () if self.contexts is None else (str(self.contexts),)
        return (*least, "--prompt-cache-bytes", *most) if most else least

    @property
    def fingerprint(self) -> str:
        """Hash of all this; a server with another one was started differently."""
        preload = self.environment.get("LD_PRELOAD", "")
        port = str(self.settings.port)
        known = [__version__, *self.program, *self.flags, port, preload]
        known += facts(self.settings)
        return hashlib.sha256(json.dumps(known).encode()).hexdigest()[:16]

    def argv(
        self,
        instance: str,
        port: int,
        mark: Path,
        crowd: Hosts | None = None,
        log: Path | None = None,
    ) -> tuple[str, ...]:
        """The whole command line; with a crowd of hosts, the launcher's."""
        ours = ("--mux-instance", instance)
        left = ("--mux-exit-mark", str(mark))
        told = (
            *self.flags,
            "--port",
            str(port),
            "--allowed-origins",
            f"http://127.0.0.1:{port}",
        )
        if crowd is None:
            kept = ("--mux-log", str(log)) if log else ()
            return (*self.program, *ours, *left, *kept, *told)

        return (
            *self.launcher,
            *ours,
            *left,
            "--mux-log-limit",
            str(LIMIT_BYTES),
            *launcher_flags(crowd, self.environment),
            "--",
            *self.program,
            *ours,
            *rank_flags(self.settings, len(crowd.names)),
            *told,
        )

    def crowd(self) -> Hosts | None:
        """Where the ranks will be; None: there is one process.

        Raises:
            ServerError: The hostfile cannot be used, or the model not be divided so.
        """
        if not self.launcher:
            return None

        crowd = hosts(self.settings)
        check_division(self.model, self.settings, len(crowd.names))
        return crowd


def mlx_program(python: str) -> tuple[str, ...]:
    """The real server's program, run by this Python."""
    # -P: the modules beside the program must not hide installed ones.
    return (python, "-P", str(Path(__file__).with_name("mlx_lm_server.py")))


def plan(
    program: tuple[str, ...], model: Path, settings: Server, environment: Environment
) -> Launch:
    """Settle how the server of this model is started."""
    variables = {
        name: value
        for name, value in environment.variables.items()
        if name in _PASSED or name.startswith(_PASSED_FAMILIES)
    }
    variables["PYTHONUNBUFFERED"] = "1"
    # The model is a directory: nothing has to be fetched, and nothing shall be.
    variables["HF_HUB_OFFLINE"] = "1"
    library = find_openblas(program=environment.python) if settings.openblas else None
    if library is not None:
        others = variables.get("LD_PRELOAD", "")
        variables["LD_PRELOAD"] = f"{library} {others}".strip()

    launcher = launcher_program(environment.python) if settings.launcher else ()
    least, contexts = _guards(model, settings)
    return Launch(program, model, settings, variables, launcher, least, contexts)


def _guards(model: Path, settings: Server) -> tuple[int, int | None]:
    # Ranks are guarded as a whole, before they are started.
    if settings.memory_guard == "off" or settings.launcher:
        return 0, None

    fit = memory_fit(model)
    return (fit.least if settings.memory_guard == "refuse" else 0), fit.contexts


def choose_port(wanted: int) -> int:
    """A port of 127.0.0.1 that can be bound now: the wanted one, or for 0 a free one.

    Raises:
        ServerError: The wanted port is taken; names who has it.
    """
    try:
        return bound_port(wanted)
    except OSError as error:
        raise port_taken(wanted, error.strerror or str(error)) from error


def bound_port(wanted: int) -> int:
    """Bind a port for a moment, as the server will, and return its number.

    Raises:
        OSError: It cannot be bound.
    """
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        trial.bind(("127.0.0.1", wanted))
        return trial.getsockname()[1]


def port_taken(port: int, why: str = "") -> ServerError:
    """The error for a port that something else holds."""
    held = who_holds(port)
    return ServerError(
        held or f"port {port} cannot be used",
        "" if held else why,
        "End that program, or set server.port to another port or to 0",
    )


def spawn(
    launch: Launch, paths: Paths, restarts: tuple[float, ...] = ()
) -> tuple[ServerRecord, ProcessIdentity]:
    """Start the process, and record it.

    Raises:
        ServerError: The port is taken, or a file, the hostfile among them, or the
            program cannot be used.
    """
    crowd = launch.crowd()
    record = ServerRecord(
        secrets.token_hex(16),
        choose_port(launch.settings.port),
        str(launch.model),
        launch.fingerprint,
        time.time(),
        restarts=restarts,
        ranks=len(crowd.names) if crowd else 1,
        kills=kernel_kills(),
    )
    private_directory(paths.state_dir)
    # Before the start: were we killed in between, the token finds the process.
    write_record(paths.server_record, record)
    pid = _start(launch, record, paths, crowd)
    # One that has ended already has no start time, and counts as gone.
    process = identity(pid) or ProcessIdentity(pid, 0.0)
    record = dataclasses.replace(record, pid=pid, process_started=process.started)
    write_record(paths.server_record, record)
    return record, process


def _start(
    launch: Launch, record: ServerRecord, paths: Paths, crowd: Hosts | None
) -> int:
    mark = exit_mark(paths.server_record)
    argv = launch.argv(record.instance, record.port, mark, crowd, paths.server_log)
    try:
        mark.unlink(missing_ok=True)
        rotate(paths.server_log)
        return start_detached(
            argv, launch.environment, paths.state_dir, paths.server_log
        )
    except OSError as error:
        paths.server_record.unlink(missing_ok=True)
        raise ServerError(
            "the model server cannot be started",
            one_line(f"{error.strerror or error}: {error.filename or argv[0]}"),
            "See `mux doctor`",
        ) from error
