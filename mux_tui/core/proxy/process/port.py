"""The proxy's port: the one the settings name, or a free one, on this machine only."""

import socket

from mux_tui.core.errors import ProxyError
from mux_tui.core.hardware.processes import who_holds

_BACKLOG = 1024


def listening(port: int) -> socket.socket:
    """A socket that listens on 127.0.0.1; for port 0 on one that is free.

    Raises:
        ProxyError: The port is taken; names who has it.
    """
    found = socket.socket()
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind(("127.0.0.1", port))
        found.listen(_BACKLOG)
    except OSError as error:
        found.close()
        raise _taken(port, error.strerror or str(error)) from error

    found.setblocking(False)
    return found


def check_port(port: int) -> None:
    """Look whether a port can be used.

    Raises:
        ProxyError: It is taken; names who has it.
    """
    listening(port).close()


def _taken(port: int, why: str) -> ProxyError:
    held = who_holds(port)
    return ProxyError(
        held or f"port {port} cannot be used",
        "" if held else why,
        "End that program, or take a free port: mux config set proxy.port 0",
    )
