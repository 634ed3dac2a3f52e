"""`mux` without a command: the cockpit, or line mode where a screen is of no use."""

from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mux_tui.cli.shell import Result, Shell
from mux_tui.core.config.environment import Environment
from mux_tui.core.config.load import Loaded, load
from mux_tui.core.errors import ConfigError

OPTIONS = ("-q", "--quiet", "--debug", "--line")
"""Options that `mux` takes without a command, beside `--set KEY=VALUE` and colour."""

COLORS = ("auto", "always", "never")
"""When the marks in front of lines are coloured."""


@dataclass(frozen=True)
class Call:
    """What the cockpit is opened with."""

    environment: Environment
    cwd: Path
    overrides: Mapping[str, str]
    loaded: Loaded
    """The settings that hold, the overrides among them."""

    problems: tuple[str, ...] = ()
    """What is wrong with the files of settings; the cockpit is where it is mended."""


Cockpit = Callable[[Call], int]
"""Opens the cockpit; returns the exit code once it is left."""


def is_bare(argv: Sequence[str]) -> bool:
    """Whether the arguments name no command, and nothing that only commands know."""
    words = iter(argv)
    for word in words:
        if word == "--set":
            # A missing value is the parser's to complain about; one that is no pair
            # is a command, and the option stands before it.
            if "=" not in next(words, "="):
                return False
        elif word == "--color":
            if next(words, "auto") not in COLORS:
                return False
        elif word not in OPTIONS and not word.startswith(("--set=", "--color=")):
            return False

    return True


def open_bare(arguments: Namespace, shell: Shell, cockpit: Cockpit) -> Result:
    """Open what `mux` alone opens.

    Raises:
        MuxError: There is no terminal, a setting is wrong, or a bug ended it.
    """
    problems: tuple[str, ...] = ()
    try:
        loaded = load(shell.environment, shell.cwd, shell.overrides)
    except ConfigError as error:
        from mux_tui.core.config.broken import load_broken

        broken = load_broken(shell.environment, shell.cwd, shell.overrides)
        loaded, problems = broken.loaded, broken.problems
        lines = arguments.line or loaded.settings.ui.screen_reader
        if lines or not shell.interactive:
            # There is no screen on which it could be mended.
            raise error from None
    if arguments.line or loaded.settings.ui.screen_reader:
        # Late: asyncio costs 40 ms, which `--help` does not pay.
        from mux_tui.cli.line_mode import run_lines

        return run_lines(shell, loaded.settings)

    call = Call(shell.environment, shell.cwd, shell.overrides, loaded, problems)
    return cockpit(call)
