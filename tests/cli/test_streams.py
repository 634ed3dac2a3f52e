"""Whatever the standard streams are, a command ends in order and without a trace."""

import os
import subprocess
import sys

import pytest

from tests.cli.muxing import World
from tests.fake_cli import ANSWER

DEVICES = [device for device in ("/dev/full",) if os.path.exists(device)]
"""Where nothing can be written to, on systems that have such a thing."""

RUN = "run --route claude hello"
FULL = "mux: cannot write to standard output: No space left on device\n"


def shell(
    world: World, arguments: str, streams: str
) -> subprocess.CompletedProcess[str]:
    """`mux ARGUMENTS STREAMS` as a shell runs it."""
    return subprocess.run(
        ["bash", "-c", f"exec {sys.executable} -m mux_tui {arguments} {streams}"],
        env=world.environment,
        cwd=world.home,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("streams", "told"),
    [
        (">&-", ""),
        ("2>&-", f"{ANSWER}\n"),
        ("<&-", f"{ANSWER}\n"),
        ("<&- >&- 2>&-", ""),
        *((f"2>{full}", f"{ANSWER}\n") for full in DEVICES),
    ],
)
def test_a_task_is_done_and_recorded_with_streams_that_are_closed(
    streams: str, told: str, cloudy: World
) -> None:
    """No file that is opened, the ledger among them, takes a closed stream's place."""
    done = shell(cloudy, RUN, streams)
    assert (done.returncode, done.stdout) == (0, told)
    assert "Traceback" not in done.stderr
    (run,) = cloudy.mux("ledger", "list", "--json").document["runs"]
    assert (run["status"], run["route"]) == ("done", "claude")


@pytest.mark.parametrize("arguments", [f"{RUN} -q", f"{RUN} -q --json", "config show"])
@pytest.mark.parametrize("full", DEVICES)
def test_an_answer_that_cannot_be_written_is_one_line(
    full: str, arguments: str, cloudy: World
) -> None:
    done = shell(cloudy, arguments, f">{full}")
    assert (done.returncode, done.stderr) == (1, FULL)


@pytest.mark.parametrize("streams", [">&-", *(f">{full}" for full in DEVICES)])
@pytest.mark.parametrize("arguments", ["--version", "--help"])
def test_a_version_nobody_can_read_is_no_trace(
    arguments: str, streams: str, world: World
) -> None:
    assert "Traceback" not in shell(world, arguments, streams).stderr


def test_a_terminal_without_unicode_gets_marks_it_knows(cloudy: World) -> None:
    cloudy.variables |= {"PYTHONIOENCODING": "ascii"}
    done = shell(cloudy, "doctor", "")
    assert done.stderr == ""
    assert "\\u2713 python" in done.stdout


def test_a_task_from_a_closed_input_is_empty(world: World) -> None:
    done = shell(world, "run -", "<&-")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("mux: the task is empty")
