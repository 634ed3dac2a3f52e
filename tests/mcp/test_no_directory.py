"""A work directory that is gone: before the server starts, or while it serves."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.muxing import World
from tests.mcp.serving import COMMAND, QUESTION, SENTENCE, Bare, bare, greeted, request

REMOVED = ("sh", "-c", 'rmdir "$PWD" && exec "$@"', "sh")
"""Runs a command in a directory that is there no more."""


def called(server: Bare, id: int, tool: str, **arguments: Any) -> Any:
    """The result of a call."""
    server.send(request(id, "tools/call", name=tool, arguments=arguments))
    return server.answer_to(id)["result"]


@pytest.mark.parametrize("when", ["before", "while"])
def test_a_server_without_a_directory_serves_those_who_name_one(
    when: str, answering: World, tmp_path: Path
) -> None:
    gone, there = tmp_path / "gone", tmp_path / "there"
    gone.mkdir()
    there.mkdir()
    with bare(answering, gone, REMOVED if when == "before" else ()) as server:
        greeted(server)
        if when == "while":
            gone.rmdir()
        for number, cwd in enumerate(("", "below"), start=1):
            refused = called(server, number, "mux", task=QUESTION, cwd=cwd)
            assert refused["isError"]
            said = refused["content"][0]["text"]
            assert said.startswith("there is no work directory: the one that this")
            assert said.endswith("Give the call an absolute cwd")
        health = called(server, 3, "mux_health")
        assert health["structuredContent"]["ready"]
        run = called(server, 4, "mux", task=QUESTION, cwd=str(there))
        assert run["structuredContent"]["output"] == SENTENCE
        assert server.leave() == 0


def test_registering_it_there_says_why_not(world: World, tmp_path: Path) -> None:
    """The CLI that it would be registered with needs a directory too."""
    gone = tmp_path / "gone"
    gone.mkdir()
    done = subprocess.run(
        [*REMOVED, sys.executable, *COMMAND, "install", "claude"],
        env=world.environment,
        cwd=gone,
        capture_output=True,
        text=True,
        check=False,
    )
    said = "mux: the current directory is gone. Change to another one\n"
    assert (done.returncode, done.stderr) == (2, said)
