"""`mux models bench`: measured, told and remembered; with a played server."""

import json
from pathlib import Path

import pytest

from mux_tui.__main__ import main
from mux_tui.cli.diagnostics import ExitCode
from mux_tui.core.config.environment import Environment
from mux_tui.core.machine import measured as measuring
from mux_tui.core.model_server.speed import Speed
from tests.cli.promised import problems
from tests.cli.test_server_switch import Play
from tests.cli.test_server_switch import installed as installed
from tests.cli.test_server_switch import play as play
from tests.core.model_server.conftest import alive
from tests.core.model_server.conftest import model as model
from tests.core.model_server.conftest import pids as pids

Capture = pytest.CaptureFixture[str]
SECOND = "--set=providers.local.model=second"


def test_it_starts_the_server_measures_and_remembers(
    play: Play,
    installed: Path,
    pids: Path,
    capsys: Capture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def timed(*_: object) -> Speed:
        return Speed(200.0, 31.25)

    # The played server streams nothing that could be timed.
    monkeypatch.setattr(measuring, "measure", timed)
    assert main(["models", "bench", SECOND, "--json"]) == ExitCode.OK
    captured = capsys.readouterr()
    told = json.loads(captured.out)
    assert problems(told, "models bench") == []
    assert told["model"] == installed.name
    assert "… model server ready" in captured.err
    remembered = measuring.measured(Environment().paths, "second")
    assert remembered == measuring.Measured(200.0, 31.25)

    assert main(["models", "bench", SECOND]) == ExitCode.OK
    captured = capsys.readouterr()
    assert captured.out == "second: reads 200.0 tokens/s, writes 31.2 tokens/s\n"
    assert "model server" not in captured.err
    assert len(alive(pids)) == 1


def test_a_server_that_gives_no_answer_is_an_error(
    play: Play, installed: Path, pids: Path, capsys: Capture
) -> None:
    assert main(["models", "bench", SECOND]) == ExitCode.ENVIRONMENT
    assert "not measured: the model server gave no whole answer" in (
        capsys.readouterr().err
    )


def test_without_a_model_it_says_how_to_have_one(capsys: Capture) -> None:
    assert main(["models", "bench"]) == ExitCode.ENVIRONMENT
    assert "mux setup --starter" in capsys.readouterr().err


def test_somebody_elses_server_is_not_measured(capsys: Capture) -> None:
    url = "--set=providers.local.base_url=http://127.0.0.1:9/v1"
    assert main(["models", "bench", url]) == ExitCode.USAGE
    assert "not by mux" in capsys.readouterr().err
