"""`mux server`: what it prints, and how it ends."""

import json
from pathlib import Path

import pytest

from mux_tui.__main__ import main
from mux_tui.cli.diagnostics import ExitCode

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def state(own_home: Path) -> Path:
    """The state directory, made."""
    directory = own_home / "mux" / "state"
    directory.mkdir(parents=True)
    return directory


def _recorded(state: Path) -> None:
    record = {
        "instance": "a" * 32,
        "port": 4000,
        "model": "/models/\x1b[31ma",
        "fingerprint": "f",
        "started_at": 4e9,
        "pid": 2**22 + 5,
        "state": "ready",
    }
    (state / "server.json").write_text(json.dumps(record))


def test_without_a_server_the_status_is_stopped(
    own_home: Path, capsys: Capture
) -> None:
    assert main(["server", "status"]) == ExitCode.OK
    assert capsys.readouterr().out == "○ stopped: No model server is running.\n"
    assert not (own_home / "mux").exists()


def test_the_status_as_json_has_its_schema(own_home: Path, capsys: Capture) -> None:
    assert main(["server", "status", "--json"]) == ExitCode.OK
    found = json.loads(capsys.readouterr().out)
    assert found["schema"] == "mux.server.status/1"
    assert (found["state"], found["pid"], found["log_lines"]) == ("stopped", None, [])


def test_a_crash_is_shown_with_the_end_of_the_log(state: Path, capsys: Capture) -> None:
    _recorded(state)
    (state / "server.log").write_text("one\nMemory\x1bError\nMemoryError\n")
    assert main(["server", "status"]) == ExitCode.OK
    out = capsys.readouterr().out
    assert out.startswith("✗ crashed: It has crashed: memory ran out.\n")
    assert "    MemoryError\n" in out
    assert "\x1b" not in out
    assert (state / "server.json").exists()


def test_stopping_what_does_not_run_is_done_already(
    state: Path, capsys: Capture
) -> None:
    _recorded(state)
    assert main(["server", "stop"]) == ExitCode.OK
    assert capsys.readouterr().out == "no model server was running\n"
    assert not (state / "server.json").exists()
    assert main(["server", "stop", "--json"]) == ExitCode.OK
    found = json.loads(capsys.readouterr().out)
    assert (found["schema"], found["stopped"]) == ("mux.server.stop/1", False)


def test_without_a_model_a_start_says_how_to_get_one(capsys: Capture) -> None:
    assert main(["server", "start"]) == ExitCode.ENVIRONMENT
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("mux: no local model: none is installed. ")
    assert "mux setup --starter" in captured.err


@pytest.mark.parametrize(
    "name", ["missing", "--trust-remote-code", "../..", "a\x1b[1mb"]
)
def test_a_model_that_is_none_is_one_line(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["server", "start", f"--model={name}"]) == ExitCode.ENVIRONMENT
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert "no model at" in captured.err
    assert "\x1b" not in captured.err


def test_the_logs_are_safe_to_show(state: Path, capsys: Capture) -> None:
    (state / "server.log").write_text("one\ntwo\x1b]0;x\x07\nthree\n")
    (state / "server.log.prev").write_text("before\n")
    assert main(["server", "logs", "-n", "2"]) == ExitCode.OK
    assert capsys.readouterr().out == "two␛]0;x␇\nthree\n"
    assert main(["server", "logs", "--previous", "--json"]) == ExitCode.OK
    found = json.loads(capsys.readouterr().out)
    assert (found["schema"], found["lines"]) == ("mux.server.logs/1", ["before"])


def test_no_log_is_said(capsys: Capture) -> None:
    assert main(["server", "logs"]) == ExitCode.FAILED
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("mux: there is no log yet at ")


@pytest.mark.parametrize("count", ["0", "-1", "x", "1e3", "99999999999"])
def test_a_wrong_number_of_lines_is_a_usage_error(count: str, capsys: Capture) -> None:
    assert main(["server", "logs", f"--lines={count}"]) == ExitCode.USAGE
    assert "must be a number from 1 to 10000" in capsys.readouterr().err
