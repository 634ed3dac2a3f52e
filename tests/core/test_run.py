"""A task under way: its events, its one outcome, and the ways to end it early."""

import asyncio
from pathlib import Path

import pytest

from mux_tui.core.backends.scripted import Script
from mux_tui.core.errors import MuxError
from mux_tui.core.events import Finished, Notice, RunEvent, TextDelta
from mux_tui.core.ledger.owner import Owner
from mux_tui.core.ledger.recorder import Recorder
from mux_tui.core.run import Run
from mux_tui.core.task import Outcome, Task
from tests.core.test_cascade import GOOD, Stage

QUESTION = "What is a context manager?"
TASK = Task(QUESTION, Path("/"), "run-1")


class SlowRecorder(Recorder):
    """Takes its time for the outcome, and keeps it."""

    def __init__(self) -> None:
        super().__init__(None, Owner(0, 0.0), lambda _: None)
        self.finishing = asyncio.Event()
        self.may_finish = asyncio.Event()
        self.kept: list[Outcome] = []

    async def finish(self, outcome: Outcome) -> None:
        """Keep the outcome once it may."""
        self.finishing.set()
        await self.may_finish.wait()
        self.kept.append(outcome)


class Fails(Exception):
    """A bug."""


def begun(stage: Stage, recorder: Recorder | None = None) -> Run:
    """A run on that stage, begun."""
    run = Run(TASK)
    stage.relay = run.tell
    run.begin(
        stage.cascade(QUESTION),
        recorder or Recorder(None, Owner(0, 0.0), lambda _: None),
    )
    return run


async def read(run: Run, into: list[RunEvent]) -> None:
    """Keep everything that it tells."""
    async for event in run.events():
        into.append(event)  # noqa: PERF401 - what came before an error is wanted


async def seen(run: Run) -> list[RunEvent]:
    """Everything that it tells."""
    return [event async for event in run.events()]


async def test_the_events_end_with_the_outcome() -> None:
    run = begun(Stage())
    events = await seen(run)
    assert events[-1] == Finished(run.outcome)  # pyright: ignore[reportArgumentType]
    assert any(isinstance(event, TextDelta) for event in events)


async def test_the_outcome_is_kept_before_it_is_told() -> None:
    recorder = SlowRecorder()
    run = begun(Stage(), recorder)
    reading = asyncio.create_task(seen(run))
    await recorder.finishing.wait()
    assert not reading.done()
    recorder.may_finish.set()
    assert isinstance((await reading)[-1], Finished)
    assert recorder.kept == [run.outcome]


async def test_a_cancel_ends_the_task_and_is_told() -> None:
    run = begun(Stage(local=[Script("word " * 1000, pause=0.01)]))
    async for event in run.events():
        if isinstance(event, TextDelta):
            run.cancel()
    assert run.outcome
    assert (run.outcome.status, run.outcome.reason) == ("cancelled", "cancelled")
    assert run.outcome.attempts[0].partial


async def test_a_task_that_mux_leaves_in_the_middle_was_interrupted() -> None:
    run = begun(Stage(local=[Script("word " * 1000, pause=0.01)]))
    async for event in run.events():
        if isinstance(event, TextDelta):
            run.cancel(interrupted=True)
    assert run.outcome
    assert (run.outcome.status, run.outcome.reason) == ("interrupted", "interrupted")


async def test_a_cancel_that_comes_too_late_changes_nothing() -> None:
    """The outcome is on its way to the disk: it is kept, and told."""
    recorder = SlowRecorder()
    run = begun(Stage(), recorder)
    await recorder.finishing.wait()
    run.cancel()
    await asyncio.sleep(0)
    recorder.may_finish.set()
    assert isinstance((await seen(run))[-1], Finished)
    assert run.outcome
    assert run.outcome.status == "done"


async def test_a_cancel_before_the_first_step_ends_the_events() -> None:
    run = begun(Stage())
    run.cancel()
    assert await seen(run) == []
    await run.ended()


async def test_an_error_becomes_the_outcome() -> None:
    stage = Stage(fails=MuxError("it broke", "a cable", "Mend it"))
    run = begun(stage)
    await seen(run)
    assert run.outcome
    assert (run.outcome.status, run.outcome.reason) == ("failed", "error")
    assert run.outcome.sentence.startswith("it broke: a cable")


async def test_a_bug_costs_no_row_and_is_not_hidden() -> None:
    recorder = SlowRecorder()
    recorder.may_finish.set()
    run = begun(Stage(fails=Fails("what?")), recorder)
    told: list[RunEvent] = []
    with pytest.raises(Fails):
        await read(run, told)
    assert isinstance(told[-1], Finished)
    assert recorder.kept[0].sentence == "mux itself failed (Fails)"


async def test_a_run_goes_on_when_nobody_looks() -> None:
    run = begun(Stage(local=[GOOD]))
    await run.ended()
    assert run.outcome
    assert run.outcome.status == "done"


async def test_a_question_can_wait_until_the_story_was_told() -> None:
    run = Run(TASK)
    told: list[RunEvent] = []

    async def slowly() -> None:
        async for event in run.events():
            await asyncio.sleep(0)
            told.append(event)

    reading = asyncio.create_task(slowly())
    run.tell(Notice("one"))
    run.tell(Notice("two"))
    await run.caught_up()
    assert told == [Notice("one"), Notice("two")]
    reading.cancel()
