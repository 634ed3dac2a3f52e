"""How changes of files look: asked about, in the cockpit, and in the ledger."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from textual.pilot import Pilot

from mux_tui.core.change import ChangeSet, FileChange, Refusal
from mux_tui.core.events import (
    Answered,
    AttemptEnded,
    AttemptStarted,
    Checked,
    Decided,
    Drafted,
    Finished,
    Gathered,
    Proposed,
    Reviewed,
    RunEvent,
    Scored,
    Started,
    TextDelta,
    Verified,
    Written,
)
from mux_tui.core.proposal import Proposal
from mux_tui.core.run import Run
from mux_tui.core.task import (
    Attempt,
    Check,
    Completion,
    Confidence,
    Decision,
    Factor,
    Outcome,
    Task,
    Usage,
)
from mux_tui.core.work import Material, Seen
from mux_tui.core.workspace.figures import with_kept
from mux_tui.tui.app import MuxApp
from mux_tui.tui.dialogs.merge import MergeWindow
from mux_tui.tui.dialogs.past_changes import PastWindow
from mux_tui.tui.pulse import Pulse
from mux_tui.tui.screens.ledger.screen import LedgerScreen
from tests.tui.changes_stage import (
    FINDINGS,
    MENDED,
    PROVED,
    SERVICE,
    TWO_FILES,
    Approval,
    proposed,
    reviewing,
)
from tests.tui.cockpit_stage import cockpit
from tests.tui.conftest import Look, Snap, Steps
from tests.tui.file_runs import APPLIED, fills, write
from tests.tui.stage import StageDesk, make_desk, text_of, until

TASK = "Guard UserService against a missing user"
ANSWER = """\
I guard `rename`, and add a test.

```python file=tests/test_user_none.py
def test_a_missing_user_is_told(service):
    ...
```
"""
DECISION = Decision(
    "local",
    "local_preferred",
    "stays local: nothing in the task calls for a stronger model",
    (Factor("context", 6200, threshold=24000, leans="local", note="It fits."),),
    kind="files",
)
CHECK = Check("pytest", "pass", "", 3.2)


def told(task: Task, *events: RunEvent) -> Run:
    """A run that was made up: its events, and nothing behind them."""
    run = Run(task)
    for event in events:
        run.tell(event)
    return run


@pytest.fixture(autouse=True)
def one_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """The head does not change while a picture is taken."""

    async def pulse(desk: StageDesk) -> Pulse:
        return Pulse(desk.state, "running", 3456, ("claude",), "ask")

    monkeypatch.setattr(StageDesk, "pulse", pulse)


def way(proposal: Proposal) -> tuple[RunEvent, ...]:
    """What leads to a proposal."""
    task = Task(TASK, proposal.root, proposal.run_id)
    done = Completion(ANSWER, "stop", usage=Usage(6200, 248), seconds=4.1)
    attempt = Attempt(1, "local", "chat_completions", "qwen2.5-coder-7b", done)
    seen = Seen("src/user_service.py", 240, True, "is named in the task")
    return (
        Started(task),
        Decided(DECISION),
        AttemptStarted(1, "local", "chat_completions", "qwen2.5-coder-7b"),
        Gathered(Material((seen,), tokens=240, budget=8000)),
        TextDelta(ANSWER),
        Answered(1, done),
        Scored(1, Confidence(0.82)),
        Drafted(1, proposal.work),
        Checked(1, CHECK),
        Verified(1, PROVED),
        AttemptEnded(attempt),
        Reviewed("claude", FINDINGS),
        Proposed(proposal),
    )


def ended(proposal: Proposal) -> tuple[RunEvent, ...]:
    """The end of a run whose changes were written, all but a part."""
    kept = ChangeSet((replace(TWO_FILES[0], after=MENDED.encode()),))
    work = replace(proposal.work, files=with_kept(proposal.work.files, kept))
    outcome = Outcome(
        proposal.run_id,
        "done",
        "local_preferred",
        "the changes were proved",
        "local",
        "chat_completions",
        "qwen2.5-coder-7b",
        ANSWER,
        verdict=PROVED,
        usage=Usage(6200, 248),
        files=("src/user_service.py",),
        work=work,
        findings=FINDINGS,
        applied=True,
        seconds=7.4,
    )
    return Written(outcome.files), Finished(outcome)


async def begin(
    app: MuxApp, pilot: Pilot[int], proposal: Proposal, *more: RunEvent
) -> None:
    """Have the cockpit show a run that was made up."""
    task = Task(TASK, proposal.root, proposal.run_id)
    run = told(task, *way(proposal), *more)
    screen = cockpit(app)
    count = len(screen.sittings)
    screen.post_message(screen.Began(run, typed=False))
    await until(pilot, lambda: len(screen.sittings) > count)
    story = screen.sittings[-1].story
    await until(pilot, lambda: story.over if more else story.proposal is not None)
    await until(pilot, lambda: screen.sittings[-1].view.settled)


def desk_of(folder: Path) -> StageDesk:
    """A desk with a work directory of a usual name."""
    return make_desk(folder, cloud={"claude": []})


def asking(make: Callable[[Path], Proposal], *keys: str) -> Steps:
    """Steps to a review, and what is pressed there."""

    async def steps(app: MuxApp, pilot: Pilot[int]) -> None:
        app.asked = Approval(app, make(app.desk.cwd))  # pyright: ignore[reportAttributeAccessIssue]
        await reviewing(app, pilot)
        await pilot.press(*keys)
        await pilot.pause()

    return steps


def full(root: Path) -> Proposal:
    """All there may be to know."""
    changes = (
        replace(TWO_FILES[0], confidence=0.83, note="one edit fits two places"),
        TWO_FILES[1],
        FileChange("assets/logo.png", b"\x89PNG\0", b"\x89PNG\0\0"),
    )
    return proposed(
        root,
        changes,
        refused=(Refusal("../etc/passwd", "leaves the work directory"),),
        findings=FINDINGS,
        commands=("pip install shop",),
        left_behind=("build/out.log: is ignored by git",),
    )


def again(root: Path) -> Proposal:
    return proposed(root, again="changed meanwhile: src/user_service.py")


@pytest.mark.parametrize(
    ("make", "keys"),
    [
        (proposed, ()),
        (proposed, ("n", "space")),
        (full, ()),
        (full, ("question_mark",)),
        (again, ()),
        (proposed, ("right_square_bracket", "f")),
    ],
    ids=["unified", "part", "facts", "all-facts", "again", "skipped"],
)
def test_a_review(
    make: Callable[[Path], Proposal],
    keys: tuple[str, ...],
    snap: Snap,
    look: Look,
    tmp_path: Path,
) -> None:
    snap(desk_of(tmp_path), look, "cockpit", asking(make, *keys))


@pytest.mark.parametrize("theme", ["mux-dark", "mux-light"])
def test_side_by_side(theme: str, snap: Snap, tmp_path: Path) -> None:
    snap(desk_of(tmp_path), ((160, 40), theme), "cockpit", asking(proposed, "n"))


@pytest.mark.parametrize("theme", ["mux-ansi", "mux-mono"])
def test_a_review_in_few_colours(theme: str, snap: Snap, tmp_path: Path) -> None:
    snap(desk_of(tmp_path), ((120, 36), theme), "cockpit", asking(proposed, "space"))


def test_a_run_that_waits_in_its_tab(snap: Snap, look: Look, tmp_path: Path) -> None:
    async def steps(app: MuxApp, pilot: Pilot[int]) -> None:
        first = proposed(app.desk.cwd)
        await begin(app, pilot, first)
        second = replace(first, run_id="01k9zq3m00000000000r0190")
        await begin(app, pilot, second, *ended(second))
        app.asked = Approval(app, first)  # pyright: ignore[reportAttributeAccessIssue]
        await until(pilot, lambda: cockpit(app).sittings[0].asks)
        app.clear_notifications()
        await until(pilot, lambda: " 1 ? " in text_of(app))

    snap(desk_of(tmp_path), look, "cockpit", steps)


def test_a_run_that_waits_for_a_yes(snap: Snap, look: Look, tmp_path: Path) -> None:
    async def steps(app: MuxApp, pilot: Pilot[int]) -> None:
        proposal = proposed(app.desk.cwd)
        await begin(app, pilot, proposal)
        app.asked = Approval(app, proposal)  # pyright: ignore[reportAttributeAccessIssue]
        await reviewing(app, pilot)
        await pilot.press("w")
        await until(pilot, lambda: app.screen is cockpit(app))

    snap(desk_of(tmp_path), look, "cockpit", steps)


def test_a_run_that_wrote_files(snap: Snap, look: Look, tmp_path: Path) -> None:
    async def steps(app: MuxApp, pilot: Pilot[int]) -> None:
        proposal = proposed(app.desk.cwd)
        await begin(app, pilot, proposal, *ended(proposal))
        await until(pilot, lambda: "wrote 1 file" in text_of(app))

    snap(desk_of(tmp_path), look, "cockpit", steps)


def test_changes_looked_at_again(snap: Snap, look: Look, tmp_path: Path) -> None:
    async def steps(app: MuxApp, pilot: Pilot[int]) -> None:
        proposal = proposed(app.desk.cwd)
        await begin(app, pilot, proposal, *ended(proposal))
        await pilot.press("d")
        await until(pilot, lambda: isinstance(app.screen, PastWindow))
        await until(pilot, lambda: "if user is None" in text_of(app))

    snap(desk_of(tmp_path), look, "cockpit", steps)


async def _opened(app: MuxApp, pilot: Pilot[int]) -> LedgerScreen:
    screen = app.screen
    assert isinstance(screen, LedgerScreen)
    screen.show_run(APPLIED)
    await until(pilot, lambda: screen.pane.run is not None and screen.runs.count == 1)
    await until(pilot, lambda: screen.has_class("-opened"))
    return screen


@pytest.mark.parametrize("tab", ["task", "changes"])
def test_a_run_in_the_ledger(tab: str, snap: Snap, look: Look, tmp_path: Path) -> None:
    async def steps(app: MuxApp, pilot: Pilot[int]) -> None:
        screen = await _opened(app, pilot)
        screen.pane.go_to(cast(Any, tab))
        await pilot.pause()

    desk = desk_of(tmp_path)
    fills(desk)
    snap(desk, look, "ledger", steps)


def test_the_offer_to_merge(snap: Snap, look: Look, tmp_path: Path) -> None:
    async def steps(app: MuxApp, pilot: Pilot[int]) -> None:
        await _opened(app, pilot)
        await pilot.press("U")
        await until(pilot, lambda: isinstance(app.screen, MergeWindow))

    desk = desk_of(tmp_path)
    fills(desk)
    write(desk)
    (desk.cwd / "src" / "user_service.py").write_text(f"# Mine.\n{SERVICE}")
    snap(desk, look, "ledger", steps)
