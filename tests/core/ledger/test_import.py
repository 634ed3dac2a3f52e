"""Runs of other ledgers' files are taken in without loss, and once."""

import asyncio
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mux_tui.core.config.settings import Ledger as LedgerSettings
from mux_tui.core.errors import EnvironmentProblem
from mux_tui.core.ledger.exchange import record
from mux_tui.core.ledger.export import export
from mux_tui.core.ledger.foreign_line import (
    ForeignLineError,
    key_of,
    parsed,
    source_of,
)
from mux_tui.core.ledger.importing import Imported
from mux_tui.core.ledger.own_line import own_run
from mux_tui.core.ledger.prior_line import prior_run
from mux_tui.core.ledger.query_parse import parse
from mux_tui.core.ledger.rows import RunDetail
from mux_tui.core.ledger.store import open_ledger
from mux_tui.core.redact import redact
from tests.core.ledger.facts import (
    OWNER,
    a_decision,
    a_failure,
    a_file_decision,
    a_file_outcome,
    a_task,
    a_work,
    an_attempt,
    an_outcome,
)

PRIOR: dict[str, Any] = {
    "run_id": "3f2a",
    "ts": "2025-03-01T10:00:00+00:00",
    "task": "Fix the null pointer",
    "runtime_status": "healthy",
    "route": "local",
    "model": "qwen-35b",
    "reason": "",
    "retries": 1,
    "verify_ok": True,
    "verify_summary": "pytest: ok",
    "local_impl_ratio": 0.75,
    "output_excerpt": "Done.",
}

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner)
    ),
    max_leaves=8,
)


def lines_of(*runs: dict[str, Any] | str) -> bytes:
    """Lines as the older program wrote them."""
    texts = (run if isinstance(run, str) else json.dumps(run) for run in runs)
    return "".join(f"{text}\n" for text in texts).encode("utf-8", "surrogatepass")


async def taken_in(path: Path, *files: Path, texts: bool = True) -> Imported:
    async with open_ledger(path, LedgerSettings(store_prompts=texts)) as ledger:
        return await ledger.keeping.take_in(files)


async def every(path: Path) -> list[RunDetail]:
    """All runs, the oldest first."""
    async with open_ledger(path, LedgerSettings()) as ledger:
        return [run async for run in ledger.search.details()]


async def exported(path: Path) -> str:
    pieces: list[str] = []
    async with open_ledger(path, LedgerSettings()) as ledger:
        await export(ledger, pieces.append)
    return "".join(pieces)


def a_file(tmp_path: Path, content: bytes, name: str = "run_ledger.jsonl") -> Path:
    file = tmp_path / name
    file.write_bytes(content)
    return file


async def test_a_line_of_the_prior_system_becomes_a_run(
    path: Path, tmp_path: Path
) -> None:
    found = await taken_in(path, a_file(tmp_path, lines_of(PRIOR)))
    assert (found.lines, found.added, found.known, found.damaged) == (1, 1, 0, 0)
    (run,) = await every(path)
    assert (run.run_id, run.started_at) == ("3f2a", 1740823200.0)
    assert (run.status, run.reason, run.route) == ("done", "local_preferred", "local")
    assert (run.model, run.retries, run.verdict) == ("qwen-35b", 1, "pass")
    assert (run.task, run.output, run.task_length) == (PRIOR["task"], "Done.", 20)
    assert run.imported["source"] == "run_ledger"
    fields = run.imported["fields"]
    assert fields["was_runtime_status"] == "healthy"
    assert fields["was_local_impl_ratio"] == 0.75
    async with open_ledger(path, LedgerSettings()) as ledger:
        rows = await ledger.search.page(parse("null route:local"))
    assert [row.run_id for row in rows] == ["3f2a"]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"route": "sota", "model": "claude"}, ("claude", "done")),
        ({"route": "executor", "model": "gpt-5-codex"}, ("codex", "done")),
        ({"route": "sota", "model": "unknown"}, ("sota", "done")),
        ({"route": "none"}, (None, "failed")),
        ({"route": "gemini"}, ("gemini", "done")),
        (
            {"route": "local", "reason": "local_executor_failed_and_no_fallback"},
            ("local", "failed"),
        ),
    ],
)
def test_who_answered_is_told_from_route_and_model(
    fields: dict[str, Any], expected: tuple[str | None, str]
) -> None:
    columns = prior_run(PRIOR | fields, 0.0, True).columns
    assert (columns["route"], columns["status"]) == expected


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("low_confidence; sota_unavailable", "low_confidence"),
        ("local_unavailable:still_unhealthy_after_restart", "local_unavailable"),
        ("local_impl_plus_sota_review", "local_preferred"),
        ("local_down_and_sota_unavailable:x", "local_down_and_cloud_unavailable"),
        ("high_complexity", "high_complexity"),
    ],
)
def test_reasons_are_those_of_ours_and_the_old_words_are_kept(
    written: str, reason: str
) -> None:
    columns = prior_run(PRIOR | {"reason": written}, 0.0, True).columns
    assert (columns["reason"], columns["sentence"]) == (reason, written)


def test_no_checks_are_no_passed_checks() -> None:
    summary = {"verify_summary": "No verification commands configured"}
    assert prior_run(PRIOR | summary, 0.0, True).columns["verdict"] == "unknown"


async def test_a_second_import_adds_nothing(path: Path, tmp_path: Path) -> None:
    """Also where a rotated file holds some of the same lines, in another order."""
    other = PRIOR | {"run_id": "4a", "ts": 1_700_000_000}
    first = a_file(tmp_path, lines_of(PRIOR, other))
    turned = dict(reversed(PRIOR.items()))
    rotated = a_file(tmp_path, lines_of(turned, PRIOR), "run_ledger-2025.jsonl")
    found = await taken_in(path, rotated, first)
    assert (found.added, found.known) == (2, 2)
    before = await exported(path)
    again = await taken_in(path, first, rotated)
    assert (again.added, again.known, await exported(path)) == (0, 4, before)


async def test_two_runs_with_one_id_are_both_kept(path: Path, tmp_path: Path) -> None:
    file = a_file(tmp_path, lines_of(PRIOR, PRIOR | {"task": "Another"}))
    assert (await taken_in(path, file)).added == 2
    assert (await taken_in(path, file)).known == 2
    names = [run.run_id for run in await every(path)]
    assert names[0] == "3f2a"
    assert names[1].startswith("3f2a-")


async def test_damaged_lines_are_named_and_left_out(path: Path, tmp_path: Path) -> None:
    content = lines_of(
        PRIOR, "", '{"run_id": "cut', "[1]", '{"task": "x"}', '{"run_id":"a","x":NaN}'
    )
    content += b'{"run_id": "\xff"}\n' + b"[" * 100_000 + b"\n"
    content += b"\xef\xbb\xbf" + json.dumps(PRIOR | {"run_id": "last"}).encode()
    found = await taken_in(path, a_file(tmp_path, content))
    assert (found.lines, found.added, found.damaged) == (8, 3, 5)
    assert [(one.line, one.why) for one in found.damages] == [
        (3, "it is not JSON"),
        (4, "it is not an object"),
        (5, "it has no run_id"),
        (7, "it is not UTF-8"),
        (8, "it is nested too deep"),
    ]


async def test_imported_runs_stand_where_their_time_is(
    path: Path, tmp_path: Path
) -> None:
    """Older ones below those that are there, which keep their numbers."""
    async with open_ledger(path, LedgerSettings()) as ledger:
        await ledger.begin(a_task(run_id="now"), OWNER)
    times = {"b": 2000.0, "a": 1000.0, "z": 4e9}
    runs = [PRIOR | {"run_id": name, "ts": at} for name, at in times.items()]
    old = [PRIOR | {"run_id": "0", "ts": 10}]
    await taken_in(path, a_file(tmp_path, lines_of(*runs)))
    await taken_in(path, a_file(tmp_path, lines_of(*old)))
    async with open_ledger(path, LedgerSettings()) as ledger:
        rows = await ledger.recent(10)
        assert [row.run_id for row in rows] == ["z", "now", "b", "a", "0"]
        assert [row.id for row in rows] == [2, 1, 0, -1, -2]
        assert await ledger.search.page() == rows
        assert await ledger.search.page(after_id=-1, limit=2) == rows[1:3]
        assert (await ledger.search.count()).runs == 5
        assert (await ledger.search.statistics()).runs == 5
        for query in ("", "null", "-status:failed", "route:local"):
            listing = await ledger.search.listing(parse(query))
            while await listing.grow():
                pass
            ids = [listing.id_at(n) for n in range(len(listing))]
            found = await ledger.search.page(parse(query))
            assert ids == [row.id for row in found]
            assert len(ids) >= 4
        found = await ledger.search.page(parse("until:1980-01-03"))
        assert [row.run_id for row in found] == ["b", "a", "0"]
        found = await ledger.search.page(parse("since:2000-01-01"))
        assert [row.run_id for row in found] == ["z", "now"]


async def test_two_imports_at_once_add_each_run_once(
    path: Path, tmp_path: Path
) -> None:
    runs = [PRIOR | {"run_id": f"r{n}", "ts": 1000 + n} for n in range(1200)]
    file = a_file(tmp_path, lines_of(*runs))
    async with (
        open_ledger(path, LedgerSettings()) as one,
        open_ledger(path, LedgerSettings()) as other,
        asyncio.TaskGroup() as group,
    ):
        await one.begin(a_task(run_id="now"), OWNER)
        group.create_task(one.keeping.take_in([file]))
        group.create_task(other.keeping.take_in([file]))
    names = [run.run_id for run in await every(path)]
    assert sorted(names) == sorted(["now", *(f"r{n}" for n in range(1200))])
    assert names[-1] == "now"


async def an_eventful_ledger(path: Path) -> None:
    async with open_ledger(path, LedgerSettings()) as ledger:
        tried = an_attempt(1), a_failure(2)
        await ledger.begin(a_task("Hi \x00\x1b there", "01a-x"), OWNER, "/code/shop")
        await ledger.decided("01a-x", a_decision())
        await ledger.finish(an_outcome("01a-x", "Hello", *tried))
        await ledger.label("01a-x", "bad", "It forgot the tests")
        await ledger.begin(a_task(run_id="01b-x"), OWNER)
        await ledger.decided("01b-x", a_file_decision())
        work = an_attempt(1)
        object.__setattr__(work, "work", a_work())
        await ledger.finish(a_file_outcome("01b-x", attempts=(work,)))
        await ledger.taken_back("01b-x", 5.0)
        await ledger.begin(a_task(run_id="01c-x"), OWNER)


async def test_an_export_of_ours_comes_back_as_it_was(
    path: Path, tmp_path: Path
) -> None:
    await an_eventful_ledger(path)
    await taken_in(path, a_file(tmp_path, lines_of(PRIOR)))
    text = await exported(path)
    file = a_file(tmp_path, text.encode(), "export.jsonl")
    assert (await taken_in(path, file)).known == 4
    other = tmp_path / "other" / "ledger.db"
    assert (await taken_in(other, file)).added == 4
    assert await exported(other) == text
    assert (await taken_in(other, file)).known == 4
    # Also the lines that the export itself was made of.
    assert (await taken_in(other, tmp_path / "run_ledger.jsonl")).known == 1


async def test_fields_of_a_newer_mux_are_kept(path: Path, tmp_path: Path) -> None:
    await an_eventful_ledger(path)
    line = json.loads((await exported(path)).splitlines()[0]) | {"mood": ["fine"]}
    other = tmp_path / "other" / "ledger.db"
    await taken_in(other, a_file(tmp_path, lines_of(line)))
    (run,) = await every(other)
    assert run.imported["fields"] == {"was_mood": ["fine"]}
    assert run.task == "Hi \x00\x1b there"


@pytest.mark.parametrize("kind", ["prior", "ours"])
async def test_without_texts_no_word_is_taken_in(
    path: Path, tmp_path: Path, kind: str
) -> None:
    word = "CANARYWORD"
    said = f"about {word}"
    if kind == "prior":
        more = {"task": said, "output_excerpt": said, "verify_summary": said}
        content = lines_of(PRIOR | more | {"extra": {"deep": said}})
    else:
        await an_eventful_ledger(tmp_path / "other" / "ledger.db")
        text = await exported(tmp_path / "other" / "ledger.db")
        for old in ("Hello", "Done.", "two", "off by one", "An edit", "open", "easy"):
            text = text.replace(old, f"{old} {word}")
        assert word in text
        content = text.encode()
    await taken_in(path, a_file(tmp_path, content), texts=False)
    assert len(await every(path)) == content.count(b"\n")
    kept = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert word.encode() not in kept


async def test_credentials_are_taken_out(path: Path, tmp_path: Path) -> None:
    secret = "sk-" + "ant-api03-CANARYcanary0123456789"
    line = PRIOR | {"task": secret, "extra": [secret], "run_id": "x1"}
    await taken_in(path, a_file(tmp_path, lines_of(line)))
    kept = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert secret.encode() not in kept


async def test_taking_credentials_out_leaves_what_can_be_read(
    path: Path, tmp_path: Path
) -> None:
    """A number behind such a name looks like one, up to the end of the object."""
    line = PRIOR | {"password": "hunter2hunter2", "x": {"authorization": 12345678}}
    await taken_in(path, a_file(tmp_path, lines_of(line)))
    (run,) = await every(path)
    assert run.imported["fields"]["was_x"] == {"authorization": 12345678}
    assert run.imported["fields"]["was_runtime_status"] == "healthy"


async def test_a_file_that_cannot_be_read_adds_nothing(
    path: Path, tmp_path: Path
) -> None:
    file = a_file(tmp_path, lines_of(PRIOR))
    with pytest.raises(EnvironmentProblem, match="cannot read"):
        await taken_in(path, file, tmp_path / "missing.jsonl")
    assert await every(path) == []


@given(st.dictionaries(st.text(max_size=12) | st.sampled_from([*PRIOR]), JSON))
def test_nothing_of_any_line_is_lost(fields: dict[str, Any]) -> None:
    """Each field is a column as it was, or is kept beside them."""
    line = fields | {"run_id": "a"}
    assume(redact(json.dumps(line)) == json.dumps(line))
    run = prior_run(parsed(json.dumps(line).encode()), 0.0, True)
    kept = json.loads(str(run.columns["imported"]))["fields"]
    texts = {"task": "task", "verify_summary": "verdict_summary"}
    texts["output_excerpt"] = "output"
    for name, value in parsed(json.dumps(line).encode()).items():
        if f"was_{name}" in kept:
            assert kept[f"was_{name}"] == value
        else:
            assert isinstance(value, str)
            name = "output" if name in ("output", "output_excerpt") else texts[name]
            assert run.columns[name] == value.encode("utf-8", "replace").decode()


@given(JSON, JSON)
def test_the_order_of_fields_does_not_matter_and_their_values_do(
    one: Any, other: Any
) -> None:
    assert key_of({"a": one, "b": 1}) == key_of({"b": 1, "a": one})
    same = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    assert (key_of({"a": one}) == key_of({"a": other})) == same


@given(st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_a_line_or_refused(content: bytes) -> None:
    with suppress(ForeignLineError):
        assert parsed(content)["run_id"]


@settings(max_examples=15, deadline=None)
@given(st.data())
async def test_strange_values_in_an_export_never_stop_the_import(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Whatever stands in a field, the line is taken in or left out."""
    place = tmp_path_factory.mktemp("strange")
    path = place / "data" / "ledger.db"
    await an_eventful_ledger(path)
    line = json.loads((await exported(path)).splitlines()[1])
    names = st.sampled_from(sorted(line))
    line |= data.draw(st.dictionaries(names, JSON, min_size=1, max_size=4))
    other = place / "other" / "ledger.db"
    found = await taken_in(other, a_file(place, json.dumps(line).encode()))
    assert (found.added, found.damaged) in ((1, 0), (0, 1))
    for run in await every(other):
        assert record(run)["run_id"]


def test_both_kinds_of_lines_are_told_apart() -> None:
    assert source_of(PRIOR) == "run_ledger"
    run = own_run({"run_id": "a", "started_at": 1.0, "status": "done"}, True)
    assert (run.source, run.columns["status"]) == ("mux", "done")
