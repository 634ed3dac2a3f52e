"""What was acknowledged survives the end of the process, whenever it comes."""

from pathlib import Path

import pytest

from tests.ledger_torture import contend, kill


def test_no_acknowledged_run_is_lost_when_writers_are_killed(tmp_path: Path) -> None:
    report = kill(tmp_path / "ledger.db", rounds=4, writers=2)
    assert report.ok, report


@pytest.mark.slow
def test_no_acknowledged_run_is_lost_in_many_kills(tmp_path: Path) -> None:
    report = kill(tmp_path / "ledger.db", rounds=25, writers=3, seed=2)
    assert report.ok, report


def test_writers_at_the_same_time_neither_fail_nor_starve(tmp_path: Path) -> None:
    """Making the ledger, too, is something they all do at once."""
    report = contend(tmp_path / "ledger.db", writers=4, seconds=0.8)
    assert report.ok, report
    assert report.longest_commit < 5
