"""What is shown of a run: event after event, and over runs of the real cascade."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from mux_tui.core.attempts import Parts
from mux_tui.core.backends.base import Backend
from mux_tui.core.backends.scripted import Script, Scripted
from mux_tui.core.cascade import Cascade
from mux_tui.core.config.settings import Cloud, Settings
from mux_tui.core.events import (
    Answered,
    AttemptEnded,
    AttemptStarted,
    Decided,
    Escalated,
    Finished,
    Notice,
    Prefilled,
    ReasoningDelta,
    Retrying,
    RunEvent,
    Scored,
    ServerChanged,
    Started,
    TextDelta,
    Verified,
)
from mux_tui.core.ledger.owner import Owner
from mux_tui.core.ledger.recorder import Recorder
from mux_tui.core.local_model.base import FixedModel
from mux_tui.core.routing.situation import LocalState, Situation
from mux_tui.core.run import Run
from mux_tui.core.survey import survey
from mux_tui.core.task import (
    Attempt,
    Completion,
    Confidence,
    Decision,
    Outcome,
    Route,
    Task,
    Usage,
    Verdict,
)
from mux_tui.core.verification.verdict import verify
from mux_tui.tui.story import Note, Story
from mux_tui.tui.story_pace import speed

TASK = Task("Say it", Path("/src/shop"), "0192")
LOCAL = Decision("local", "local_preferred", "stays local: it is easy")
CLAUDE = Decision("claude", "high_complexity", "goes to claude: it is hard")
ASKED = AttemptStarted(1, "local", "chat_completions", "qwen")
DONE = Completion("An answer", "stop", usage=Usage(50, 60), seconds=3.0)
GOOD = Confidence(0.8)
BAD = Confidence(0.2)
PASSED = Verdict("pass", "1 check passed")
HANDED = Escalated(
    "claude", "low_confidence", "goes to claude: it was weak", "B" * 1234
)
ENDED = Outcome("0192", "done", "local_preferred", "done", "local")


def told(*events: RunEvent, least: float = 0.6) -> tuple[Story, list[Note]]:
    """A story told one event a second, and what it had to say."""
    story = Story(TASK, least, 0.0)
    notes = [story.tell(event, float(at)) for at, event in enumerate(events, 1)]
    return story, [note for note in notes if note]


def stages(story: Story) -> list[str]:
    """Each stage as `name state`."""
    return [f"{stage.name} {stage.state}" for stage in story.stages]


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ((), ["route busy"]),
        ((Started(TASK),), ["route busy"]),
        (
            (Decided(LOCAL),),
            ["route done", "ask local waiting", "score waiting", "checks waiting"],
        ),
        (
            (Decided(LOCAL), ServerChanged("loading", "qwen")),
            [
                "route done",
                "start model busy",
                "ask local waiting",
                "score waiting",
                "checks waiting",
            ],
        ),
        (
            (Decided(LOCAL), ASKED),
            ["route done", "ask local busy", "score waiting", "checks waiting"],
        ),
        (
            (Decided(LOCAL), ASKED, TextDelta("a"), Answered(1, DONE)),
            ["route done", "ask local done", "score busy", "checks waiting"],
        ),
        (
            (Decided(LOCAL), ASKED, Answered(1, DONE), Scored(1, BAD)),
            ["route done", "ask local done", "score failed", "checks busy"],
        ),
        (
            (Decided(CLAUDE), replace(HANDED, brief="x")),
            [
                "route done",
                "hand to claude busy",
                "ask claude waiting",
                "score waiting",
                "checks waiting",
            ],
        ),
        (
            (
                Decided(LOCAL),
                ASKED,
                Finished(replace(ENDED, status="cancelled", reason="cancelled")),
            ),
            ["route done", "ask local failed"],
        ),
        (
            (
                Decided(LOCAL),
                AttemptEnded(
                    Attempt(1, "local", "local", fault="connection", error="gone")
                ),
            ),
            ["route done", "ask local failed"],
        ),
    ],
)
def test_each_event_moves_the_stages_on(
    events: Sequence[RunEvent], expected: list[str]
) -> None:
    assert stages(told(*events)[0]) == expected


def test_a_stage_knows_how_long_it_took_and_what_came_of_it() -> None:
    story, _ = told(Decided(LOCAL), ASKED, TextDelta("a"), Answered(1, DONE))
    asked = story.stages[1]
    assert (asked.seconds, asked.detail) == (2.0, "60 tok · 20 tok/s")
    assert story.stages[2].lasted(9.0) == 5.0


def test_reading_the_prompt_is_told_with_its_speed() -> None:
    story, _ = told(Decided(LOCAL), ASKED, Prefilled(100, 1000), Prefilled(400, 1000))
    assert story.stages[1].detail == "reads 400/1,000 · 300 tok/s"


def test_thinking_counts_as_the_first_token() -> None:
    story, _ = told(Decided(LOCAL), ASKED, ReasoningDelta("hm"), TextDelta("a"))
    assert story.first_token_seconds == 1.0


def test_the_speed_is_that_of_the_pieces_until_the_backend_tells_it() -> None:
    deltas = [TextDelta("a")] * 5
    story, _ = told(Decided(LOCAL), ASKED, *deltas)
    assert story.rate(7.0) == 1.0
    story.tell(Answered(1, DONE), 8.0)
    assert story.rate(100.0) == 20.0


def test_pieces_of_a_cloud_cli_are_no_tokens() -> None:
    asked = AttemptStarted(1, "claude", "claude", "opus")
    story, _ = told(Decided(CLAUDE), HANDED, asked, *[TextDelta("a")] * 5)
    assert story.rate(20.0) is None


def test_what_is_said_between_two_answers() -> None:
    _, notes = told(
        Decided(LOCAL),
        ASKED,
        Answered(1, DONE),
        Scored(1, BAD),
        Verified(1, Verdict("fail", "1 of 1 failed")),
        AttemptEnded(Attempt(1, "local", "chat_completions", completion=DONE)),
        Retrying(1, "the check failed"),
        Notice("the ledger is full"),
        HANDED,
    )
    assert [(note.kind, note.text) for note in notes] == [
        ("again", "once more: the check failed"),
        ("notice", "the ledger is full"),
        ("up", "handed to claude: it was weak"),
    ]


def test_a_task_that_goes_to_the_cloud_at_once_needs_no_note() -> None:
    story, notes = told(Decided(CLAUDE), HANDED)
    assert notes == []
    assert story.leaves == 1234
    assert story.why == "it was weak"


def test_an_end_that_is_not_good_says_why_and_what_to_do() -> None:
    outcome = replace(
        ENDED, status="failed", sentence="nobody is there", next_step="Install one"
    )
    _, notes = told(Decided(LOCAL), Finished(outcome))
    assert notes == [Note("bad", "nobody is there. Install one")]


def test_a_question_shows_on_the_stage_that_waits_for_it() -> None:
    story, _ = told(Decided(CLAUDE), HANDED)
    story.asked_user(True)
    assert story.stages[1].detail == "waits for you"
    story.asked_user(False)
    assert story.stages[1].detail == ""


def test_foreign_text_is_safe_in_what_is_shown() -> None:
    hostile = "\x1b]52;c;x\x07[red]\n"
    failed = Attempt(1, "local", "x", fault="cut", error=hostile)
    story, notes = told(
        Decided(LOCAL),
        AttemptStarted(1, "local", "x", hostile),
        AttemptEnded(failed),
        Notice(hostile),
    )
    shown = [story.model, *(s.detail for s in story.stages), *(n.text for n in notes)]
    assert all(text.isprintable() for text in shown)


@pytest.mark.parametrize(
    ("tokens", "first", "seconds", "expected"),
    [
        (60, 1.0, 4.0, 20.0),
        (60, None, 3.0, 20.0),
        (None, 1.0, 4.0, None),
        (1, 0, 3, None),
    ],
)
def test_speed_leaves_out_the_wait_for_the_first_token(
    tokens: int | None, first: float | None, seconds: float, expected: float | None
) -> None:
    done = Completion(
        "x",
        usage=Usage(output_tokens=tokens),
        first_token_seconds=first,
        seconds=seconds,
    )
    assert speed(done) == expected


async def played(
    folder: Path, local: Script, cloud: Script, allow: bool = True, text: str = "Say it"
) -> Story:
    """The story of a whole run of the real cascade."""
    task = Task(text, folder, "0192")
    settings = Settings(cloud=Cloud(permission="ask"))
    state = LocalState("ready", "", "scripted-7b", 32_768, "the test")
    model = FixedModel(Scripted("local", (local,), "scripted-7b"), state)
    clouds: dict[Route, Backend] = {"claude": Scripted("claude", (cloud,), "opus")}

    async def surveyed(task: Task) -> Situation:
        return await survey(task, settings, model, ("claude",))

    async def verified(answer: str, task: Task) -> Verdict:
        return await verify(answer, (), settings.verification, folder, {})

    async def ask(task: Task, route: Route, text: str) -> bool:
        return allow

    run = Run(task)
    recorder = Recorder(None, Owner(0, 0.0), lambda _: None)
    parts = Parts(settings, surveyed, model, clouds, verified, ask)
    run.begin(Cascade(task, parts, recorder, run.tell), recorder)
    story = Story(task, settings.router.min_confidence, 0.0)
    async for event in run.events():
        story.tell(event, 1.0)
    return story


SURE = Script("A context manager closes what it opened.", logprob=-0.2)
UNSURE = Script("I'm not sure, it might perhaps be so", "", "length", logprob=-3.0)
LOCAL_STAGES = ["route done", "ask local done", "score done", "checks unknown"]


async def test_a_run_that_stays_local(tmp_path: Path) -> None:
    story = await played(tmp_path, SURE, SURE)
    assert stages(story) == LOCAL_STAGES
    assert story.outcome is not None
    assert story.outcome.route == "local"
    assert story.leaves == 0


async def test_a_run_that_is_handed_on(tmp_path: Path) -> None:
    story = await played(tmp_path, UNSURE, SURE)
    assert stages(story) == [
        "route done",
        "ask local done",
        "score failed",
        "checks unknown",
        "hand to claude done",
        "ask claude done",
        "score done",
        "checks unknown",
    ]
    assert story.route == "claude"
    assert story.leaves > len("Say it")


async def test_a_run_that_may_not_leave(tmp_path: Path) -> None:
    story = await played(tmp_path, UNSURE, SURE, allow=False)
    assert stages(story)[-1] == "hand to claude failed"
    assert story.stages[-1].detail == "not allowed"


async def test_a_run_whose_backends_all_fail(tmp_path: Path) -> None:
    down = Script("Half", fault="connection", why="refused")
    story = await played(tmp_path, down, down)
    assert stages(story) == [
        "route done",
        "ask local failed",
        "hand to claude done",
        "ask claude failed",
    ]
    assert [attempt.fault for attempt in story.attempts] == ["connection"] * 2


async def test_a_run_that_is_decided_for_the_cloud(tmp_path: Path) -> None:
    story = await played(tmp_path, SURE, SURE, text="Plan the migration")
    assert stages(story)[:3] == ["route done", "hand to claude done", "ask claude done"]
