"""`mux mcp install`: what is run, and what is said of it."""

import json
import shlex
import sys
from pathlib import Path

import pytest

from tests.cli.muxing import World

STUB = """#!/bin/sh
here=$(dirname "$0")
echo "$*" >> "$here/log"
case "$2" in
add)
  if [ "$(basename "$0")" = claude ] && [ -e "$here/there" ]; then
    echo "MCP server mux already exists in user config" >&2; exit 1
  fi
  touch "$here/there"; echo "Added mux" ;;
remove)
  if [ ! -e "$here/there" ]; then
    echo 'No MCP server named "mux" in user scope' >&2; exit 1
  fi
  rm "$here/there"; echo "Removed mux" ;;
esac
"""
SERVER = [sys.executable, "-P", "-m", "mux_tui", "mcp"]


@pytest.fixture
def clis(world: World, tmp_path: Path) -> Path:
    """A directory with stand-ins that know one server each."""
    folder = tmp_path / "clis"
    folder.mkdir()
    for name in ("claude", "codex", "gemini"):
        (folder / name).write_text(STUB)
        (folder / name).chmod(0o755)
    world.variables["PATH"] = f"{folder}:/usr/bin:/bin"
    return folder


def ran(clis: Path) -> list[list[str]]:
    """Every call of a stand-in."""
    return [line.split() for line in (clis / "log").read_text().splitlines()]


@pytest.mark.parametrize(
    ("client", "before", "after"),
    [
        ("claude", ["mux", "-s", "user", "-e", "MUX_HOME={home}", "--"], []),
        ("codex", ["mux", "--env", "MUX_HOME={home}", "--"], []),
        ("gemini", ["-e", "MUX_HOME={home}", "-s", "user", "mux"], ["--"]),
    ],
)
def test_it_is_registered_by_the_cli_s_own_command(
    client: str, before: list[str], after: list[str], world: World, clis: Path
) -> None:
    """With the place of mux's files, and the interpreter that runs it now."""
    ended = world.mux("mcp", "install", client)
    assert ended.code == 0, ended.err
    words = [word.format(home=world.home / "mux") for word in before]
    assert ran(clis) == [["mcp", "add", *words, SERVER[0], *after, *SERVER[1:]]]
    assert ended.out == "Added mux\n"
    assert f"ran: {client} mcp add" in ended.err


@pytest.mark.parametrize("client", ["claude", "codex", "gemini"])
def test_twice_is_as_good_as_once(client: str, world: World, clis: Path) -> None:
    for _ in range(2):
        assert world.mux("mcp", "install", client).code == 0
    for _ in range(2):
        assert world.mux("mcp", "uninstall", client).code == 0
    assert not (clis / "there").exists()


def test_print_runs_nothing(world: World, clis: Path) -> None:
    ended = world.mux("mcp", "install", "claude", "--scope", "project", "--print")
    words = shlex.split(ended.out)
    assert words[:6] == ["claude", "mcp", "add", "mux", "-s", "project"]
    assert words[-5:] == SERVER
    assert not (clis / "log").exists()


def test_json_says_what_was_done(world: World, clis: Path) -> None:
    document = world.mux("mcp", "install", "codex", "--json").document
    assert document["schema"] == "mux.mcp.install/1"
    assert document["registered"] is True
    assert json.dumps(document["ran"]).count("codex mcp add mux") == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("install",), "names no CLI"),
        (("install", "vim"), "invalid choice"),
        (("install", "codex", "--scope", "project"), "codex has no scope project"),
        (("--print",), "says nothing without install"),
    ],
)
def test_what_cannot_be_done_is_said(
    arguments: tuple[str, ...], said: str, world: World, clis: Path
) -> None:
    ended = world.mux("mcp", *arguments)
    assert ended.code == 2
    assert said in ended.err


def test_a_cli_that_is_not_there_is_said_to_be_so(world: World) -> None:
    ended = world.mux("mcp", "install", "gemini")
    assert ended.code == 1
    assert "no command gemini on PATH" in ended.err


def test_a_cli_that_would_not_is_quoted(world: World, clis: Path) -> None:
    (clis / "codex").write_text("#!/bin/sh\necho 'cannot \033[31mwrite' >&2; exit 3\n")
    ended = world.mux("mcp", "install", "codex")
    assert ended.code == 3
    assert "codex would not register mux" in ended.err
    assert "Try it by hand: codex mcp add" in ended.err
    assert "\033" not in ended.err
