"""A query finds exactly the runs it speaks of, whichever way they are looked for."""

import asyncio
import fnmatch
import json
import re
import sqlite3
import unicodedata
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mux_tui.core.config.settings import Ledger as LedgerSettings
from mux_tui.core.ledger.moments import seconds
from mux_tui.core.ledger.query import (
    NOBODY,
    WORDS,
    Condition,
    Moment,
    Number,
    Part,
    Query,
    Text,
    Words,
)
from mux_tui.core.ledger.query_parse import parse
from mux_tui.core.ledger.store import Ledger, open_ledger
from tests.core.ledger.facts import OWNER, a_decision, a_task, an_outcome
from tests.core.ledger.many import HOUR, NOW, Stored, random_runs, store

RUNS = random_runs(300)

_COMPARE = {
    "<": float.__lt__,
    "<=": float.__le__,
    "=": float.__eq__,
    ">=": float.__ge__,
    ">": float.__gt__,
}


def folded(text: str) -> list[str]:
    """The words of a text, as the search index takes them."""
    plain = "".join(
        sign
        for sign in unicodedata.normalize("NFD", text.lower())
        if not unicodedata.combining(sign)
    )
    return re.findall(r"[^\W_]+", plain)


def says(run: Stored, text: Text) -> bool:
    """Whether the task or the answer holds the phrase."""
    wanted = folded(text.text)
    for words in (folded(run.task or ""), folded(run.output or "")):
        for at in range(len(words) - len(wanted) + 1):
            part = words[at : at + len(wanted)]
            if part == wanted or (
                text.prefix
                and part[:-1] == wanted[:-1]
                and part[-1].startswith(wanted[-1])
            ):
                return True
    return False


def word_of(run: Stored, key: str) -> str:
    if key == "files":
        return "yes" if run.changed else "no"
    if key == "applied":
        return {None: NOBODY, 0: "no", 1: "yes"}[run.applied]
    column = {"decided": "decided_route", "asked": "route_requested"}.get(key, key)
    return getattr(run, column) or NOBODY


def flagged(run: Stored, flag: str) -> bool:
    cloud = run.route in ("claude", "codex", "gemini")
    return {
        "escalated": cloud and run.route_requested == "auto",
        "cloud": cloud,
        "verified": run.verdict == "pass",
        "unverified": run.status == "done" and run.verdict != "pass",
        "retried": bool(run.retries),
    }[flag]


def names(run: Stored, key: str) -> list[str]:
    if key == "file":
        try:
            return json.loads(run.files or "[]")
        except ValueError:
            return []
    model = run.gen_ai_response_model
    return {
        "model": [model] if model else [],
        "repo": [run.repository or run.cwd],
        "id": [run.run_id],
    }[key]


def on_path(wanted: str, paths: tuple[str, ...]) -> bool:
    """Whether one of the paths holds a part, or is what a pattern says."""
    if not {"*", "?"} & set(wanted):
        return any(wanted in path.lower() for path in paths)

    pattern = wanted.replace("[", "[[]")
    return any(fnmatch.fnmatchcase(path.lower(), pattern) for path in paths)


def number_of(run: Stored, key: str) -> float | None:
    tokens = [run.gen_ai_usage_input_tokens, run.gen_ai_usage_output_tokens]
    known = [one for one in tokens if one is not None]
    value = {
        "conf": run.confidence,
        "seconds": run.duration,
        "cost": run.cost_usd,
        "retries": run.retries,
        "tokens": sum(known) if known else None,
    }[key]
    return None if value is None else float(value)


def true_of(run: Stored, condition: Condition) -> bool:
    match condition:
        case Text():
            found = says(run, condition)
        case Words("is", values):
            found = any(flagged(run, value) for value in values)
        case Words(key, values):
            found = word_of(run, key) in values
        case Part("id", values):
            found = any(run.run_id.startswith(value.lower()) for value in values)
        case Part("path", values):
            found = any(on_path(one.lower(), run.changed) for one in values)
        case Part(key, values):
            found = any(
                value.lower() in name.lower()
                for value in values
                for name in names(run, key)
            )
        case Number(key, comparison, value):
            known = number_of(run, key)
            found = known is not None and _COMPARE[comparison](known, value)
        case Moment("since"):
            found = run.started_at >= seconds(condition, NOW)
        case Moment():
            found = run.started_at < seconds(condition, NOW)
    return found != condition.negated


def expected(query: Query) -> list[int]:
    """Ids of the runs the query speaks of, newest first."""
    return [
        number
        for number in range(len(RUNS), 0, -1)
        if all(true_of(RUNS[number - 1], one) for one in query.conditions)
    ]


CONDITIONS = st.one_of(
    st.sampled_from(tuple(WORDS)).flatmap(
        lambda key: st.builds(
            Words,
            st.just(key),
            st.lists(st.sampled_from(WORDS[key]), min_size=1, max_size=3).map(tuple),
            st.booleans(),
        )
    ),
    st.builds(
        Part,
        st.sampled_from(("model", "repo", "file", "path", "id")),
        st.lists(
            st.sampled_from(
                (
                    *("qwen", "OPUS", "shop", "auth", ".py", "0100", "%", "'"),
                    *("SRC/*", "*.py", "a[1]/?.py", "[a]*", "a[1]", "*"),
                )
            ),
            min_size=1,
            max_size=2,
        ).map(tuple),
        st.booleans(),
    ),
    st.builds(
        Number,
        st.sampled_from(("conf", "seconds", "cost", "tokens", "retries")),
        st.sampled_from(("<", "<=", "=", ">=", ">")),
        st.sampled_from((0.0, 0.05, 0.5, 1.0, 10.0, 20.0, 120.0)),
        st.booleans(),
    ),
    st.builds(
        Moment,
        st.sampled_from(("since", "until")),
        st.sampled_from(("0m", "50h", "7d", "1w", "2w", "999999w", "2026-12-30")),
        st.booleans(),
    ),
    st.builds(
        Text,
        st.sampled_from(
            ("null", "null pointer", "CAFE", "re", "fix", "naive x1", "zz")
        ),
        st.booleans(),
        st.booleans(),
    ),
)
QUERIES = st.lists(CONDITIONS, max_size=4).map(lambda some: Query(tuple(some)))


@pytest.fixture(scope="module")
def stored_runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("search") / "data" / "ledger.db"
    store(path, RUNS)
    return path


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(QUERIES)
def test_a_query_finds_exactly_the_runs_it_speaks_of(
    stored_runs: Path, query: Query
) -> None:
    """As pages both ways, as a count, as a numbered list and in full."""
    wanted = expected(query)

    async def look() -> None:
        async with open_ledger(stored_runs, LedgerSettings()) as ledger:
            search = ledger.search
            page = await search.page(query, 400, now=NOW)
            assert [row.id for row in page] == wanted
            middle = wanted[len(wanted) // 2] if wanted else 150
            down = await search.page(query, 5, before_id=middle, now=NOW)
            assert [row.id for row in down] == [id for id in wanted if id < middle][:5]
            up = await search.page(query, 5, after_id=middle, now=NOW)
            assert [row.id for row in up] == [id for id in wanted if id > middle][-5:]
            assert (await search.count(query, 400, NOW)).runs == len(wanted)
            listing = await search.listing(query, NOW)
            while await listing.grow():
                pass
            assert [listing.id_at(n) for n in range(len(listing))] == wanted
            full = [run.id async for run in search.details(query, NOW)]
            assert full == wanted[::-1]
            found = await search.statistics(query, now=NOW)
            assert found.runs == len(wanted)

    asyncio.run(look())


async def test_a_count_stops_where_it_is_told(path: Path) -> None:
    store(path, random_runs(40))
    async with open_ledger(path, LedgerSettings()) as ledger:
        count = await ledger.search.count(most=30)
        assert (count.runs, count.exact, str(count)) == (30, False, "30+")
        count = await ledger.search.count(most=40)
        assert (count.runs, count.exact, str(count)) == (40, True, "40")
        assert await ledger.search.total() == 40


async def test_what_is_recorded_can_be_found_at_every_step(ledger: Ledger) -> None:
    """The task at once, the answer when it is there; the newer answer, not the old."""
    task = a_task("Mend the kwyjibo.")
    await ledger.begin(task, OWNER)

    async def found(text: str) -> int:
        return len(await ledger.search.page(parse(text)))

    assert (await found("kwyjibo"), await found("mend the")) == (1, 1)
    await ledger.decided(task.run_id, a_decision())
    await ledger.finish(an_outcome(task.run_id, "It was loose."))
    assert (await found("kwyjibo"), await found("loose")) == (1, 1)
    await ledger.finish(an_outcome(task.run_id, "It was tight."))
    assert (await found("loose"), await found("kwyjibo tight")) == (0, 1)


async def test_without_texts_there_is_nothing_to_find(path: Path) -> None:
    async with open_ledger(path, LedgerSettings(store_prompts=False)) as ledger:
        task = a_task("kwyjibo")
        await ledger.begin(task, OWNER)
        await ledger.finish(an_outcome(task.run_id, "kwyjibo"))
        assert await ledger.search.page(parse("kwyjibo")) == ()
        assert len(await ledger.search.page(parse("status:done"))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "x'; DROP TABLE runs; --z",
        '"a" OR "b" NEAR( ^c {task} -y',
        'zz* "b"* ("c" AND',
        "%a z_%",
        'repo:"%"',
        "model:' OR 1=1",
        "NOT AND OR",
        "a\0b",
        '"\\ z"',
        "x" * 4000,
        "🙂x",
    ],
)
async def test_hostile_words_are_only_words(path: Path, text: str) -> None:
    store(path, [Stored()])
    async with open_ledger(path, LedgerSettings()) as ledger:
        query = parse(text)
        assert await ledger.search.page(query) == ()
        assert await ledger.search.page(query, before_id=9) == ()
        assert len(await ledger.search.listing(query)) == 0
        assert await ledger.search.total() == 1


async def test_a_text_that_is_not_unicode_hides_no_other_run(path: Path) -> None:
    store(path, [Stored(run_id="01a-x"), Stored(run_id="01b-x")])
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "UPDATE runs SET task = CAST(x'61ff62' AS TEXT) WHERE run_id = '01a-x'"
        )
    async with open_ledger(path, LedgerSettings()) as ledger:
        newer, older = await ledger.search.page()
        assert (newer.excerpt, older.excerpt) == ("fix it", "a\ufffdb")
        assert [run.task async for run in ledger.search.details()][0] == "a\ufffdb"


async def test_foreign_values_in_any_column_are_read_as_nothing(path: Path) -> None:
    store(path, [Stored()])
    columns = ("status", "route", "confidence", "duration", "task", "output", "files")
    with closing(sqlite3.connect(path)) as connection, connection:
        sets = ", ".join(f"{column} = x'00ff1b'" for column in columns)
        connection.execute(f"UPDATE runs SET {sets}")
    async with open_ledger(path, LedgerSettings()) as ledger:
        (row,) = await ledger.search.page()
        assert (row.route, row.confidence, row.excerpt) == (None, None, None)
        assert (await ledger.search.statistics()).runs == 1
        assert await ledger.search.page(parse("file:x conf>0.1")) == ()


async def test_every_query_is_read_from_an_index(path: Path) -> None:
    """No page looks at the rows themselves to tell whether they match."""
    from mux_tui.core.ledger.where import compiled

    store(path, [Stored()])
    for text, index in {
        "": "runs_facets",
        "route:local": "runs_by_route",
        "status:failed": "runs_by_status",
        "label:good": "runs_by_label",
        "label:good,bad -label:note tokens>3": "runs_facets",
        "status:failed since:7d": "runs_facets",
        "conf<0.5 model:q repo:x tokens>3 is:escalated -kind:files": "runs_facets",
        "applied:yes files:yes path:src/*": "runs_facets",
        "replay:no route:local": "runs_facets",
        "replay:01abc": "runs_facets",
    }.items():
        sql, values = compiled(parse(text), NOW).statement(99, 0, 50)
        with closing(sqlite3.connect(path)) as connection:
            plan = str(
                connection.execute(f"EXPLAIN QUERY PLAN {sql}", values).fetchall()
            )
        assert f"COVERING INDEX {index} " in plan
        assert "TEMP B-TREE" not in plan


async def test_the_version_changes_when_anybody_writes(
    path: Path, ledger: Ledger
) -> None:
    before = await ledger.search.version()
    assert await ledger.search.version() == before
    await ledger.begin(a_task(), OWNER)
    own = await ledger.search.version()
    assert own != before
    store(path, [Stored()])
    assert await ledger.search.version() != own


async def test_days_are_found_although_the_clock_jumped(path: Path) -> None:
    store(
        path,
        [
            Stored(run_id="01a-x", started_at=NOW - HOUR),
            Stored(run_id="01b-x", started_at=NOW - 100 * HOUR),
            Stored(run_id="01c-x", started_at=NOW - 2 * HOUR),
            Stored(run_id="01d-x", started_at=NOW + 900 * HOUR),
        ],
    )
    async with open_ledger(path, LedgerSettings()) as ledger:
        found = {
            text: "".join(
                row.run_id[2] for row in await ledger.search.page(parse(text), now=NOW)
            )
            for text in ("since:3h", "until:3h", "since:3h until:0m", "-since:3h")
        }
    assert found == {
        "since:3h": "dca",
        "until:3h": "b",
        "since:3h until:0m": "ca",
        "-since:3h": "b",
    }
