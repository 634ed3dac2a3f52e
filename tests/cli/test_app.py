"""The command line as a whole: help, wrong arguments, pipes."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from mux_tui import __version__
from mux_tui.__main__ import main
from mux_tui.cli import app
from mux_tui.cli.diagnostics import ExitCode
from mux_tui.cli.parser import NAMES
from tests.cli.muxing import PROJECT, World


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


@pytest.mark.parametrize("argv", [[], ["-q"], ["--debug"], ["--set", "ui.theme=auto"]])
def test_no_command_without_a_terminal_is_a_usage_error(
    argv: list[str], world: World
) -> None:
    ended = world.mux(*argv)
    assert (ended.code, ended.out) == (ExitCode.USAGE, "")
    assert ended.err.splitlines()[-1].startswith("mux: the cockpit needs a terminal")


def test_an_option_that_lacks_its_value_is_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--set"]) == ExitCode.USAGE
    assert "expected one argument" in capsys.readouterr().err


def test_line_mode_takes_no_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--line", "run", "x"]) == ExitCode.USAGE
    assert "Write: mux --line" in capsys.readouterr().err


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


def test_a_group_without_a_command_names_its_commands(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["themes"]) == ExitCode.USAGE
    said = "mux: themes: it needs a command. Write: mux themes list|check|path\n"
    assert capsys.readouterr().err == said


@pytest.mark.parametrize("option", ["-q", "--debug", "--json", "--set"])
def test_an_option_before_the_command_is_explained(
    option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([option, "status"]) == ExitCode.USAGE
    assert f"Write: mux COMMAND {option}\n" in capsys.readouterr().err


@pytest.mark.parametrize("limit", ["abc", "0", "-1", "nan", "inf"])
def test_a_time_limit_that_is_none_says_what_it_must_be(
    limit: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "x", f"--time-limit={limit}"]) == ExitCode.USAGE
    assert "must be a number of seconds above 0" in capsys.readouterr().err


@pytest.mark.parametrize("debug", [False, True])
def test_a_bug_is_one_line_unless_more_is_asked_for(
    debug: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise KeyError("\x1b[2J")

    monkeypatch.setattr(app, "_shell", broken)
    assert main(["status", *(["--debug"] if debug else [])]) == ExitCode.FAILED
    err = capsys.readouterr().err
    assert "mux: mux itself failed (KeyError): " in err
    assert ("Traceback" in err) == debug
    assert debug or "\x1b" not in err


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


def test_ctrl_c_while_mux_still_imports_leaves_no_trace(world: World) -> None:
    """Half of the start is imports, and impatient people press it then."""
    (world.home / "sitecustomize.py").write_text(
        "import os, signal, sys\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "class Finder:\n"
        "    @staticmethod\n"
        "    def find_spec(name, path=None, target=None):\n"
        "        if name == 'mux_tui.cli.parser':\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Finder)\n"
    )
    world.variables["PYTHONPATH"] = f"{world.home}{os.pathsep}{PROJECT}"
    ended = world.mux("status")
    assert (ended.code, ended.out, ended.err) == (-signal.SIGINT, "", "")
