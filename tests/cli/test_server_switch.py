"""`mux server switch`, and what a running server tells; with a played server."""

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mux_tui.__main__ import main
from mux_tui.cli.diagnostics import ExitCode
from mux_tui.cli.shell import Shell
from mux_tui.core.config.environment import Environment
from mux_tui.core.model_server import lifecycle
from tests.core.model_server.conftest import FAKE, alive
from tests.core.model_server.conftest import model as model
from tests.core.model_server.conftest import pids as pids

Capture = pytest.CaptureFixture[str]
Play = Callable[[str], None]


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch, pids: Path) -> Play:
    """Has every server that is started from now on play this part."""

    def played(mode: str) -> None:
        def program(_python: str) -> tuple[str, ...]:
            return (sys.executable, "-P", "-S", str(FAKE), mode, str(pids))

        monkeypatch.setattr(lifecycle, "mlx_program", program)

    played("ok")
    return played


@pytest.fixture
def installed(model: Path) -> Path:
    """A model that mux has installed, and which the settings do not name."""
    directory = Environment().paths.models / "second"
    directory.parent.mkdir(parents=True)
    return Path(shutil.copytree(model, directory))


def test_another_model_is_served_and_named_in_the_settings(
    play: Play, model: Path, installed: Path, pids: Path, capsys: Capture
) -> None:
    assert main(["server", "start", "--model", str(model)]) == ExitCode.OK
    capsys.readouterr()
    assert main(["server", "switch", "second", "--json"]) == ExitCode.OK
    captured = capsys.readouterr()
    told = json.loads(captured.out)
    assert told["schema"] == "mux.server.switch/1"
    assert (told["model"], told["setting"]) == (str(installed), "second")
    assert "… model server stopping: it serves a-model" in captured.err
    assert alive(pids) == [told["pid"]]
    assert main(["config", "get", "providers.local.model"]) == ExitCode.OK
    assert capsys.readouterr().out.strip().strip('"') == "second"

    assert main(["server", "switch", str(model)]) == ExitCode.OK
    assert capsys.readouterr().out.startswith("a-model is served at http://127.0.0.1:")
    assert main(["config", "get", "providers.local.model"]) == ExitCode.OK
    assert str(model) in capsys.readouterr().out


def test_a_model_that_does_not_come_up_is_not_named_in_the_settings(
    play: Play, model: Path, installed: Path, pids: Path, capsys: Capture
) -> None:
    play("picky")
    assert main(["server", "switch", str(model)]) == ExitCode.OK
    (installed / "broken").touch()
    assert main(["server", "switch", "second"]) == ExitCode.ENVIRONMENT
    said = capsys.readouterr().err.splitlines()[-1]
    assert said.startswith("mux: cannot switch to second: ")
    assert "ValueError: no such layer; a-model is served again" in said
    assert main(["config", "get", "providers.local.model"]) == ExitCode.OK
    assert str(model) in capsys.readouterr().out
    assert len(alive(pids)) == 1


@pytest.mark.parametrize(
    "name",
    ["missing", "--trust-remote-code", "../../x", "a/b; rm", "\x1b[31mred", "🦙", ""],
)
def test_what_is_no_model_is_one_line_and_starts_nothing(
    name: str,
    play: Play,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    pids: Path,
    capsys: Capture,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["server", "switch", "--", name]) == ExitCode.USAGE
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert "there is no model" in captured.err
    assert "\x1b" not in captured.err
    assert alive(pids) == []


def test_somebody_elses_server_is_not_switched(play: Play, capsys: Capture) -> None:
    url = "http://127.0.0.1:11434/v1"
    asked = ["server", "switch", "x", "--set", f"providers.local.base_url={url}"]
    assert main(asked) == ExitCode.USAGE
    assert f"is served by {url}, not by mux" in capsys.readouterr().err


def test_a_setting_that_outweighs_the_file_is_said(
    play: Play, model: Path, installed: Path, capsys: Capture
) -> None:
    asked = ["--set", f"providers.local.model={model}"]
    assert main(["server", "switch", "second", *asked]) == ExitCode.OK
    assert "the next task here switches back" in capsys.readouterr().err


def test_the_countdown_of_an_idle_server_is_shown(
    play: Play, model: Path, capsys: Capture
) -> None:
    play("counting-down")
    assert main(["server", "start", "--model", str(model)]) == ExitCode.OK
    capsys.readouterr()
    assert main(["server", "status"]) == ExitCode.OK
    assert "in 1 min 30 s, unless a request comes" in capsys.readouterr().out
    assert main(["server", "status", "--json"]) == ExitCode.OK
    told = json.loads(capsys.readouterr().out)
    assert (told["idle_seconds_left"], told["open_requests"]) == (90.5, 0)
    assert told["idle_stops_at"] > 1.7e9


def test_what_to_change_when_memory_ran_out_is_shown(
    play: Play, model: Path, capsys: Capture
) -> None:
    play("exhausts-memory")
    start = ["server", "start", "--model", str(model)]
    assert main(start) == ExitCode.ENVIRONMENT
    said = capsys.readouterr().err
    assert "MemoryError" in said
    assert "memory ran out. Choose a smaller model" in said


def test_an_upgrade_is_said_and_the_old_server_is_not_ended_unasked(
    play: Play, model: Path, pids: Path, capsys: Capture
) -> None:
    """Started by another version, or with other settings; nobody is there to ask."""
    start = ["server", "start", "--model", str(model)]
    assert main(start) == ExitCode.OK
    (pid,) = alive(pids)
    assert main([*start, "--set", "server.idle_minutes=3"]) == ExitCode.OK
    assert "started with other settings; stop it" in capsys.readouterr().err
    assert alive(pids) == [pid]
    assert main(["server", "status", "--set", "server.idle_minutes=3"]) == ExitCode.OK
    assert "by another mux version or with other settings" in capsys.readouterr().out


@pytest.mark.parametrize(("answer", "renewed"), [("y\n", True), ("\n", False)])
def test_at_a_terminal_it_is_asked_whether_to_start_it_anew(
    answer: str,
    renewed: bool,
    play: Play,
    model: Path,
    pids: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Capture,
) -> None:
    async def typed(_: Shell) -> str:
        return answer

    start = ["server", "start", "--model", str(model)]
    assert main(start) == ExitCode.OK
    (pid,) = alive(pids)
    monkeypatch.setattr(Shell, "answer", typed)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert main([*start, "--set", "server.idle_minutes=3"]) == ExitCode.OK
    assert "start it anew? [y/N]" in capsys.readouterr().err
    assert (alive(pids) != [pid]) is renewed
    assert len(alive(pids)) == 1
