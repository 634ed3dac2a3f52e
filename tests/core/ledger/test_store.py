"""What is handed to the ledger is in it, exactly, once the call returns."""

import asyncio
import dataclasses
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from mux_tui import __version__
from mux_tui.core.config.settings import Ledger as LedgerSettings
from mux_tui.core.errors import LedgerError, UsageError
from mux_tui.core.ledger.encode import CONVENTIONS
from mux_tui.core.ledger.rows import RunDetail
from mux_tui.core.ledger.store import Ledger, open_ledger
from mux_tui.core.task import Outcome
from tests.core.ledger.facts import (
    OWNER,
    a_decision,
    a_failure,
    a_task,
    an_attempt,
    an_outcome,
)


def stored(path: Path, sql: str) -> list[tuple[object, ...]]:
    """What another program reads in the file right now."""
    connection = sqlite3.connect(path)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


async def a_run(ledger: Ledger, text: str = "Say hello.", **changes: object) -> str:
    """Record a whole run and return its id."""
    task = a_task(text)
    await ledger.begin(task, OWNER)
    await ledger.decided(task.run_id, a_decision())
    outcome = dataclasses.replace(an_outcome(task.run_id), **changes)  # pyright: ignore[reportArgumentType]
    await ledger.finish(outcome)
    return task.run_id


async def found(ledger: Ledger, reference: str) -> RunDetail:
    """The run of that id, which must be there."""
    run = await ledger.get(reference)
    assert run is not None
    return run


async def test_every_step_is_on_disk_when_its_call_returns(
    ledger: Ledger, path: Path
) -> None:
    task = a_task()
    await ledger.begin(task, OWNER, "/home/someone")
    assert stored(path, "SELECT run_id, status FROM runs") == [(task.run_id, "running")]
    await ledger.decided(task.run_id, a_decision())
    assert stored(path, "SELECT decided_route, kind FROM runs") == [
        ("local", "advisory")
    ]
    await ledger.attempted(task.run_id, an_attempt())
    assert stored(path, "SELECT run, number FROM attempts") == [(1, 1)]
    await ledger.finish(an_outcome(task.run_id))
    assert stored(path, "SELECT status FROM runs") == [("done",)]


async def test_all_facts_of_a_run_come_back(ledger: Ledger) -> None:
    before = time.time()
    task = a_task()
    await ledger.begin(task, OWNER, "/home/someone")
    await ledger.decided(task.run_id, a_decision())
    await ledger.attempted(task.run_id, a_failure(1))
    await ledger.attempted(task.run_id, an_attempt(2))
    await ledger.finish(an_outcome(task.run_id))
    run = await found(ledger, task.run_id)

    assert (run.id, run.task, run.task_length) == (1, "Say hello.", 10)
    assert (run.door, run.cwd) == ("cli", "/home/someone/project")
    assert run.repository == "/home/someone"
    assert (run.verify, run.time_limit) == (["grep -q hello"], 60.0)
    assert (run.kind, run.route_requested) == ("advisory", "auto")
    assert (run.decided_route, run.decided_reason) == ("local", "local_preferred")
    assert run.decision["sentence"] == "Nothing speaks against the local model."
    assert run.decision["inputs"][0]["name"] == "keywords"
    assert run.decision["flips"] == ["One keyword would send it to the cloud."]
    assert run.decision["fallbacks"] == ["claude", "codex"]
    assert (run.status, run.reason) == ("done", "local_preferred")
    assert run.sentence == "The local model did it."
    assert (run.route, run.backend) == ("local", "chat_completions")
    assert (run.model, run.confidence) == ("starter-135m", 0.75)
    assert (run.verdict, run.verdict_summary) == ("pass", "1 of 1 checks passed")
    assert (run.retries, run.files, run.next_step) == (1, ["hello.py"], None)
    assert (run.input_tokens, run.output_tokens) == (120, 34)
    assert (run.cached_tokens, run.reasoning_tokens, run.cost_usd) == (100, 4, 0.5)
    assert (run.output, run.output_length) == ("Hello.", 6)
    assert (run.mux_version, run.owner_pid) == (__version__, OWNER.pid)
    assert run.owner_started == OWNER.started
    assert run.ended_at is not None
    assert before <= run.started_at <= run.ended_at <= time.time()
    assert run.duration == 2.5


async def test_attempts_come_back_as_children(ledger: Ledger) -> None:
    task = a_task()
    await ledger.begin(task, OWNER)
    await ledger.attempted(task.run_id, a_failure(1))
    await ledger.attempted(task.run_id, an_attempt(2))
    failure, answer = (await found(ledger, task.run_id)).attempts

    assert (failure.number, failure.route, failure.backend) == (1, "claude", "claude")
    assert (failure.fault, failure.error) == ("not_logged_in", "Not logged in.")
    assert (failure.output, failure.confidence, failure.verdict) == (None, None, None)
    assert (answer.model_requested, answer.model) == ("starter", "starter-135m")
    assert (answer.finish_reason, answer.first_token_seconds) == ("stop", 0.25)
    assert (answer.session_id, answer.duration) == ("session-1", 1.5)
    assert (answer.input_tokens, answer.output_tokens) == (120, 34)
    assert (answer.cached_tokens, answer.reasoning_tokens) == (100, 4)
    assert (answer.cost_usd, answer.confidence, answer.verdict) == (0.5, 0.75, "pass")
    assert answer.factors[0]["note"] == "It ended by itself."
    assert answer.checks[0]["name"] == "python"
    assert (answer.notes, answer.output) == (["One event was skipped."], "Hello.")


async def test_finishing_records_attempts_that_were_not_told_and_doubles_none(
    ledger: Ledger,
) -> None:
    task = a_task()
    await ledger.begin(task, OWNER)
    await ledger.attempted(task.run_id, an_attempt(1, "first words"))
    await ledger.finish(
        an_outcome(task.run_id, "Hi", an_attempt(1, "last words"), a_failure(2))
    )
    attempts = (await found(ledger, task.run_id)).attempts
    assert [(a.number, a.output) for a in attempts] == [(1, "last words"), (2, None)]


async def test_a_cancelled_caller_loses_nothing(ledger: Ledger, path: Path) -> None:
    """The outcome is written even when nobody waits for it any more."""
    task = a_task()
    await ledger.begin(task, OWNER)
    finishing = asyncio.create_task(ledger.finish(an_outcome(task.run_id)))
    await asyncio.sleep(0)
    finishing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await finishing
    # Jobs are done in order: when the next one is written, that one is.
    await ledger.begin(a_task(), OWNER)
    assert (await found(ledger, task.run_id)).status == "done"


async def test_closing_writes_what_was_handed_over_even_under_repeated_cancels(
    path: Path, settings: LedgerSettings
) -> None:
    tasks = [a_task() for _ in range(30)]

    async def record() -> None:
        async with open_ledger(path, settings) as ledger:
            opened.set()
            await asyncio.gather(*(ledger.begin(task, OWNER) for task in tasks))
            await asyncio.Event().wait()

    opened = asyncio.Event()
    recording = asyncio.create_task(record())
    await opened.wait()
    await asyncio.sleep(0)
    while not recording.done():
        recording.cancel()
        await asyncio.sleep(0.001)
    assert recording.cancelled()
    assert stored(path, "SELECT count(*) FROM runs") == [(30,)]


async def test_an_outcome_without_a_beginning_is_refused(ledger: Ledger) -> None:
    with pytest.raises(LedgerError, match="beginning is not in the ledger"):
        await ledger.finish(an_outcome("never-begun", "", an_attempt()))
    assert await ledger.details(0, 10) == ()


async def test_the_same_run_id_twice_is_refused_and_the_first_stays(
    ledger: Ledger,
) -> None:
    task = a_task("first")
    await ledger.begin(task, OWNER)
    with pytest.raises(LedgerError, match="UNIQUE"):
        await ledger.begin(a_task("second", task.run_id), OWNER)
    assert (await found(ledger, task.run_id)).task == "first"


async def test_a_closed_ledger_says_so(path: Path, settings: LedgerSettings) -> None:
    async with open_ledger(path, settings) as ledger:
        pass
    with pytest.raises(LedgerError, match="closed"):
        await ledger.begin(a_task(), OWNER)
    with pytest.raises(LedgerError):
        await ledger.recent(1)


async def test_pages_go_from_new_to_old_without_gaps(ledger: Ledger) -> None:
    ids = [await a_run(ledger) for _ in range(7)]
    pages: list[str] = []
    before: int | None = None
    while page := await ledger.recent(3, before):
        pages.extend(row.run_id for row in page)
        before = page[-1].id
    assert pages == ids[::-1]
    assert await ledger.recent(0) == await ledger.recent(-5) == ()


async def test_pages_can_be_kept_to_one_route_or_status(ledger: Ledger) -> None:
    local = await a_run(ledger)
    claude = await a_run(ledger, route="claude")
    failed = await a_run(ledger, status="failed", route=None)
    rows = [
        await ledger.recent(9, route="local"),
        await ledger.recent(9, route="claude"),
        await ledger.recent(9, status="failed"),
        await ledger.recent(9, 3, status="done"),
    ]
    names = [[row.run_id for row in page] for page in rows]
    assert names == [[local], [claude], [failed], [claude, local]]


async def test_filtered_pages_are_read_from_an_index(
    ledger: Ledger, path: Path
) -> None:
    for column in ("route", "status"):
        plan = stored(
            path,
            f"EXPLAIN QUERY PLAN SELECT * FROM runs WHERE {column} = 'x' AND id < 9"
            " ORDER BY id DESC LIMIT 5",
        )
        words = str(plan)
        assert f"runs_by_{column}" in words
        assert "TEMP B-TREE" not in words


async def test_a_run_is_found_by_the_beginning_of_its_id(ledger: Ledger) -> None:
    await ledger.begin(a_task("one", "01aaa-x"), OWNER)
    await ledger.begin(a_task("two", "01aab-x"), OWNER)
    assert (await found(ledger, "01aaa")).task == "one"
    assert (await found(ledger, " 01AAB-X\n")).task == "two"
    with pytest.raises(UsageError, match="01aaa-x, 01aab-x"):
        await ledger.get("01aa")


@pytest.mark.parametrize(
    "reference",
    [
        "",
        "zz",
        "%",
        "_1",
        "'; DROP TABLE runs; --",
        "01aaa-x~",
        "\ud800",
        "\0",
        "9" * 999,
    ],
)
async def test_a_reference_that_names_nothing_finds_nothing(
    ledger: Ledger, reference: str
) -> None:
    await ledger.begin(a_task("one", "01aaa-x"), OWNER)
    assert await ledger.get(reference) is None


@pytest.mark.parametrize(
    "text",
    ["'; DROP TABLE runs; --", "a\0b", "\x1b[2J", "%_\\", "ä€😀", " \n", "\u202e", ""],
)
async def test_a_text_comes_back_as_it_was(ledger: Ledger, text: str) -> None:
    run = await found(ledger, await a_run(ledger, text, output=text))
    assert (run.task, run.output) == (text, text)
    assert (run.task_length, run.output_length) == (len(text), len(text))


async def test_what_sqlite_cannot_hold_is_replaced(ledger: Ledger) -> None:
    """Half a character and a number of 65 bits do not cost the row."""
    usage = dataclasses.replace(an_outcome("").usage, input_tokens=2**64)
    run = await found(ledger, await a_run(ledger, "a\ud800b", usage=usage))
    assert (run.task, run.input_tokens, run.output_tokens) == ("a?b", None, 34)


async def test_values_of_the_wrong_type_are_read_as_nothing(
    ledger: Ledger, path: Path
) -> None:
    """Whoever edits the file by hand cannot break its reading."""
    run_id = await a_run(ledger)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(
            "UPDATE runs SET started_at = 'soon', confidence = 'high', files = '{}',"
            " decision = 'none', gen_ai_usage_input_tokens = 1.5, task = x'00ff'"
        )
    run = await found(ledger, run_id)
    assert (run.started_at, run.confidence, run.input_tokens) == (0.0, None, None)
    assert (run.files, run.decision, run.task) == ([], {}, None)
    assert (await ledger.recent(1))[0].started_at == 0.0


async def test_a_clock_that_is_set_back_gives_no_negative_times(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = a_task()
    clock = iter([5000.0, 1400.0])
    monkeypatch.setattr(time, "time", lambda: next(clock))
    await ledger.begin(task, OWNER)
    await ledger.finish(an_outcome(task.run_id))
    run = await found(ledger, task.run_id)
    assert (run.started_at, run.ended_at, run.duration) == (5000.0, 5000.0, 2.5)


async def test_rows_of_processes_that_are_gone_become_interrupted(
    ledger: Ledger,
) -> None:
    ours, lost = a_task(), a_task()
    await ledger.begin(ours, OWNER)
    await ledger.begin(lost, dataclasses.replace(OWNER, pid=77))
    done = await a_run(ledger)
    asked: list[tuple[int, float]] = []

    def alive(pid: int, started: float) -> bool:
        asked.append((pid, started))
        return pid == OWNER.pid

    assert await ledger.sweep(alive) == 1
    assert asked == [(OWNER.pid, OWNER.started), (77, OWNER.started)]
    run = await found(ledger, lost.run_id)
    assert (run.status, run.reason, run.ended_at) == (
        "interrupted",
        "interrupted",
        None,
    )
    assert run.sentence == "mux (process 77) ended before the task did"
    assert (await found(ledger, ours.run_id)).status == "running"
    assert (await found(ledger, done)).status == "done"
    assert await ledger.sweep(alive) == 0


async def test_the_summary_speaks_of_the_newest_runs_only(ledger: Ledger) -> None:
    await a_run(ledger, status="failed", reason="error", route=None)
    await a_run(ledger)
    await a_run(ledger, route="claude")
    bad = await a_run(ledger, status="declined", reason="cloud_not_allowed", route=None)
    last = await a_run(ledger)
    summary = await ledger.summary(last=4)

    assert (summary.total, summary.considered, summary.last_run_id) == (5, 4, last)
    assert (summary.last_status, summary.last_route) == ("done", "local")
    assert summary.route_counts == {"local": 2, "claude": 1, "none": 1}
    assert summary.status_counts == {"done": 3, "declined": 1}
    assert summary.local_share == 2 / 3
    assert [(f.run_id, f.reason) for f in summary.failures] == [
        (bad, "cloud_not_allowed")
    ]


async def test_an_answer_from_the_cloud_is_no_failure(ledger: Ledger) -> None:
    await a_run(ledger, route="claude", reason="high_complexity")
    assert (await ledger.summary()).failures == ()


async def test_the_summary_of_an_empty_ledger_is_empty(ledger: Ledger) -> None:
    summary = await ledger.summary()
    assert (summary.total, summary.last_run_id, summary.local_share) == (0, None, None)


async def test_columns_are_named_as_opentelemetry_names_them(
    ledger: Ledger, path: Path
) -> None:
    columns = {
        str(row[1])
        for table in ("runs", "attempts", "exchanges")
        for row in stored(path, f"PRAGMA table_info({table})")
    }
    assert set(CONVENTIONS) <= columns
    assert {n for n in columns if n.startswith("gen_ai_")} == set(CONVENTIONS)
    for column, attribute in CONVENTIONS.items():
        assert attribute.replace(".", "_") == column


async def test_a_long_browse_does_not_let_the_log_grow(
    ledger: Ledger, path: Path
) -> None:
    """Readers read to the end at once, so that SQLite can empty its -wal file."""
    for _ in range(60):
        await a_run(ledger, "x" * 20_000, output="y" * 150_000)
        await ledger.recent(50)
    assert path.with_name("ledger.db-wal").stat().st_size < 16 * 1024 * 1024


async def test_an_outcome_of_many_megabytes_is_kept_whole(ledger: Ledger) -> None:
    outcome: Outcome = an_outcome(await a_run(ledger), "word " * 1_600_000)
    await ledger.finish(outcome)
    assert (await found(ledger, outcome.run_id)).output == outcome.output
