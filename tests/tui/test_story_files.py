"""What is shown of a run that changes files: its stages, and what is said between."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from mux_tui.core.change import FileChange, Refusal
from mux_tui.core.events import (
    Answered,
    AttemptEnded,
    AttemptStarted,
    Checked,
    Decided,
    Drafted,
    Escalated,
    Finished,
    Gathered,
    Proposed,
    Retrying,
    Reviewed,
    RunEvent,
    Scored,
    ServerChanged,
    TextDelta,
    Verified,
    Written,
)
from mux_tui.core.task import (
    Attempt,
    Check,
    Completion,
    Confidence,
    Decision,
    Outcome,
    Task,
    Usage,
    Verdict,
)
from mux_tui.core.work import Finding, Material, Seen, Work
from mux_tui.core.workspace.figures import work_of
from mux_tui.tui.story import Note, Story
from mux_tui.tui.story_files import changed_text
from tests.tui.changes_stage import TWO_FILES, proposed

TASK = Task("Guard it", Path("/src/shop"), "0192")
LOCAL = Decided(Decision("local", "local_preferred", "stays local", kind="files"))
CLAUDE = Decided(Decision("claude", "high_complexity", "goes to claude", kind="files"))
SEEN = Gathered(Material((Seen("a.py", 118, True, "is named"),), tokens=118))
ASKED = AttemptStarted(1, "local", "chat_completions", "qwen")
ANSWER = Answered(1, Completion("A draft", "stop", usage=Usage(50, 60), seconds=3.0))
SURE = Scored(1, Confidence(0.8))
PROPOSAL = proposed(Path("/src/shop"))
DRAFT = Drafted(1, PROPOSAL.work)
NONE = Drafted(1, Work(unusable="it holds no file"))
PYTEST = Checked(1, Check("pytest", "pass", "", 3.0))
GOOD = Verified(1, Verdict("pass", "54 passed"))
POOR = Verified(1, Verdict("fail", "1 of 54 failed"))
NO = Verified(1, Verdict("fail", "its answer cannot be used: it holds no file"))
ENDED = AttemptEnded(Attempt(1, "local", "chat_completions", "qwen"))
ASKS = Proposed(PROPOSAL)
WROTE = Written(("a.py", "b.py"), ("its owner could not be kept",))
DONE = Outcome(
    "0192", "done", "local_preferred", "done", "local", work=PROPOSAL.work, applied=True
)
WAY = (LOCAL, ASKED, SEEN, TextDelta("x"), ANSWER, SURE, DRAFT, PYTEST, GOOD, ENDED)
BEFORE = ("route done", "context done", "ask local done", "score done")


def told(*events: RunEvent, task: Task = TASK) -> tuple[Story, list[Note]]:
    """A story told one event a second, and what it had to say."""
    story = Story(task, 0.6, 0.0)
    notes = [story.tell(event, float(at)) for at, event in enumerate(events, 1)]
    return story, [note for note in notes if note]


def stages(story: Story) -> list[str]:
    """Each stage as `name state`."""
    return [f"{stage.name} {stage.state}" for stage in story.stages]


LATER = ("score waiting", "draft waiting", "proof waiting", "your yes waiting")


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        (WAY[:1], ["route done", "context busy", "ask local waiting", *LATER]),
        (
            (LOCAL, ServerChanged("loading", "qwen")),
            ["route done", "start model busy", "context waiting", "ask local waiting"],
        ),
        (
            (LOCAL, ServerChanged("loading"), ServerChanged("ready"), ASKED),
            ["route done", "start model done", "context busy", "ask local waiting"],
        ),
        (WAY[:3], ["route done", "context done", "ask local busy", *LATER]),
        (WAY[:6], [*BEFORE, "draft busy", "proof waiting"]),
        (WAY[:7], [*BEFORE, "draft done", "proof busy", "your yes waiting"]),
        (WAY, [*BEFORE, "draft done", "proof done", "your yes waiting"]),
        ((*WAY, ASKS), [*BEFORE, "draft done", "proof done", "your yes busy"]),
        (
            (*WAY, ASKS, WROTE, Finished(DONE)),
            [*BEFORE, "draft done", "proof done", "your yes done", "write done"],
        ),
        ((*WAY[:6], NONE, NO), [*BEFORE, "draft failed", "proof waiting"]),
        (
            (*WAY[:6], NONE, NO, ENDED, Retrying(1, "no file")),
            [*BEFORE, "draft failed", "ask local waiting", *LATER],
        ),
        (
            (*WAY[:8], POOR, ENDED, Retrying(1, "a test"), ASKED, SEEN),
            [*BEFORE, "draft done", "proof failed", "ask local busy", *LATER],
        ),
        (
            (CLAUDE, Escalated("claude", "high_complexity", "goes to claude: x", "B")),
            ["route done", "hand to claude busy", "ask claude waiting", *LATER],
        ),
        (
            (*WAY, Reviewed("claude", ()), ASKS),
            [*BEFORE, "draft done", "proof done", "review done", "your yes busy"],
        ),
        (
            (*WAY, ASKS, PYTEST, GOOD, ASKS),
            [
                *(*BEFORE, "draft done", "proof done", "your yes done"),
                *("proof done", "your yes busy", "write waiting"),
            ],
        ),
        (
            (*WAY, ASKS, Finished(replace(DONE, status="declined", applied=False))),
            [*BEFORE, "draft done", "proof done", "your yes failed"],
        ),
    ],
)
def test_each_event_moves_the_stages_on(
    events: Sequence[RunEvent], expected: list[str]
) -> None:
    assert stages(told(*events)[0])[: len(expected)] == expected


@pytest.mark.parametrize(
    ("apply", "ends"),
    [("ask", ["your yes", "write"]), ("auto", ["write"]), ("never", [])],
)
def test_only_what_can_come_is_planned(apply: str, ends: list[str]) -> None:
    task = replace(TASK, apply=apply)
    names = [stage.name for stage in told(LOCAL, task=task)[0].stages]
    assert names[names.index("proof") + 1 :] == ends


def test_who_is_asked_against_the_plan_is_shown_waiting() -> None:
    story, _ = told(*WAY, ASKS, task=replace(TASK, apply="auto"))
    story.asked_user(True)
    yes = next(stage for stage in story.stages if stage.name == "your yes")
    assert (yes.state, yes.detail) == ("busy", "waits for you")
    story.tell(WROTE, 20.0)
    assert stages(story)[-2:] == ["your yes done", "write done"]


def test_a_stage_tells_one_fact() -> None:
    story, _ = told(*WAY, ASKS, WROTE)
    details = {stage.name: stage.detail for stage in story.stages}
    assert details["context"] == "1 file · 118 tok"
    assert details["draft"] == "2 files · +12 -1"
    assert details["proof"] == "54 passed"
    assert details["write"] == "2 files"
    assert story.proposal is PROPOSAL


def test_the_proof_tells_each_check_as_it_comes() -> None:
    story, _ = told(*WAY[:8])
    assert story.stages[-3].detail == "pytest passed"


@pytest.mark.parametrize(
    ("findings", "said"),
    [
        ((), "no findings"),
        ((Finding("x"),), "1 finding"),
        ((Finding("x", fixed=True), Finding("y")), "2 findings · 1 worked in"),
    ],
)
def test_a_review_is_told_and_told_again(
    findings: tuple[Finding, ...], said: str
) -> None:
    first = Reviewed("claude", (Finding("x"),) * 3)
    story, _ = told(*WAY, first, Reviewed("claude", findings))
    (review,) = [stage for stage in story.stages if stage.name == "review"]
    assert review.detail == said


@pytest.mark.parametrize(
    ("events", "kind", "words"),
    [
        ((*WAY[:6], NONE), "bad", "this draft cannot be used: it holds no file"),
        ((*WAY[:8], POOR), "bad", "proof failed: 1 of 54 failed"),
        ((*WAY, WROTE), "good", "wrote 2 files; u takes it back; its owner"),
        (
            (*WAY, Proposed(replace(PROPOSAL, again="changed meanwhile: a.py"))),
            "again",
            "proposed once more: changed meanwhile",
        ),
        (
            (
                *WAY,
                Finished(
                    replace(
                        DONE,
                        status="declined",
                        reason="changes_declined",
                        sentence="nothing was written",
                        applied=False,
                        next_step="mux ledger show --patch 0192",
                    )
                ),
            ),
            "bad",
            "nothing was written. d shows the changes; l or e runs the task again",
        ),
        (
            (*WAY, Finished(replace(DONE, sentence="by your wish", applied=False))),
            "notice",
            "not applied: by your wish; d shows the changes",
        ),
    ],
)
def test_what_matters_is_said(
    events: Sequence[RunEvent], kind: str, words: str
) -> None:
    (note,) = told(*events)[1]
    assert note.kind == kind
    assert note.text.startswith(words)


def test_an_unusable_draft_is_said_once() -> None:
    _, notes = told(*WAY[:6], NONE, NO, ENDED)
    assert len(notes) == 1


def test_what_was_changed_is_named_as_far_as_it_fits() -> None:
    assert changed_text(DONE) == (
        "src/user_service.py +4 -1, tests/test_user_none.py +8: d shows the changes"
    )
    work = work_of(replace(PROPOSAL.changes, changes=TWO_FILES))
    first = replace(work.files[0], kept=1)
    part = replace(work, files=(first, replace(work.files[1], kept=0)))
    said = changed_text(replace(DONE, work=part))
    assert "(1 of 2 parts)" in said
    assert "(skipped)" in said
    many = tuple(FileChange(f"f{n}\x1b", None, b"x\n") for n in range(20))
    said = changed_text(
        replace(DONE, work=work_of(replace(PROPOSAL.changes, changes=many)))
    )
    assert "and 12 more" in said
    assert "\x1b" not in said
    assert changed_text(replace(DONE, work=None)) == ""


def test_refusals_of_an_unusable_draft_are_in_its_reason() -> None:
    work = Work(refused=(Refusal("../x", "leaves"),), unusable="\x1b../x leaves")
    story, (note,) = told(*WAY[:6], Drafted(1, work))
    assert "\x1b" not in note.text + "".join(stage.detail for stage in story.stages)
