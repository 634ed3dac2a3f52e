"""What must not be kept is in no byte of the files."""

import dataclasses
from pathlib import Path

import pytest

from mux_tui.core.config.settings import Ledger as LedgerSettings
from mux_tui.core.ledger.store import open_ledger
from mux_tui.core.task import Check, Completion, Confidence, Factor, Verdict
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
    attempt = dataclasses.replace(
        an_attempt(),
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
        await ledger.finish(an_outcome(task.run_id, text, attempt, failure))
        assert word.encode() not in everything_in(path)
    assert word.encode() not in everything_in(path)
    return task.run_id


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
