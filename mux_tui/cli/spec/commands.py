"""Commands, options and arguments as facts, read off the parser that takes them."""

from argparse import SUPPRESS, Action
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from mux_tui.cli.parser import Parser, every_parser

Number = Literal["none", "one", "optional", "any", "many"]
"""How many values: none (a switch), one, at most one, any number, at least one."""

_NUMBERS: Mapping[str | int | None, Number] = {
    None: "one",
    0: "none",
    "?": "optional",
    "*": "any",
    "+": "many",
}


@dataclass(frozen=True)
class Argument:
    """An option, or an argument by its place."""

    names: tuple[str, ...]
    """`-n`, `--limit`; of an argument by its place, none."""

    metavar: str
    """What stands for its value, such as `DIR`; empty: it has none."""

    meaning: str
    number: Number
    required: bool
    repeatable: bool
    """Whether it may be given more than once."""

    choices: tuple[str, ...] = ()
    """The only values that are taken; empty: there are others."""

    default: str | float | int | bool | None = None
    """What counts when it is not given; None: what the meaning says, or nothing."""

    excludes: tuple[str, ...] = ()
    """Options that it cannot be given together with."""


@dataclass(frozen=True)
class CommandFacts:
    """One command."""

    words: tuple[str, ...]
    """What is typed behind `mux`."""

    summary: str
    usage: str
    arguments: tuple[Argument, ...]
    """Its own: those that every command takes are left out."""

    examples: tuple[str, ...]

    @property
    def name(self) -> str:
        """`ledger show`."""
        return " ".join(self.words)

    @property
    def writes_json(self) -> bool:
        """Whether it has a `--json`."""
        return any("--json" in argument.names for argument in self.arguments)


def common_options() -> tuple[Argument, ...]:
    """The options that every command takes."""
    parser, _ = next(every_parser())
    return tuple(_argument(one, parser) for one in parser.own_actions if _common(one))


def commands() -> tuple[CommandFacts, ...]:
    """Every command, in the order of the help."""
    return tuple(
        CommandFacts(
            tuple(parser.prog.split()[1:]),
            command.summary,
            _usage(parser),
            tuple(
                _argument(action, parser)
                for action in parser.own_actions
                if action.help != SUPPRESS and not _common(action)
            ),
            command.examples,
        )
        for parser, command in every_parser()
    )


_COMMON = {"help", "quiet", "debug", "set", "color"}


def _common(action: Action) -> bool:
    return bool(action.option_strings) and action.dest in _COMMON


def _usage(parser: Parser) -> str:
    """The command line in short, with its own options only."""
    parts = [parser.prog]
    for action in parser.own_actions:
        group = next((one for one in parser.either_or if action in one), (action,))
        if action.help != SUPPRESS and not _common(action) and action is group[0]:
            shown = " | ".join(map(_in_short, group))
            parts.append(shown if _is_required(action) else f"[{shown}]")
    return " ".join(parts)


def _in_short(action: Action) -> str:
    shown = " ".join((*action.option_strings[-1:], _metavar(action))).strip()
    return f"{shown}..." if action.nargs in ("*", "+") else shown


def _argument(action: Action, parser: Parser) -> Argument:
    group = next((one for one in parser.either_or if action in one), ())
    return Argument(
        names=tuple(action.option_strings),
        metavar=_metavar(action),
        meaning=(action.help or "").replace("%%", "%"),
        number=_NUMBERS[action.nargs],
        required=_is_required(action),
        repeatable=isinstance(action.default, list),
        choices=tuple(map(str, action.choices or ())),
        default=_default(action),
        excludes=tuple(one.option_strings[-1] for one in group if one is not action),
    )


def _metavar(action: Action) -> str:
    if action.nargs == 0:
        return ""
    if isinstance(action.metavar, str):
        return action.metavar
    if action.choices:
        return "|".join(map(str, action.choices))

    return action.dest.upper()


def _is_required(action: Action) -> bool:
    return action.required and action.nargs not in ("?", "*")


def _default(action: Action) -> str | float | int | bool | None:
    if action.default == SUPPRESS or action.dest == "help":
        return None

    # An empty default is a way to say that nothing was given.
    known = isinstance(action.default, str | float | int) and action.default != ""
    return action.default if known and not (action.nargs == 0) else None
