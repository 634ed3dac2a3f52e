"""Replays are runs of their own, and falsify nothing that is told of the others."""

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from mux_tui.core.config.settings import Ledger as LedgerSettings
from mux_tui.core.ledger.exchange import json_line
from mux_tui.core.ledger.migrations import MIGRATIONS, statements
from mux_tui.core.ledger.query_parse import parse
from mux_tui.core.ledger.store import Ledger, open_ledger
from tests.core.ledger.facts import OWNER, a_decision, a_task, an_attempt, an_outcome
from tests.core.ledger.many import NOW, Stored, store

ORIGINAL = "01aaaa-one"
OTHER = "01bbbb-two"

RUNS = (
    Stored(ORIGINAL, NOW - 300),
    Stored(OTHER, NOW - 200, route="claude", cost_usd=0.5),
    Stored("01cccc-three", NOW - 100, cost_usd=0.25, replay_of=ORIGINAL),
    Stored(
        *("01dddd-four", NOW - 50),
        status="failed",
        route=None,
        cost_usd=None,
        replay_of=ORIGINAL,
    ),
    Stored("01eeee-five", NOW - 10, replay_of=OTHER),
)


async def ids(ledger: Ledger, query: str) -> list[str]:
    return [row.run_id for row in await ledger.search.page(parse(query), now=NOW)]


async def test_a_replay_names_the_run_that_it_repeats(ledger: Ledger) -> None:
    """And that run knows its replays, the oldest first."""
    original = a_task()
    await ledger.begin(original, OWNER)
    replays = [replace(a_task(), replay_of=original.run_id) for _ in range(2)]
    for task in replays:
        await ledger.begin(task, OWNER)
    found = await ledger.get(original.run_id)
    assert found is not None
    assert found.replay_of is None
    assert found.replays == tuple(task.run_id for task in replays)
    first = await ledger.get(replays[0].run_id)
    assert first is not None
    assert (first.replay_of, first.replays) == (original.run_id, ())
    rows = {row.run_id: row.replay_of for row in await ledger.recent(3)}
    assert rows == {original.run_id: None} | {
        task.run_id: original.run_id for task in replays
    }


async def test_a_run_in_a_copy_is_recorded_where_the_user_knows_it(
    ledger: Ledger,
) -> None:
    task = replace(a_task(), cwd=Path("/tmp/copy"), home=Path("/home/someone/shop"))
    await ledger.begin(task, OWNER)
    found = await ledger.get(task.run_id)
    assert found is not None
    assert found.cwd == "/home/someone/shop"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("replay:yes", ["01eeee-five", "01dddd-four", "01cccc-three"]),
        ("replay:no", [OTHER, ORIGINAL]),
        ("-replay:yes", [OTHER, ORIGINAL]),
        (f"replay:{ORIGINAL}", ["01dddd-four", "01cccc-three"]),
        ("replay:01AA", ["01dddd-four", "01cccc-three"]),
        ("replay:01aa,01bb status:done", ["01eeee-five", "01cccc-three"]),
        ("replay:no,01bb", ["01eeee-five", OTHER, ORIGINAL]),
        ("-replay:01aa", ["01eeee-five", OTHER, ORIGINAL]),
        ("replay:%", []),
    ],
)
async def test_replays_are_found(path: Path, query: str, found: list[str]) -> None:
    store(path, RUNS)
    async with open_ledger(path, LedgerSettings()) as ledger:
        assert await ids(ledger, query) == found
        assert parse(str(parse(query))) == parse(query)


@pytest.mark.parametrize("query", ["", "fix", "since:1h", "kind:advisory"])
async def test_statistics_tell_replays_beside_the_runs(path: Path, query: str) -> None:
    """Whatever index the query goes by."""
    store(path, RUNS)
    async with open_ledger(path, LedgerSettings()) as ledger:
        found = await ledger.search.statistics(parse(query), now=NOW)
    assert (found.runs, found.done, found.local_share) == (2, 2, 0.5)
    assert (found.cost_usd, found.local_tokens.runs) == (0.5, 1)
    assert found.statuses == {"done": 2}
    assert (found.replays, found.replays_cost_usd) == (3, 0.25)


async def test_statistics_by_one_word_leave_replays_out_too(path: Path) -> None:
    store(path, RUNS)
    async with open_ledger(path, LedgerSettings()) as ledger:
        found = await ledger.search.statistics(parse("route:local"))
    assert (found.runs, found.replays) == (1, 2)


async def test_replays_add_up_where_the_query_asks_for_them(path: Path) -> None:
    store(path, RUNS)
    async with open_ledger(path, LedgerSettings()) as ledger:
        found = await ledger.search.statistics(parse(f"replay:{ORIGINAL}"))
    assert (found.runs, found.statuses) == (2, {"done": 1, "failed": 1})
    assert (found.replays, found.cost_usd) == (0, 0.25)


async def test_the_summary_speaks_of_no_replay(path: Path) -> None:
    store(path, RUNS)
    async with open_ledger(path, LedgerSettings()) as ledger:
        found = await ledger.summary()
    assert (found.total, found.considered, found.last_run_id) == (2, 2, OTHER)
    assert (found.failures, found.local_share) == ((), 0.5)


async def test_what_is_learned_from_answers_is_not_learned_from_replays(
    ledger: Ledger,
) -> None:
    """Nor do they push the runs out that it is learned from."""
    original = a_task()
    for task in (original, replace(a_task(), replay_of=original.run_id)):
        await ledger.begin(task, OWNER)
        await ledger.decided(task.run_id, a_decision())
        await ledger.finish(an_outcome(task.run_id, "Hello.", an_attempt()))
    assert len(await ledger.local_scores(last=1)) == 1
    assert len(await ledger.local_scores(last=9)) == 1


async def test_an_export_carries_what_a_replay_repeats(
    path: Path, tmp_path: Path
) -> None:
    store(path, RUNS)
    async with open_ledger(path, LedgerSettings()) as ledger:
        lines = [json_line(run) async for run in ledger.search.details()]
    assert json.loads(lines[0])["replays"] == ["01cccc-three", "01dddd-four"]
    exported = tmp_path / "runs.jsonl"
    exported.write_text("".join(lines))
    elsewhere = tmp_path / "elsewhere" / "ledger.db"
    async with open_ledger(elsewhere, LedgerSettings()) as ledger:
        await ledger.keeping.take_in([exported])
        assert await ids(ledger, "replay:01aa") == ["01dddd-four", "01cccc-three"]
        again = [json_line(run) async for run in ledger.search.details()]
    assert [json.loads(line)["replay_of"] for line in again] == [
        run.replay_of for run in RUNS
    ]


async def test_an_older_ledger_has_no_replays(path: Path) -> None:
    """Its rows are there, counted, and can be repeated."""
    path.parent.mkdir(parents=True)
    older = [one for one in MIGRATIONS if one.__name__ < "m006"]
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for sql in statements(0, older):
            connection.execute(sql)
        for number in range(3):
            connection.execute(
                "INSERT INTO runs (run_id, started_at, door, cwd, task, task_length,"
                " route_requested, route, status, label, mux_version, owner_pid,"
                " owner_started) VALUES (?, 1000.5, 'cli', '/old', 'An old task.', 12,"
                " 'auto', 'local', 'done', 'good', '0.1', 1, 2)",
                (f"01old-{number}",),
            )
    async with open_ledger(path, LedgerSettings()) as ledger:
        assert len(await ids(ledger, "replay:no label:good")) == 3
        assert (await ledger.search.statistics()).runs == 3
        await ledger.begin(replace(a_task(), replay_of="01old-1"), OWNER)
        found = await ledger.get("01old-1")
        assert found is not None
        assert len(found.replays) == 1


def test_replays_are_counted_from_their_own_index(path: Path) -> None:
    """A million runs are not looked at for the few that repeat one."""
    from mux_tui.core.ledger.statistics_reading import of_replays
    from mux_tui.core.ledger.where import compiled

    store(path, RUNS)
    sql, values = of_replays(compiled(parse("route:local conf>0.1"), NOW), 100)
    with closing(sqlite3.connect(path)) as connection:
        plan = str(connection.execute(f"EXPLAIN QUERY PLAN {sql}", values).fetchall())
    assert "INDEX runs_by_replay" in plan
