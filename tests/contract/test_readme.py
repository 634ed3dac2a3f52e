"""What the README and the help show can be typed."""

import re
import shlex
from pathlib import Path

import pytest

from mux_tui.cli.parser import NAMES, build_parser, load, prepared
from mux_tui.cli.shell import Command

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SHELL_WORDS = {"|", ">", "&&", ";"}


def mux_commands(text: str) -> list[str]:
    """The `mux …` commands in code blocks and in backticks."""
    blocks = re.findall(r"```(?:sh|console)\n(.*?)```", text, re.DOTALL)
    lines = [line.removeprefix("$ ") for block in blocks for line in block.splitlines()]
    quoted = re.findall(r"`(mux [^`]+)`", text)
    pieces = [piece.strip() for line in lines for piece in line.split(" | ")]
    found = [piece for piece in pieces if piece.startswith("mux ")] + quoted
    return [one.partition("#")[0].strip() for one in found]


def examples() -> list[str]:
    """The examples in the help of every command."""
    commands: list[Command] = []
    for entry in map(load, NAMES):
        commands += [entry] if isinstance(entry, Command) else entry.commands
    lines = [line for command in commands for line in command.examples]
    return [piece.strip() for line in lines for piece in line.split(" | ")]


def parsed(command: str) -> bool:
    """Whether `mux` takes these arguments."""
    words = shlex.split(command)[1:]
    # Placeholders such as TASK and URL stand for one word each.
    return hasattr(build_parser(words).parse_args(prepared(words)), "handler")


@pytest.mark.parametrize("command", mux_commands(README))
def test_every_command_of_the_readme_can_be_typed(command: str) -> None:
    words = shlex.split(command)
    if len(words) == 2 and words[1] in NAMES:
        return
    if command in ("mux run TASK", "mux --line"):
        return
    assert parsed(command)


@pytest.mark.parametrize("command", [e for e in examples() if e.startswith("mux ")])
def test_every_example_of_the_help_can_be_typed(command: str) -> None:
    assert parsed(command)


@pytest.mark.parametrize("target", re.findall(r"`make ([a-z]+)`", README))
def test_every_make_target_of_the_readme_exists(target: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(rf"^{target}:", makefile, re.MULTILINE)


def test_every_command_is_in_the_readme() -> None:
    for name in NAMES:
        assert f"`mux {name}" in README


def test_every_file_the_readme_links_to_is_there() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
