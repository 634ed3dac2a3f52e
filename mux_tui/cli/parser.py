"""The argument parser, built from the facts in `cli/commands`."""

import importlib
from argparse import PARSER, Action, ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Iterator, Sequence
from typing import NoReturn

from mux_tui import __version__
from mux_tui.cli.bare import COLORS, is_bare
from mux_tui.cli.passthrough import separated
from mux_tui.cli.shell import Command, Group
from mux_tui.core.errors import UsageError
from mux_tui.core.text import one_line

NAMES = (
    "run",
    "route",
    "setup",
    "status",
    "doctor",
    "hardware",
    "models",
    "themes",
    "server",
    "proxy",
    "claude",
    "mcp",
    "ledger",
    "config",
    "demo",
    "spec",
    "completion",
    "man",
)
"""The commands in the order of the help; each is a module of `cli/commands`."""

EXIT_CODES = (
    "exit codes: 0 done, 1 failed, 2 usage or settings, 3 something is missing,\n"
    "  4 time limit, 5 declined, 6 verification failed, 130 interrupted"
)


_MISPLACED = ("-q", "--quiet", "--debug", "--set", "--json", "--color")
"""Options that every command knows, and that are easily typed too early."""


class Parser(ArgumentParser):
    """An ArgumentParser that raises its errors instead of exiting."""

    @property
    def own_actions(self) -> tuple[Action, ...]:
        """Every option and argument, in the order of the help."""
        return tuple(self._actions)

    @property
    def either_or(self) -> tuple[tuple[Action, ...], ...]:
        """The options of which only one may be given."""
        return tuple(
            tuple(group._group_actions)  # pyright: ignore[reportPrivateUsage]
            for group in self._mutually_exclusive_groups
        )

    @property
    def _members(self) -> str:
        """The commands of a group: `list|check|path`."""
        grouped = (one.choices for one in self._actions if one.nargs == PARSER)
        return "|".join(word for choices in grouped for word in choices or ())

    def error(self, message: str) -> NoReturn:
        """Raise what argparse found wrong.

        Raises:
            UsageError: Always.
        """
        step = f"See: {self.prog} --help"
        if "unrecognized arguments: -" in message:
            step = (
                f"Put -- before a task that begins with a dash, or see: {self.prog} -h"
            )
        elif "required: TASK" in message:
            step = "Say what to do. Put -- before a task that begins with a dash"
        elif message.endswith("required: COMMAND"):
            message, step = "it needs a command", f"Write: {self.prog} {self._members}"
        command = self.prog.removeprefix("mux").strip()
        why = one_line(message)
        raise UsageError(command, why, step) if command else UsageError(why, "", step)


def load(name: str) -> Command | Group:
    """The command of that name, its module imported now."""
    module = importlib.import_module(f"mux_tui.cli.commands.{name}")
    command: Command | Group = module.COMMAND
    return command


def every_parser() -> Iterator[tuple[Parser, Command]]:
    """The parser of each command by itself, in the order of the help."""
    for entry in map(load, NAMES):
        grouped = isinstance(entry, Group)
        for command in entry.commands if grouped else (entry,):
            words = (entry.name, command.name) if grouped else (entry.name,)
            parser = Parser(prog=" ".join(("mux", *words)), parents=[_common()])
            _fill(parser, command)
            yield parser, command


def prepared(argv: Sequence[str]) -> list[str]:
    """The arguments as the parser takes them: another program's behind a `--`."""
    if argv and argv[0] == "claude":
        return ["claude", *separated(argv[1:])]

    return list(argv)


def build_parser(argv: Sequence[str]) -> Parser:
    """The parser for these arguments.

    Only the module of the command that is named is imported; all of them when none
    is, for the help.

    Raises:
        UsageError: An option stands before the command.
    """
    bare = is_bare(argv)
    if argv and not bare and argv[0] in _MISPLACED:
        raise UsageError(
            f"{argv[0]} stands before the command",
            "options follow it",
            f"Write: mux COMMAND {argv[0]}",
        )
    if argv and not bare and argv[0] == "--line":
        raise UsageError("--line", "it takes no command", "Write: mux --line")

    common = _common()
    parser = Parser(
        prog="mux",
        usage="mux [--line] [-q] [--debug] [--color WHEN] [--set KEY=VALUE]\n"
        "       mux COMMAND [-h]",
        description="A local-first cockpit for coding with models. Without a command "
        "it opens the cockpit.",
        epilog=EXIT_CODES,
        formatter_class=RawDescriptionHelpFormatter,
        parents=[common],
    )
    parser.add_argument(
        "-V", "--version", action="version", version=f"mux {__version__}"
    )
    parser.add_argument(
        "--line",
        action="store_true",
        help="without a command: line mode, for screen readers and plain terminals",
    )
    if bare:
        return parser

    named = next((word for word in argv if not word.startswith("-")), None)
    names = (named,) if named in NAMES else NAMES
    # Its name is said, for argparse would take it from the usage.
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", prog="mux")
    for entry in map(load, names):
        into = commands.add_parser(entry.name, help=entry.summary, parents=[common])
        if isinstance(entry, Command):
            _fill(into, entry)
            continue
        _describe(into, entry.summary)
        members = into.add_subparsers(
            title="commands", metavar="COMMAND", required=True
        )
        for member in entry.commands:
            one = members.add_parser(member.name, help=member.summary, parents=[common])
            _fill(one, member)

    return parser


def _common() -> Parser:
    common = Parser(add_help=False)
    group = common.add_argument_group("common options")
    group.add_argument(
        "-q", "--quiet", action="store_true", help="no narration on stderr"
    )
    group.add_argument("--debug", action="store_true", help="show tracebacks")
    group.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="a setting for this call only (see: mux config show)",
    )
    group.add_argument(
        "--color",
        choices=COLORS,
        default="auto",
        metavar="WHEN",
        help="colour the marks of the text: auto (on a terminal, unless NO_COLOR is "
        "set), always, never",
    )
    return common


def _fill(parser: Parser, command: Command) -> None:
    examples = "".join(f"  {line}\n" for line in command.examples)
    _describe(parser, command.summary, f"examples:\n{examples}\n" if examples else "")
    command.configure(parser)
    parser.set_defaults(handler=command.handler, anywhere=command.anywhere)


def _describe(parser: Parser, summary: str, examples: str = "") -> None:
    parser.description = f"{summary[0].upper()}{summary[1:]}."
    parser.epilog = examples + EXIT_CODES
    parser.formatter_class = RawDescriptionHelpFormatter
