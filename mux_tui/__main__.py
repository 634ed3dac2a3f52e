"""The `mux` command: picks one shell and imports only that one."""

import sys
from collections.abc import Sequence

from mux_tui.cli.streams import drop, mend_standard_streams


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
    from mux_tui.cli.app import run

    return run(argv)


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
