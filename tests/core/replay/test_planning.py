"""Which runs of a query are meant: the newest, without replays, a few at a time."""

from pathlib import Path

import pytest

from mux_tui.core.config.settings import Ledger as LedgerSettings
from mux_tui.core.config.settings import Settings
from mux_tui.core.ledger.query_parse import parse
from mux_tui.core.ledger.store import open_ledger
from mux_tui.core.replay.planning import found_runs, trial_of
from tests.core.ledger.many import NOW, Stored, store

RUNS = [
    *(Stored(f"01run-{number:03}", NOW - 1000 + number) for number in range(120)),
    *(
        Stored(f"01zrep-{number}", NOW + number, replay_of="01run-119")
        for number in range(3)
    ),
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A ledger with many runs, and replays of one of them after all others."""
    file = tmp_path / "ledger" / "ledger.db"
    store(file, RUNS)
    return file


async def test_the_newest_runs_are_found_and_no_replays(path: Path) -> None:
    async with open_ledger(path, LedgerSettings()) as ledger:
        runs, count = await found_runs(ledger, parse(""), 3)
        assert [run.run_id for run in runs] == ["01run-119", "01run-118", "01run-117"]
        assert count.runs == 120
        runs, count = await found_runs(ledger, parse("replay:yes"), 2)
        assert [run.run_id for run in runs] == ["01zrep-2", "01zrep-1"]
        assert count.runs == 3


@pytest.mark.parametrize(
    ("query", "limit", "looked_at"),
    [("", 1000, 120), ("", 70, 70), ("id:01run-11", 1000, 10), ("replay:01run", 9, 3)],
)
async def test_decisions_are_tried_page_by_page(
    path: Path, query: str, limit: int, looked_at: int
) -> None:
    async with open_ledger(path, LedgerSettings()) as ledger:
        trial = await trial_of(ledger, parse(query), limit, Settings(), ())
    assert trial.runs == looked_at
    told = [one.run_id for one in trial.undecided]
    assert told == sorted(told, reverse=True)
    assert len(set(told)) == looked_at
