"""Line mode: `mux --line` at a terminal, in a pipe, from a file."""

import os
import signal
import sys
from collections.abc import Generator
from contextlib import contextmanager

import pytest

from tests.cli.muxing import World, model_server
from tests.core.file_work.projects import PYTHON
from tests.fake_cli import ANSWER
from tests.tui.pty.terminal import Terminal, terminal

pytestmark = pytest.mark.timeout(90)

LINE = ("--line", "--set", "cloud.permission=allow")


@pytest.fixture
def served(world: World) -> Generator[World]:
    """A world with a model."""
    with model_server() as url:
        world.variables["MUX_PROVIDERS_LOCAL_BASE_URL"] = url
        yield world


@contextmanager
def line_mode(world: World, *options: str) -> Generator[Terminal]:
    """`mux --line` at a terminal."""
    argv = [sys.executable, "-m", "mux_tui", *(options or LINE)]
    with terminal(argv, world.environment, world.home, (200, 50)) as opened:
        prompted(opened)
        yield opened


def says(mux: Terminal, text: str, times: int = 1) -> None:
    """Wait until that has been said."""
    said = text.encode()
    mux.until(lambda: mux.raw.count(said) >= times, what=f"{text}\n{mux.raw.decode()}")


def prompted(mux: Terminal) -> None:
    """Wait until the next task is asked for."""
    mux.until(lambda: mux.raw.endswith(b": "), what="the prompt")


def test_a_task_is_typed_and_answered_line_by_line(cloudy: World) -> None:
    with line_mode(cloudy) as mux:
        mux.type("What is six times seven?\n")
        says(mux, ANSWER)
        prompted(mux)
        mux.type("\x04")
        assert mux.ended() == 0
        assert mux.restored
    assert b"\x1b" not in mux.raw
    assert b"\r" not in mux.raw.replace(b"\r\n", b"")


def test_the_last_answer_is_told_again(cloudy: World) -> None:
    with line_mode(cloudy) as mux:
        mux.type(":last\n")
        says(mux, "no task was done yet")
        mux.type("What is six times seven?\n")
        says(mux, ANSWER)
        prompted(mux)
        mux.type(":last\n")
        says(mux, ANSWER, 2)
        mux.type(":quit\n")
        assert mux.ended() == 0


def test_the_route_is_chosen_for_what_comes(cloudy: World) -> None:
    with line_mode(cloudy) as mux:
        mux.type(":route codex\n")
        says(mux, "task (codex): ")
        mux.type("What is six times seven?\n")
        says(mux, ANSWER)
        says(mux, "● codex")
        mux.type(":route mars\n")
        says(mux, "there are auto, local, claude, codex, gemini")
        mux.type(":q\n")
        assert mux.ended() == 0


def test_an_unknown_command_names_those_there_are(cloudy: World) -> None:
    with line_mode(cloudy) as mux:
        mux.type(":exit\n")
        says(mux, "there is no :exit; there are :route, :last, :undo, :help, :quit")
        mux.type(":help\n")
        says(mux, "Ctrl-C ends the task under way.")


def test_ctrl_c_ends_the_task_and_not_mux(cloudy: World) -> None:
    assert cloudy.clis
    cloudy.clis.say("sleep")
    with line_mode(cloudy) as mux:
        mux.type("Take your time.\n")
        says(mux, "asking")
        mux.type("\x03")
        says(mux, "cancelled")
        prompted(mux)
        assert mux.processes() == [mux.process.pid]
        cloudy.clis.say("answer")
        mux.type("What is six times seven?\n")
        says(mux, ANSWER)
        mux.type("\x04")
        assert mux.ended() == 0


def test_ctrl_c_at_the_prompt_leaves_what_was_typed(cloudy: World) -> None:
    with line_mode(cloudy) as mux:
        mux.type("half a ta")
        mux.type("\x03")
        says(mux, "task: ", 2)
        mux.type(":quit\n")
        assert mux.ended() == 0
    assert cloudy.clis
    assert not cloudy.clis.calls


def test_a_task_leaves_the_machine_only_after_a_yes(cloudy: World) -> None:
    with line_mode(cloudy, "--line", "--set", "cloud.permission=ask") as mux:
        mux.type("What is six times seven?\n")
        says(mux, "yes or no: ")
        mux.type("no\n")
        prompted(mux)
        assert cloudy.clis
        assert not [c for c in cloudy.clis.calls if c["stdin"]]
        mux.type("What is six times seven?\n")
        says(mux, "yes or no: ", 2)
        mux.type("yes\n")
        says(mux, ANSWER)


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_signal_ends_it(number: signal.Signals, code: int, cloudy: World) -> None:
    assert cloudy.clis
    cloudy.clis.say("sleep")
    with line_mode(cloudy) as mux:
        mux.type("Take your time.\n")
        says(mux, "asking")
        mux.send(number)
        assert mux.ended(5) == code
        assert mux.processes() == []


def test_a_setting_opens_it_instead_of_the_cockpit(cloudy: World) -> None:
    options = ("--set", "ui.screen_reader=true")
    with line_mode(cloudy, *options) as mux:
        mux.type(":quit\n")
        assert mux.ended() == 0
    assert b"\x1b" not in mux.raw


def test_it_works_on_a_dumb_terminal(cloudy: World) -> None:
    cloudy.variables["TERM"] = "dumb"
    with line_mode(cloudy) as mux:
        mux.type("\x04")
        assert mux.ended() == 0


def test_each_line_of_a_pipe_is_a_task(served: World) -> None:
    ended = served.mux("--line", stdin="Say hello.\n\n:last\nSay it again.")
    assert ended.code == 0
    assert ended.err.count("✓ local") == 2
    assert "task:" not in ended.err
    assert ended.out.count("\n") >= 3


def test_a_file_of_tasks_is_read_to_its_end(served: World) -> None:
    tasks = served.home / "tasks.txt"
    tasks.write_text("Say hello.\nSay it again.\n")
    with tasks.open() as file, served.start("--line", stdin=file) as process:
        _, err = process.communicate(timeout=60)
    assert process.returncode == 0
    assert err.count("✓ local") == 2


def test_a_pipe_ends_with_the_code_of_the_task_that_failed(cloudy: World) -> None:
    ask = ("--set", "cloud.permission=ask")
    ended = cloudy.mux("--line", *ask, stdin="Do something.\n")
    assert ended.code == 5  # Nobody was there to be asked.
    assert "Traceback" not in ended.err


def test_an_impossible_task_is_told_and_the_next_is_done(served: World) -> None:
    limit = ("--set", "limits.task_bytes=100")
    ended = served.mux("--line", *limit, stdin="x" * 200 + "\nSay hello.\n")
    assert ended.err.count("mux: ") == 1
    assert ended.err.count("✓ local") == 1
    assert ended.code == 1


def test_changes_are_shown_written_after_a_yes_and_taken_back(world: World) -> None:
    world.variables["PATH"] = os.environ["PATH"]
    root = PYTHON.lay(world.home)
    with model_server("ok", "--text", PYTHON.right) as url:
        world.variables["MUX_PROVIDERS_LOCAL_BASE_URL"] = url
        argv = [sys.executable, "-m", "mux_tui", "--line"]
        with terminal(argv, world.environment, root, (200, 50)) as mux:
            prompted(mux)
            mux.type(PYTHON.task + "\n")
            says(mux, "write these changes?")
            assert (root / "basket.py").read_text() == PYTHON.files["basket.py"]
            mux.type("y\n")
            says(mux, "wrote basket.py")
            prompted(mux)
            assert (root / "basket.py").read_text() == PYTHON.repaired
            mux.type(":undo\n")
            says(mux, "are taken back")
            prompted(mux)
            assert (root / "basket.py").read_text() == PYTHON.files["basket.py"]
            mux.type(":undo\n")
            says(mux, "taken back already")
            mux.type(":quit\n")
            assert mux.ended() == 0
