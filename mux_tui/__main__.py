"""The `mux` command: picks one shell and imports only that one."""

import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `mux` with the given arguments and return its exit code.

    Args:
        arguments: Without the program's name; None: the process's own.
    """
    argv = list(sys.argv[1:] if arguments is None else arguments)
    if argv in (["--version"], ["-V"]):
        # Answered here because scripts ask it often and nothing else is needed for it.
        from mux_tui import __version__

        sys.stdout.write(f"mux {__version__}\n")
        return 0

    from mux_tui.cli.app import run

    return run(argv)


if __name__ == "__main__":
    sys.exit(main())
