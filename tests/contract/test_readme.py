"""What the README and the help show, beyond what every page has to keep to."""

import re

import pytest

from mux_tui.cli.parser import NAMES, build_parser, load, prepared
from mux_tui.cli.shell import Command, Group
from tests.contract.pages import ROOT, calls

README = (ROOT / "README.md").read_text(encoding="utf-8")


def every_command() -> list[Command]:
    """All of them, those of groups one by one."""
    entries = [load(name) for name in NAMES]
    return [
        command
        for entry in entries
        for command in ((entry,) if isinstance(entry, Command) else entry.commands)
    ]


EXAMPLES = [line for command in every_command() for line in command.examples]


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_of_the_help_can_be_typed(example: str) -> None:
    found = list(calls(example))
    assert found
    for words in found:
        assert hasattr(build_parser(words).parse_args(prepared(words)), "handler")


def row(name: str) -> str:
    """What the README's table says of a command."""
    found = re.search(rf"^\| `mux {name}\b.*$", README, re.MULTILINE)
    assert found, name
    return found[0]


@pytest.mark.parametrize("name", NAMES)
def test_every_command_has_its_row_with_all_that_it_groups(name: str) -> None:
    entry, told = load(name), row(name)
    if isinstance(entry, Group):
        known = {command.name for command in entry.commands}
        assert set(re.findall(r"`([a-z]+)`", told)) == known
