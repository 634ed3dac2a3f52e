"""The cockpit as a user has it: in tmux, with the real model and Claude Code."""

import os
import re
import signal
import sys
import tempfile
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.cli.muxing import World
from tests.e2e.tmux import Tmux, tmux

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(420)]

HELLO = "Say hello in one sentence."
LONG = "Write a long story about a king and his three sons."


@pytest.fixture(scope="module")
def world(
    starter_model: Path,
    model_cache: Path,
    cloud_clis: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[World]:
    """A home with the starter and Claude Code; mux ends what it has started."""
    home = tmp_path_factory.mktemp("cockpit")
    (home / "mux").mkdir()
    (home / "mux" / "cache").symlink_to(model_cache / "cache")
    (home / "project").mkdir()
    world = World(home)
    world.variables = {
        "PATH": f"{cloud_clis}:{world.environment['PATH']}",
        "COLORTERM": "truecolor",
        "MUX_CLOUD_PERMISSION": "never",
        "MUX_PROXY_PORT": "0",
        "MUX_PROXY_PREWARM": "false",
        "MUX_PROXY_ON_EXIT": "stop",
        "MUX_SERVER_ON_EXIT": "stop",
    }
    yield world
    world.mux("proxy", "stop")
    world.mux("server", "stop")


@contextmanager
def cockpit(world: World) -> Generator[Tmux]:
    """The cockpit, open and ready."""
    command = [sys.executable, "-m", "mux_tui"]
    with tempfile.TemporaryDirectory(prefix="mux-tmux-") as folder:
        socket = Path(folder) / "socket"
        with tmux(command, world.environment, world.home / "project", socket) as pane:
            pane.until("Nothing running.")
            yield pane


def run_task(pane: Tmux, text: str) -> None:
    """Type a task and send it, once everything is there."""
    pane.until(lambda shown: "local smollm2" in shown)
    pane.type(text)
    pane.until(lambda shown: text[:20] in shown)
    pane.press("Enter")


def processes(world: World) -> list[str]:
    """The command line of everything that lives in this world."""
    marker = f"MUX_HOME={world.home / 'mux'}".encode()
    found: list[str] = []
    for entry in Path("/proc").iterdir():
        with suppress(OSError):
            if entry.name.isdigit() and marker in (entry / "environ").read_bytes():
                line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                if line and "tmux" not in line and "env -i" not in line:
                    found.append(line)
    return found


def gone(world: World, seconds: float = 30) -> list[str]:
    """What still lives after some seconds, of what was to end."""
    deadline = time.monotonic() + seconds
    while (left := processes(world)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return left


def newest(world: World) -> dict[str, object]:
    """The newest row of the ledger."""
    return world.mux("ledger", "list", "--json").document["runs"][0]


def pid_of(world: World) -> int:
    """The process id of the cockpit."""
    [found] = [
        int(entry.name)
        for entry in Path("/proc").iterdir()
        if entry.name.isdigit() and is_cockpit(entry, world)
    ]
    return found


def is_cockpit(process: Path, world: World) -> bool:
    """Whether the process is this world's cockpit."""
    with suppress(OSError):
        words = (process / "cmdline").read_bytes().rstrip(b"\0").split(b"\0")
        ours = f"MUX_HOME={world.home / 'mux'}".encode()
        mine = ours in (process / "environ").read_bytes()
        return mine and words[-2:] == [b"-m", b"mux_tui"]
    return False


def test_a_task_is_typed_decided_answered_and_found_in_the_ledger(
    world: World,
) -> None:
    with cockpit(world) as pane:
        run_task(pane, HELLO)
        pane.until("LOCAL")
        pane.until("Output · ✓ local", 180)
        row = newest(world)
        assert (row["status"], row["route"]) == ("done", "local")
        answer = str(world.mux("ledger", "show", str(row["run_id"])).out)
        shown = pane.shown
        words = re.findall(r"[A-Za-z]{4,}", answer.split("Output")[-1])
        assert any(word in shown for word in words)
        pane.press("F2")
        pane.until(lambda shown: "━ Runs ━" in shown and HELLO in shown)
        pane.press("Enter")
        pane.until(lambda shown: "━ Runs ━" not in shown and HELLO in shown)
        pane.press("C-q")
        pane.until("code 0")
        assert pane.modes == "0 0 1"
        assert pane.buffers == ""
    assert gone(world) == []


def test_claude_code_runs_through_the_proxy_that_the_screen_started(
    world: World,
) -> None:
    with cockpit(world) as pane:
        pane.press("F3")
        pane.until("No proxy is running.")
        pane.press("s")
        pane.until("http://127.0.0.1:", 120)
        ended = world.mux(
            "claude",
            "--profile",
            "core",
            "--on-exit",
            "keep",
            "-p",
            "What is the capital of France? Answer in one sentence.",
            "--output-format",
            "json",
            cwd=world.home / "project",
            limit=300,
        )
        assert ended.code == 0, ended.err
        pane.until(lambda shown: bool(re.search(r"[1-9]\d* requests?", shown)))
        pane.until("claude")
        pane.press("C-q")
        pane.until("code 0")
    assert gone(world) == []


def test_quitting_with_a_task_under_way_asks_and_records_it(world: World) -> None:
    with cockpit(world) as pane:
        run_task(pane, LONG)
        pane.until(lambda shown: "Output · ◐" in shown and "tok/s" in shown, 120)
        pane.press("C-q")
        pane.until("1 task under way")
        pane.press("q")
        pane.until("code 0")
        assert pane.modes == "0 0 1"
    assert newest(world)["status"] == "interrupted"
    assert gone(world) == []


def test_a_kill_gives_the_terminal_back_and_leaves_nobody(world: World) -> None:
    with cockpit(world) as pane:
        run_task(pane, LONG)
        pane.until(lambda shown: "Output · ◐" in shown and "tok/s" in shown, 120)
        assert pane.modes.startswith("1 1")
        os.kill(pid_of(world), signal.SIGTERM)
        pane.until("code 143")
        assert pane.modes == "0 0 1"
    assert newest(world)["status"] == "interrupted"
    assert gone(world) == []


def test_quitting_while_the_model_starts_leaves_nobody(world: World) -> None:
    with cockpit(world) as pane:
        run_task(pane, HELLO)
        pane.until("◐ start model", 60)
        pane.press("C-q")
        pane.until("1 task under way")
        pane.press("q")
        pane.until("code 0")
        assert pane.modes == "0 0 1"
    assert newest(world)["status"] == "interrupted"
    assert gone(world) == []
