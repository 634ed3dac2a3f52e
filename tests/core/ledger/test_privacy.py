"""What must not be kept is in no byte of the files."""

import dataclasses
from pathlib import Path

import pytest

from mux_tui.core.change import Refusal
from mux_tui.core.config.settings import Ledger as LedgerSettings
from mux_tui.core.ledger.store import open_ledger
from mux_tui.core.task import Check, Completion, Confidence, Factor, Verdict
from mux_tui.core.work import FileStat, Finding, Work
from tests.core.ledger.facts import (
    OWNER,
    a_decision,
    a_failure,
    a_task,
    an_attempt,
    an_outcome,
)

CANARY = "sk-" + "ant-api03-CANARYcanary0123456789"


async def record_everywhere(path: Path, settings: LedgerSettings, word: str) -> str:
    """Record a run with `word` in every text that can come from outside."""
    text = f"before {word} after"
    note = Factor("quote", text, note=text)
    work = some_work(text)
    attempt = dataclasses.replace(
        an_attempt(),
        work=work,
        completion=Completion(text, reasoning=text, notes=(text,)),
        confidence=Confidence(0.5, (note,)),
        verdict=Verdict("fail", "0 of 1 checks passed", (Check("run", "fail", text),)),
    )
    failure = dataclasses.replace(a_failure(2), error=text)
    decision = dataclasses.replace(a_decision(), inputs=(note,), prompt=text)
    task = dataclasses.replace(a_task(text), verify=(f"grep '{word}'",))
    async with open_ledger(path, settings) as ledger:
        await ledger.begin(task, OWNER)
        await ledger.decided(task.run_id, decision)
        await ledger.attempted(task.run_id, attempt)
        outcome = an_outcome(task.run_id, text, attempt, failure)
        findings = (Finding(text, "a.py", 3, False, text),)
        await ledger.finish(
            dataclasses.replace(outcome, work=work, findings=findings, applied=True)
        )
        assert word.encode() not in everything_in(path)
    assert word.encode() not in everything_in(path)
    return task.run_id


def some_work(text: str) -> Work:
    """Work that says `text` wherever it can quote the files, or somebody."""
    return Work(
        files=(FileStat("a.py", "modify", 1, 2, 1, "0" * 64, "1" * 64, note=text),),
        patch=f"+{text}\n",
        refused=(Refusal("b.py", text),),
        unusable=text,
        summary=text,
        commands=(text,),
        notes=(text,),
    )


def everything_in(path: Path) -> bytes:
    """Every byte of every file beside the ledger, and its own."""
    return b"".join(file.read_bytes() for file in path.parent.iterdir())


async def test_a_credential_reaches_no_byte_of_the_ledger(
    path: Path, settings: LedgerSettings
) -> None:
    run_id = await record_everywhere(path, settings, CANARY)
    async with open_ledger(path, settings) as ledger:
        run = await ledger.get(run_id)
    assert run is not None
    assert run.task == run.output == "before [redacted] after"


async def test_a_credential_in_a_reason_is_removed_too(
    path: Path, settings: LedgerSettings
) -> None:
    task = a_task()
    outcome = dataclasses.replace(
        an_outcome(task.run_id), sentence=f"x {CANARY}", next_step=f"y {CANARY}"
    )
    async with open_ledger(path, settings) as ledger:
        await ledger.begin(task, OWNER)
        await ledger.finish(outcome)
    assert CANARY.encode() not in everything_in(path)


async def test_without_texts_only_sizes_are_kept(path: Path) -> None:
    settings = LedgerSettings(store_prompts=False)
    run_id = await record_everywhere(path, settings, "PrivateWord")
    async with open_ledger(path, settings) as ledger:
        run = await ledger.get(run_id)
        (row,) = await ledger.recent(1)
    assert run is not None
    assert (run.task, run.output, row.excerpt) == (None, None, None)
    assert (run.task_length, run.output_length) == (24, 24)
    assert run.decision["inputs"][0]["name"] == "quote"
    answer, failure = run.attempts
    assert (answer.output, answer.output_length) == (None, 24)
    assert (failure.fault, failure.error) == ("not_logged_in", None)
    assert answer.checks[0]["status"] == "fail"
    assert (run.patch, run.commands, run.applied) == (None, [], True)
    assert run.refused == [{"path": "b.py", "why": ""}]
    (changed,), (finding,) = run.changes, run.findings
    assert (changed.path, changed.added, changed.note) == ("a.py", 1, None)
    assert (finding.text, finding.path, finding.note) == (None, "a.py", None)
    assert (finding.line, finding.fixed) == (3, False)


@pytest.mark.parametrize("name", ["ledger.db", "ledger.db-wal", "ledger.db-shm"])
async def test_files_are_for_the_owner_alone_whatever_the_umask(
    path: Path, settings: LedgerSettings, name: str
) -> None:
    import os

    before = os.umask(0)
    try:
        async with open_ledger(path, settings) as ledger:
            await ledger.begin(a_task(), OWNER)
            modes = {p.name: p.stat().st_mode & 0o777 for p in path.parent.iterdir()}
    finally:
        os.umask(before)
    assert modes[name] == 0o600
    assert set(modes.values()) == {0o600}
    assert path.parent.stat().st_mode & 0o777 == 0o700


async def test_a_ledger_that_others_could_read_is_closed_to_them(
    path: Path, settings: LedgerSettings
) -> None:
    path.parent.mkdir(mode=0o700)
    path.touch(0o644)
    async with open_ledger(path, settings):
        assert path.stat().st_mode & 0o777 == 0o600
