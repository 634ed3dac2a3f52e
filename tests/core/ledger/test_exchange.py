"""The export can be searched with grep, line by line."""

import dataclasses
import json
import subprocess
from typing import Any

from mux_tui.core.ledger.exchange import json_line, record, timestamp
from mux_tui.core.ledger.export import export
from mux_tui.core.ledger.store import Ledger
from tests.core.ledger.facts import (
    OWNER,
    PATCH,
    a_decision,
    a_failure,
    a_file_decision,
    a_file_outcome,
    a_task,
    a_work,
    an_attempt,
    an_outcome,
)


async def a_run(ledger: Ledger, text: str = "Hi", **changes: Any) -> str:
    task = a_task(text)
    await ledger.begin(task, OWNER)
    await ledger.decided(task.run_id, a_decision())
    attempts = an_attempt(1, text), a_failure(2)
    outcome = an_outcome(task.run_id, text, *attempts)
    await ledger.finish(dataclasses.replace(outcome, **changes))
    return task.run_id


async def exported(ledger: Ledger) -> str:
    lines: list[str] = []
    count = await export(ledger, lines.append)
    assert count == len(lines)
    return "".join(lines)


def grep(pattern: str, text: str, *options: str) -> list[str]:
    """The run ids of the lines that the real `grep` finds."""
    done = subprocess.run(
        ["grep", *options, pattern], input=text, capture_output=True, text=True
    )
    return [json.loads(line)["run_id"] for line in done.stdout.splitlines()]


async def test_grep_finds_exactly_the_runs_of_a_route(ledger: Ledger) -> None:
    """Also when a run tried the local model first, or its text speaks of routes."""
    local = await a_run(ledger)
    tricky = '"route":"local" "status":"done"'
    cloud = await a_run(ledger, tricky, route="claude", status="failed", reason="error")
    nobody = await a_run(ledger, route=None, status="declined", confidence=None)
    text = await exported(ledger)

    assert grep('"route":"local"', text) == [local]
    assert grep('"route":"local"', text, "-v") == [cloud, nobody]
    assert grep('"route":"claude"', text) == [cloud]
    assert grep('"route":null', text) == [nobody]
    assert grep('"status":"done"', text) == [local]
    assert grep('"reason":"local_preferred"', text) == [local, nobody]
    assert grep('"confidence":0.75', text) == [local, cloud]


async def test_a_line_has_the_documented_fields(ledger: Ledger) -> None:
    run_id = await a_run(ledger, "Hi there")
    (line,) = (await exported(ledger)).splitlines()
    fields = json.loads(line)

    assert list(fields)[:3] == ["run_id", "timestamp", "route"]
    expected = {
        "run_id": run_id,
        "route": "local",
        "reason": "local_preferred",
        "model": "starter-135m",
        "confidence": 0.75,
        "task_length": 8,
        "output_length": 8,
        "input_tokens": 120,
        "decided_route": "local",
    }
    assert expected.items() <= fields.items()
    assert fields["timestamp"] == timestamp(fields["started_at"])
    assert fields["decision"]["fallbacks"] == ["claude", "codex"]
    first, second = fields["attempts"]
    assert (first["attempt_route"], first["attempt_output"]) == ("local", "Hi there")
    assert (second["attempt_route"], second["fault"]) == ("claude", "not_logged_in")
    assert "owner_pid" not in fields


async def test_a_line_is_printable_ascii_whatever_the_text(ledger: Ledger) -> None:
    text = "\x1b[2J\x00\x7f\x9b\r\n\u2028\u202eä😀\t"
    await a_run(ledger, text)
    line = await exported(ledger)
    assert line.count("\n") == 1
    assert all(0x20 <= byte < 0x7F for byte in line.rstrip("\n").encode())
    assert json.loads(line)["task"] == json.loads(line)["output"] == text


async def test_file_work_is_exported_under_names_of_its_own(ledger: Ledger) -> None:
    """What is nested in a line is not mistaken for the run's own facts."""
    attempt = dataclasses.replace(an_attempt(), work=a_work())
    await ledger.begin(a_task(run_id="01a-x"), OWNER)
    await ledger.decided("01a-x", a_file_decision())
    await ledger.finish(a_file_outcome("01a-x", attempts=(attempt,)))
    text = await exported(ledger)
    fields = json.loads(text)
    assert (fields["kind"], fields["applied"], fields["file_count"]) == (
        *("files", True),
        2,
    )
    assert (fields["lines_added"], fields["lines_removed"]) == (5, 0)
    assert (fields["oracle"], fields["patch"]) == ("python", PATCH)
    assert fields["taken_back_at"] is None
    first, _ = fields["changes"]
    assert (first["path"], first["change_kind"]) == ("src/sum.py", "modify")
    assert (first["change_confidence"], len(first["before"])) == (0.9, 64)
    (tried,) = fields["attempts"]
    assert tried["attempt_patch"] == PATCH
    assert [one["change_kind"] for one in tried["work"]["files"]] == ["modify", "add"]
    assert fields["findings"][0]["line"] == 3
    assert '"kind":"modify"' not in text
    assert (text.count('"confidence":'), text.count('"patch":')) == (1, 1)


async def test_every_run_is_exported_once_and_the_oldest_first(ledger: Ledger) -> None:
    """More runs than are read at a time."""
    ids = [await a_run(ledger) for _ in range(117)]
    lines = (await exported(ledger)).splitlines()
    assert [json.loads(line)["run_id"] for line in lines] == ids


async def test_a_run_that_has_not_ended_can_be_exported(ledger: Ledger) -> None:
    task = a_task()
    await ledger.begin(task, OWNER)
    run = await ledger.get(task.run_id)
    assert run is not None
    broken = dataclasses.replace(run, started_at=1e300)
    assert json.loads(json_line(broken))["timestamp"] == "1970-01-01T00:00:00.000Z"
    assert (record(run)["status"], record(run)["attempts"]) == ("running", [])
