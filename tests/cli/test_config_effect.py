"""`mux config effect`: what another confidence threshold would have kept."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest

from mux_tui.__main__ import main
from mux_tui.cli.diagnostics import ExitCode
from mux_tui.core.config.settings import Ledger as LedgerSettings
from mux_tui.core.ledger.store import open_ledger
from mux_tui.core.task import Confidence, Verdict
from tests.core.ledger.facts import OWNER, a_decision, a_task, an_attempt

Capture = pytest.CaptureFixture[str]


async def _record(path: Path) -> None:
    async with open_ledger(path, LedgerSettings()) as ledger:
        for score, good in ((0.9, True), (0.65, False)):
            task = a_task()
            await ledger.begin(task, OWNER)
            await ledger.decided(task.run_id, a_decision())
            verdict = Verdict("pass" if good else "fail", "")
            attempt = replace(
                an_attempt(), confidence=Confidence(score, ()), verdict=verdict
            )
            await ledger.attempted(task.run_id, attempt)


def test_each_threshold_has_its_row(own_home: Path, capsys: Capture) -> None:
    asyncio.run(_record(own_home / "mux" / "data" / "ledger.db"))
    assert main(["config", "effect", "0.7"]) == ExitCode.OK
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert rows[1:] == [["0.6", "2", "2", "100%", "1"], ["0.7", "2", "1", "50%", "0"]]
    assert main(["config", "effect", "--json"]) == ExitCode.OK
    document = json.loads(capsys.readouterr().out)
    assert document["effects"] == [
        {"threshold": 0.6, "answers": 2, "kept": 2, "share": 1.0, "failed": 1}
    ]


def test_without_a_ledger_none_is_made(own_home: Path, capsys: Capture) -> None:
    assert main(["config", "effect"]) == ExitCode.OK
    assert capsys.readouterr().err == "no local answer is recorded yet\n"
    assert not (own_home / "mux").exists()


@pytest.mark.parametrize("wrong", ["1.5", "x"])
def test_a_threshold_is_between_0_and_1(wrong: str) -> None:
    assert main(["config", "effect", wrong]) == ExitCode.USAGE
