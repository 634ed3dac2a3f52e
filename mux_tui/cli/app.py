"""From the command line to an exit code.

Everything a command may end with is turned into one line and one code here: its own
error, a bug, a closed pipe, Ctrl-C, SIGTERM.
"""

import signal
import sys
import traceback
from argparse import Namespace
from collections.abc import Awaitable, Generator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from mux_tui.cli.bare import Cockpit, open_bare
from mux_tui.cli.colour import is_coloured
from mux_tui.cli.diagnostics import Diagnostics, ExitCode, exit_code_of
from mux_tui.cli.output import Output
from mux_tui.cli.parser import build_parser, prepared
from mux_tui.cli.shell import NOWHERE, Handler, ServeMcp, Shell
from mux_tui.cli.streams import drop
from mux_tui.core.config.environment import Environment
from mux_tui.core.errors import MuxError, UsageError
from mux_tui.core.text import one_line


def run(argv: Sequence[str], cockpit: Cockpit, mcp: ServeMcp | None = None) -> int:
    """Run one `mux` command and return its exit code.

    Args:
        argv: Without the program's name.
        cockpit: Opens the other shell, when no command is named.
        mcp: Opens the MCP server, for the command that serves it.
    """
    diagnostics = Diagnostics(sys.stderr)
    debug = "--debug" in argv
    try:
        return _run(argv, diagnostics, cockpit, mcp)
    except KeyboardInterrupt:
        diagnostics.warn("interrupted")
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        # The reader of our stdout left; nothing is wrong, and nobody reads on.
        drop(sys.stdout)
        return ExitCode.OK
    except MuxError as error:
        if debug:
            traceback.print_exc()
        diagnostics.error(error)
        return exit_code_of(error)
    except Exception as error:  # A bug of ours is one line too, unless asked for more.
        if debug:
            traceback.print_exc()
        diagnostics.error(_bug(error))
        return ExitCode.FAILED
    finally:
        _flush(sys.stdout)
        _flush(sys.stderr)


def _run(
    argv: Sequence[str],
    diagnostics: Diagnostics,
    cockpit: Cockpit,
    mcp: ServeMcp | None,
) -> int:
    parser = build_parser(argv)
    try:
        arguments = parser.parse_args(prepared(argv))
    except SystemExit as exit_:
        # argparse exits by itself after --help and --version.
        return int(exit_.code or 0)

    handler: Handler | None = getattr(arguments, "handler", None)
    diagnostics.quiet = arguments.quiet
    shell = _shell(arguments, diagnostics)
    shell.mcp = mcp
    with _interrupts():
        if handler is None:
            result = open_bare(arguments, shell, cockpit)
        else:
            result = handler(arguments, shell)
    return _await(result, shell) if isinstance(result, Awaitable) else result


@contextmanager
def _interrupts() -> Generator[None]:
    """Have Ctrl-C raise KeyboardInterrupt, so that what is done is cleaned up after.

    Asynchronous work is not done yet when its handler returns, and has its own way.
    """
    before = signal.getsignal(signal.SIGINT)
    if before is signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _shell(arguments: Namespace, diagnostics: Diagnostics) -> Shell:
    environment, output = Environment(), Output(sys.stdout)
    when, variables = arguments.color, environment.variables
    if hasattr(arguments, "handler"):
        output.coloured = is_coloured(when, sys.stdout, variables)
        diagnostics.coloured = is_coloured(when, sys.stderr, variables)
    elif when != "auto":
        # The cockpit, which has a theme for those who want no colours.
        forbidden = {"NO_COLOR": "1" if when == "never" else ""}
        environment = Environment({**variables, **forbidden})
    return Shell(
        output=output,
        diagnostics=diagnostics,
        environment=environment,
        cwd=_working_directory(getattr(arguments, "anywhere", False)),
        overrides=_overrides(arguments.set),
        interactive=sys.stdin.isatty() and sys.stderr.isatty(),
    )


def _working_directory(anywhere: bool) -> Path:
    try:
        return Path.cwd()
    except OSError as error:
        if anywhere:
            return NOWHERE
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


def _await(result: Awaitable[ExitCode], shell: Shell) -> ExitCode:
    # asyncio costs 40 ms of start-up, which commands without waiting do not pay.
    from mux_tui.cli.loop import run_until_done

    def told(sentence: str) -> None:
        # The terminal may be what is gone.
        with suppress(MuxError, BrokenPipeError):
            if shell.output.live:
                shell.output.end_line()
        shell.diagnostics.warn(sentence)

    return run_until_done(result, told, interrupted=shell.interrupted)


def _bug(error: Exception) -> MuxError:
    what = f"mux itself failed ({type(error).__name__})"
    step = "Run it again with --debug, and report what it prints"
    return MuxError(what, one_line(str(error), 200), step)


def _flush(stream: TextIO) -> None:
    try:
        stream.flush()
    except OSError:
        # Said already, or nobody can be told. Python would try again, and fail.
        drop(stream)
