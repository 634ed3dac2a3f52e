"""The export for programs that analyse tables."""

import json
import stat
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from mux_tui.core.config.settings import Ledger as LedgerSettings
from mux_tui.core.errors import EnvironmentProblem
from mux_tui.core.ledger.parquet import export_parquet
from mux_tui.core.ledger.query_parse import parse
from mux_tui.core.ledger.store import Ledger, open_ledger
from tests.core.ledger.facts import (
    OWNER,
    a_file_decision,
    a_file_outcome,
    a_task,
    an_attempt,
)
from tests.core.ledger.many import Stored, random_runs, store


def table(path: Path) -> Any:
    return import_module("pyarrow.parquet").read_table(path)


async def test_a_run_is_a_row_with_typed_columns(
    ledger: Ledger, tmp_path: Path
) -> None:
    await ledger.begin(a_task("Hi \x1b there", run_id="01a-x"), OWNER)
    await ledger.decided("01a-x", a_file_decision())
    await ledger.finish(a_file_outcome("01a-x", attempts=(an_attempt(),)))
    await ledger.label("01a-x", "good")
    target = tmp_path / "runs.parquet"
    target.write_text("old")
    assert await export_parquet(ledger, target) == 1
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    found = table(target)
    (row,) = found.to_pylist()
    assert (row["run_id"], row["task"], row["label"]) == (
        *("01a-x", "Hi \x1b there"),
        "good",
    )
    assert (row["applied"], row["confidence"], row["input_tokens"]) == (True, 0.75, 120)
    assert abs(row["timestamp"].timestamp() - row["started_at"]) < 0.001
    (attempt,) = json.loads(row["attempts"])
    assert attempt["attempt_route"] == "local"
    assert json.loads(row["files"]) == ["src/sum.py", "new.txt"]
    assert "owner_pid" not in row
    assert not [one for one in tmp_path.iterdir() if one.name.startswith(".")]


async def test_the_runs_of_a_query_are_written_in_groups(
    path: Path, tmp_path: Path
) -> None:
    store(path, [*random_runs(2500), Stored("zz-x", started_at=1e300)])
    target = tmp_path / "runs.parquet"
    async with open_ledger(path, LedgerSettings()) as ledger:
        assert await export_parquet(ledger, target) == 2501
        found = table(target)
        assert found.num_rows == 2501
        assert found["timestamp"][2500].as_py() is None
        columns = found.schema
        assert await export_parquet(ledger, target, parse("id:nothing")) == 0
    assert table(target).num_rows == 0
    assert table(target).schema == columns


async def test_without_the_library_it_says_what_to_install(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(EnvironmentProblem, match=r"mux-tui\[parquet\]"):
        await export_parquet(ledger, tmp_path / "runs.parquet")


async def test_a_file_that_cannot_be_written_is_said(
    ledger: Ledger, tmp_path: Path
) -> None:
    with pytest.raises(EnvironmentProblem, match="cannot write"):
        await export_parquet(ledger, tmp_path / "no" / "where")
