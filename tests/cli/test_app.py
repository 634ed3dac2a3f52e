"""The command line as a whole: help, wrong arguments, pipes."""

import subprocess
import sys
from pathlib import Path

import pytest

from mux_tui import __version__
from mux_tui.__main__ import main
from mux_tui.cli.diagnostics import ExitCode
from mux_tui.cli.parser import NAMES


def test_the_version_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == ExitCode.OK
    assert capsys.readouterr().out == f"mux {__version__}\n"


def test_the_help_names_every_command_and_exit_code(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--help"]) == ExitCode.OK
    out = capsys.readouterr().out
    for name in NAMES:
        assert f"    {name} " in out
    assert "130 interrupted" in out


@pytest.mark.parametrize("name", NAMES)
def test_the_help_of_every_command_fits_a_terminal(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert main([name, "--help"]) == ExitCode.OK
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 80


def test_no_command_is_a_usage_error_that_shows_the_help(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main([]) == ExitCode.USAGE
    assert "commands:" in capsys.readouterr().err


@pytest.mark.parametrize(
    "argv",
    [
        ["nonsense"],
        ["run"],
        ["run", "--bogus", "x"],
        ["run", "--route", "x", "y"],
        ["server"],
    ],
)
def test_wrong_arguments_are_one_line(
    argv: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(argv) == ExitCode.USAGE
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("mux: ")
    assert captured.err.count("\n") == 1


def test_a_task_like_an_option_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--dangerous"]) == ExitCode.USAGE
    assert "Put -- before a task that begins with a dash" in capsys.readouterr().err


def test_a_setting_without_a_value_is_a_usage_error(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["config", "path", "--set", "router"]) == ExitCode.USAGE
    assert "KEY=VALUE" in capsys.readouterr().err


def test_a_reader_that_leaves_is_no_error(own_home: Path) -> None:
    """`mux config show | head -1` ends quietly."""
    command = f"{sys.executable} -m mux_tui config show | head -1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
