"""However the server ends, what it began is ended and recorded."""

import json
import signal
import subprocess
import sys

import pytest

from mux_tui.core.process.group import group_alive
from tests.cli.muxing import World
from tests.mcp.serving import (
    COMMAND,
    INITIALIZE,
    QUESTION,
    Bare,
    bare,
    complaints,
    greeted,
    request,
    rows,
    until,
)

pytestmark = pytest.mark.slow


def at_work(server: Bare, world: World) -> int:
    """Have it begin a task that never ends; returns the CLI's process."""
    assert world.clis
    world.clis.say("hang")
    asked = {"task": QUESTION, "route": "claude"}
    server.send(request(1, "tools/call", name="mux_json", arguments=asked))
    clis = world.clis
    until(lambda: bool(clis.calls))
    return clis.calls[0]["pid"]


def test_when_the_client_goes_its_tasks_are_interrupted(cloudy: World) -> None:
    with bare(cloudy) as server:
        pid = at_work(greeted(server), cloudy)
        code = server.leave()
    assert code == 0
    assert not group_alive(pid)
    row = rows(cloudy)[0]
    assert (row["status"], row["reason"]) == ("interrupted", "interrupted")
    assert "Traceback" not in complaints(cloudy)


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)]
)
def test_a_signal_ends_it_in_order(
    number: signal.Signals, code: int, cloudy: World
) -> None:
    with bare(cloudy) as server:
        pid = at_work(greeted(server), cloudy)
        server.process.send_signal(number)
        assert server.process.wait(60) == code
    assert not group_alive(pid)
    assert rows(cloudy)[0]["status"] == "interrupted"


def test_a_signal_ends_it_although_nobody_reads(world: World) -> None:
    """Its answers fill the pipe, and one of them is never written."""
    with bare(world) as server:
        greeted(server)
        server.send(*(request(n, "tools/list") for n in range(1, 40)))
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(60) == 143


def test_a_client_that_reads_no_more_has_left(world: World) -> None:
    with bare(world) as server:
        greeted(server)
        assert server.process.stdout
        server.process.stdout.close()
        server.send(request(1, "tools/list"))
        assert server.process.wait(60) == 0


def test_it_ends_at_once_when_there_is_nobody(world: World) -> None:
    ended = world.mux("mcp", limit=20)
    assert (ended.code, ended.out) == (0, "")


def test_it_serves_from_files(world: World) -> None:
    """Neither a pipe nor a terminal: some start tools so."""
    lines = world.home / "in"
    lines.write_text(json.dumps(INITIALIZE) + "\n")
    answers = world.home / "out"
    with lines.open() as source, answers.open("w") as sink:
        done = subprocess.run(
            [sys.executable, *COMMAND],
            env=world.environment,
            cwd=world.home,
            stdin=source,
            stdout=sink,
            timeout=60,
            check=False,
        )
    assert done.returncode == 0
    (line,) = answers.read_text().splitlines()
    assert json.loads(line)["result"]["serverInfo"]["name"] == "mux"
