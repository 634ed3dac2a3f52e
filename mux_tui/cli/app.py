"""From the command line to an exit code.

Everything a command may end with is turned into one line and one code here: its own
error, a closed pipe, Ctrl-C, SIGTERM.
"""

import os
import sys
import traceback
from argparse import Namespace
from collections.abc import Awaitable, Sequence
from pathlib import Path

from mux_tui.cli.diagnostics import Diagnostics, ExitCode, exit_code_of
from mux_tui.cli.output import Output
from mux_tui.cli.parser import build_parser
from mux_tui.cli.shell import Handler, Shell
from mux_tui.core.config.environment import Environment
from mux_tui.core.errors import MuxError, UsageError


def run(argv: Sequence[str]) -> int:
    """Run one `mux` command and return its exit code."""
    diagnostics = Diagnostics(sys.stderr)
    debug = "--debug" in argv
    try:
        return _run(argv, diagnostics)
    except KeyboardInterrupt:
        diagnostics.warn("interrupted")
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        # The reader of our stdout left; nothing is wrong, and nobody reads on.
        _drop_stdout()
        return ExitCode.OK
    except MuxError as error:
        if debug:
            traceback.print_exc()
        diagnostics.error(error)
        return exit_code_of(error)


def _run(argv: Sequence[str], diagnostics: Diagnostics) -> int:
    parser = build_parser(argv)
    try:
        arguments = parser.parse_args(argv)
    except SystemExit as exit_:
        # argparse exits by itself after --help and --version.
        return int(exit_.code or 0)

    handler: Handler | None = getattr(arguments, "handler", None)
    if handler is None:
        parser.print_help(sys.stderr)
        return ExitCode.USAGE

    diagnostics.quiet = arguments.quiet
    result = handler(arguments, _shell(arguments, diagnostics))
    return _await(result) if isinstance(result, Awaitable) else result


def _shell(arguments: Namespace, diagnostics: Diagnostics) -> Shell:
    return Shell(
        output=Output(sys.stdout),
        diagnostics=diagnostics,
        environment=Environment(),
        cwd=_working_directory(),
        overrides=_overrides(arguments.set),
        interactive=sys.stdin.isatty() and sys.stderr.isatty(),
    )


def _working_directory() -> Path:
    try:
        return Path.cwd()
    except OSError as error:
        raise UsageError(
            "the current directory is gone",
            error.strerror or "",
            "Change to another one",
        ) from error


def _overrides(pairs: Sequence[str]) -> dict[str, str]:
    overrides: dict[str, str] = {}
    for pair in pairs:
        key, found, value = pair.partition("=")
        if not found:
            raise UsageError(f"--set {pair}", "it has no =", "Write --set KEY=VALUE")
        overrides[key.strip()] = value

    return overrides


def _await(result: Awaitable[ExitCode]) -> ExitCode:
    # asyncio costs 40 ms of start-up, which commands without waiting do not pay.
    from mux_tui.cli.loop import run_until_done

    return run_until_done(result)


def _drop_stdout() -> None:
    # Python flushes stdout once more at exit, and would complain on stderr.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
