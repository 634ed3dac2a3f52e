"""The `mux` command: knows all shells, and imports only the one that is wanted.

The command line is the door to all of them, so that errors, exit codes and options
that every call knows have one home; it gets the ways into the cockpit and into the MCP
server handed in, and knows no more of them.
"""

import gc
import sys
from collections.abc import Awaitable, Mapping, Sequence
from typing import TYPE_CHECKING

from mux_tui.cli.streams import drop, mend_standard_streams

if TYPE_CHECKING:
    from pathlib import Path

    from mux_tui.cli.bare import Call
    from mux_tui.core.config.environment import Environment


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `mux` with the given arguments and return its exit code.

    Args:
        arguments: Without the program's name; None: the process's own.
    """
    mend_standard_streams()
    argv = list(sys.argv[1:] if arguments is None else arguments)
    if argv in (["--version"], ["-V"]):
        return _tell_version()

    if arguments is None:
        _leave_quietly()
    # What is imported stays: looking for garbage meanwhile would find none.
    gc.disable()
    from mux_tui.cli.app import run

    gc.enable()
    return run(argv, _cockpit, _mcp)


def _cockpit(call: "Call") -> int:
    from mux_tui.tui.launch import open_cockpit

    return open_cockpit(
        call.environment, call.cwd, call.overrides, call.loaded, bool(call.problems)
    )


def _mcp(
    environment: "Environment", cwd: "Path", overrides: "Mapping[str, str]"
) -> "Awaitable[None]":
    from mux_tui.mcp.serve import serve

    return serve(environment, cwd, overrides)


def _leave_quietly() -> None:
    """Have Ctrl-C end the process while it only imports, which is half of its start."""
    import signal

    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)


def _tell_version() -> int:
    """Here, because scripts ask it often and nothing else is needed for it."""
    from mux_tui import __version__

    try:
        sys.stdout.write(f"mux {__version__}\n")
        sys.stdout.flush()
    except OSError:
        drop(sys.stdout)
        return 1

    return 0


if __name__ == "__main__":
    sys.exit(main())
