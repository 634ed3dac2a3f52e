"""Opening the cockpit: with a terminal, without one, and what is imported for it."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.cli.muxing import PROJECT, World
from tests.tui.pty.terminal import terminal

pytestmark = pytest.mark.timeout(200)

LATER = (
    *("httpx", "aiosqlite", "sqlite3", "psutil", "tomlkit", "tokenizers", "numpy"),
    *("json", "markdown_it", "pygments", "mux_tui.core.events", "mux_tui.core.survey"),
    *("mux_tui.tui.story", "mux_tui.tui.widgets.answer.view", "mux_tui.tui.dialogs"),
)
"""What costs too much to be imported before the first frame."""

FIRST_FRAME = """
import sys
from pathlib import Path
from mux_tui.core.config.environment import Environment
from mux_tui.core.config.load import load
from mux_tui.tui.app import MuxApp
from mux_tui.tui.desk import Desk

def keep_engine(app):
    sys.__stderr__.write("\\n".join(name for name in sys.modules if sys.modules[name]))
    app.exit()

MuxApp.keep_engine = keep_engine
MuxApp._look = lambda app: None
environment = Environment()
desk = Desk(environment, Path.cwd(), load(environment, Path.cwd(), {}))
MuxApp(desk).run(headless=True)
"""


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A home with nothing in it, and a setting: who has none is asked for some."""
    return World(tmp_path, variables={"MUX_UI_THEME": "mux-dark"})


def mux(
    world: World, *arguments: str, variables: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run `mux` without a terminal."""
    return subprocess.run(
        [sys.executable, "-m", "mux_tui", *arguments],
        env=world.environment | dict(variables or {}),
        cwd=world.home,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("options", [[], ["-q"], ["--set", "ui.theme=mux-light"]])
def test_without_a_terminal_one_line_names_the_twins(
    options: list[str], world: World
) -> None:
    ended = mux(world, *options)
    assert (ended.returncode, ended.stdout) == (2, b"")
    assert len(ended.stderr) < 200
    assert ended.stderr.count(b"\n") == 1
    assert b"\x1b" not in ended.stderr
    assert b"mux run" in ended.stderr


@pytest.mark.parametrize("closed", ["<&-", ">&-", "</dev/null", ">/dev/full"])
def test_half_a_terminal_is_none(closed: str, world: World) -> None:
    command = ["sh", "-c", f"exec {sys.executable} -m mux_tui {closed}"]
    with terminal(command, world.environment, world.home) as shell:
        assert shell.ended() == 2
        assert b"\x1b" not in shell.raw


def test_a_dumb_terminal_is_shown_the_way_to_line_mode(world: World) -> None:
    argv = [sys.executable, "-m", "mux_tui"]
    variables = world.environment | {"TERM": "dumb"}
    with terminal(argv, variables, world.home, (300, 36)) as shell:
        assert shell.ended() == 2
        assert shell.raw.count(b"\n") == 1
        assert b"\x1b" not in shell.raw
        assert b"mux --line" in shell.raw


@pytest.mark.parametrize(
    "options", [["--set", "ui.theme"], ["--set", "ui.glyphs=round"], ["--set", "x=1"]]
)
def test_wrong_settings_are_one_line(options: list[str], world: World) -> None:
    argv = [sys.executable, "-m", "mux_tui", *options]
    with terminal(argv, world.environment, world.home, (300, 36)) as shell:
        assert shell.ended() == 2
        assert b"\x1b" not in shell.raw
        assert shell.raw.startswith(b"mux: ")


def test_a_program_that_serves_the_screen_brings_its_own_driver(world: World) -> None:
    """Such a program runs the cockpit on pipes."""
    driver = {"TEXTUAL_DRIVER": "textual.drivers.headless_driver:HeadlessDriver"}
    environment = world.environment | driver
    process = subprocess.Popen(
        [sys.executable, "-m", "mux_tui"],
        env=environment,
        cwd=world.home,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with process:
        try:
            wait_for(world.home / "mux" / "data" / "ledger.db", process)
        finally:
            process.terminate()
        process.communicate(timeout=60)
    assert process.returncode == 143


def wait_for(path: Path, process: subprocess.Popen[bytes]) -> None:
    """Wait until the cockpit has opened its ledger."""
    deadline = time.monotonic() + 60
    while not path.exists():
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_nothing_heavy_is_imported_before_the_first_frame(world: World) -> None:
    variables = dict(world.environment) | {"PATH": os.defpath}
    ended = subprocess.run(
        [sys.executable, "-c", FIRST_FRAME],
        env=variables,
        cwd=world.home,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    loaded = set(ended.stderr.split("\n"))
    assert "mux_tui.tui.app" in loaded, ended.stderr
    assert not loaded & {*LATER, "mux_tui.core.engine"}


def test_the_cockpit_opens_on_a_terminal_and_is_left_by_a_key(world: World) -> None:
    argv = [sys.executable, "-m", "mux_tui", "--set", "server.autostart=false"]
    environment = world.environment | {"PYTHONPATH": str(PROJECT)}
    with terminal(argv, environment, world.home) as cockpit:
        cockpit.until("^p palette")
        cockpit.until("0 runs")
        cockpit.type("\x11")
        assert cockpit.ended() == 0
        assert cockpit.restored
        assert cockpit.screen.strange == []


@pytest.mark.parametrize(
    ("keys", "expected"), [("hello", "hello"), ("hi\x7fello\x1b[D", "hello")]
)
def test_what_is_typed_before_the_first_frame_is_in_the_task(
    keys: str, expected: str, world: World
) -> None:
    """A terminal keeps what is typed; none of it is lost, and in the same order."""
    argv = [sys.executable, "-m", "mux_tui"]
    with terminal(argv, world.environment, world.home) as shell:
        shell.type(keys)
        shell.until(lambda: f"┃ {expected}" in shell.screen.text, what=expected)


def test_letters_typed_while_it_starts_stay_in_order(world: World) -> None:
    argv = [sys.executable, "-m", "mux_tui"]
    text = "abcdefghijklmnopqrstuvwxyz0123456789"
    with terminal(argv, world.environment, world.home) as shell:
        for letter in text:
            shell.type(letter)
            shell.read(0.03)
        shell.until(lambda: f"┃ {text}" in shell.screen.text, what=text)
