"""Completion scripts, made from the parser that reads the commands."""

from argparse import Action
from collections.abc import Mapping
from typing import Any, cast

import shtab

from mux_tui.cli.parser import Parser, build_parser
from mux_tui.core.config.keys import keys

_PLACES: Mapping[str, Any] = {
    "DIR": shtab.DIRECTORY,
    "ID|DIR": shtab.DIRECTORY,
    "FILE": shtab.FILE,
    "NAME|FILE": shtab.FILE,
}
"""What completes the values that stand for files and directories."""


def completion_script(shell: str) -> str:
    """The script for `bash`, `zsh` or `fish`; nothing in it runs `mux`."""
    # All commands are in the parser that knows none by name.
    parser = build_parser(["--help"])
    _teach(parser)
    return shtab.complete(parser, shell)  # pyright: ignore[reportUnknownMemberType, reportArgumentType]


def _teach(parser: Parser) -> None:
    """Say of each argument what its values are."""
    for action in parser.own_actions:
        choices: object = action.choices
        if isinstance(choices, Mapping):
            for one in cast("Mapping[str, Parser]", choices).values():
                _teach(one)
        else:
            _teach_one(action)


def _teach_one(action: Action) -> None:
    place = _PLACES.get(str(action.metavar))
    if place is not None:
        setattr(action, "complete", place)  # noqa: B010
    elif action.metavar == "KEY":
        # Only here: the command itself names the nearest key to a wrong one.
        action.choices = tuple(keys())
