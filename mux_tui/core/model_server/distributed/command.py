"""The launcher's command line, around that of the server."""

import random
import socket
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from mux_tui.core.config.server import Server
from mux_tui.core.model_server.distributed.hosts import Hosts, hostfile

PARALLEL: Mapping[str, tuple[str, ...]] = {"tensor": (), "pipeline": ("--pipeline",)}
"""What mlx_lm.server is told; dividing every layer is what it does by itself."""

_SENT = ("HF_HUB_OFFLINE", "PYTHONUNBUFFERED")
"""What ranks on other machines see of our environment, besides MLX's own."""

_LOWEST, _HIGHEST, _TRIES = 20_000, 32_000, 200


def launcher_program(python: str) -> tuple[str, ...]:
    """The launcher's program, run by this Python."""
    return (python, "-P", str(Path(__file__).with_name("mlx_launch.py")))


def rank_flags(settings: Server, ranks: int) -> tuple[str, ...]:
    """What each rank is told besides what a single server is."""
    return ("--mux-ranks", str(ranks), *PARALLEL[settings.parallel])


def launcher_flags(crowd: Hosts, environment: Mapping[str, str]) -> tuple[str, ...]:
    """mlx.launch's own flags."""
    flags = ["--backend", crowd.backend]
    if crowd.file is None:
        first = free_ports(len(crowd.names))
        return (*flags, "-n", str(len(crowd.names)), "--starting-port", str(first))

    flags += ["--hostfile", str(crowd.file)]
    for name, value in environment.items():
        if name in _SENT or name.startswith("MLX_"):
            flags += ["--env", f"{name}={value}"]
    return tuple(flags)


def facts(settings: Server) -> tuple[str, ...]:
    """All that decides how ranks are started, the hostfile's text included."""
    if not settings.launcher:
        return ()

    named = [settings.launcher, settings.backend, settings.parallel]
    if not settings.hostfile:
        return (*named, str(settings.ranks))
    try:
        text = hostfile(settings).read_text(errors="replace")
    except (OSError, ValueError):
        text = ""
    return (*named, settings.hostfile, text)


def free_ports(count: int) -> int:
    """The first of so many ports in a row that can be bound on 127.0.0.1 now."""
    # Below what systems give out by themselves, or others would take them meanwhile.
    for _ in range(_TRIES):
        first = random.randrange(_LOWEST, _HIGHEST - count)
        if _can_be_bound(range(first, first + count)):
            return first

    return _LOWEST


def _can_be_bound(ports: range) -> bool:
    with ExitStack() as stack:
        for port in ports:
            trial = stack.enter_context(socket.socket())
            try:
                trial.bind(("127.0.0.1", port))
            except OSError:
                return False

    return True
