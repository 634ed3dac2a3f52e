"""How the cockpit looks in each of its states."""

import itertools
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest
from textual.pilot import Pilot

from mux_tui.core.events import Prefilled, ReasoningDelta, TextDelta
from mux_tui.core.paths import shipped
from mux_tui.core.routing.situation import LocalState
from mux_tui.core.task import Completion, Usage
from mux_tui.tui.app import MuxApp
from mux_tui.tui.dialogs.cloud_question import CloudWindow
from mux_tui.tui.pulse import Pulse
from mux_tui.tui.screens.cockpit.history import HistoryWindow
from mux_tui.tui.screens.cockpit.windows import DecisionWindow
from mux_tui.tui.widgets.task import Completion as FileList
from tests.tui.cockpit_stage import (
    Prompted,
    cockpit,
    current,
    files_in,
    over,
    pieces,
    prompted,
    send,
)
from tests.tui.conftest import Look, Snap
from tests.tui.stage import NOW, WIDE, StageDesk, make_desk, until

ANSWER = """\
## Plan

1. Guard `user` before it is used
2. Add a regression test for a missing user

```python
user = self.repo.get(user_id)
if user is None:
    raise UserNotFound(user_id)
```

The test covers the path that crashed."""

TASK = "How do I guard UserService against a missing user?"
HARD = "Plan the migration of the session store in src/auth/session.py"
THOUGHTS = "The repo may return None. Where is it called? In get_user, without a check."


@dataclass
class Clock:
    """What every clock says until the test moves it."""

    now: float = 100.0

    def __call__(self) -> float:
        """Now."""
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Stops the clocks, and what else is new in every run: ids, and the last look."""
    clock, numbers = Clock(), itertools.count(1)
    monkeypatch.setattr("mux_tui.core.cascade.time", SimpleNamespace(monotonic=clock))
    monkeypatch.setattr(
        "mux_tui.core.ledger.store.time", SimpleNamespace(time=lambda: NOW)
    )
    monkeypatch.setattr(
        "mux_tui.core.engine.new_run_id",
        lambda: f"01k9zq3m00000000000r{next(numbers):04}",
    )

    async def pulse(desk: StageDesk) -> Pulse:
        permission = desk.settings.cloud.permission
        return Pulse(desk.state, "running", 3456, tuple(desk.cloud), permission)

    monkeypatch.setattr(StageDesk, "pulse", pulse)
    return clock


def desk_at(clock: Clock, folder: Path, **more: object) -> StageDesk:
    """A desk with two cloud CLIs that are asked for permission."""
    settings = {"cloud.permission": "ask"}
    desk = make_desk(
        folder, cloud={"claude": [], "codex": []}, settings=settings, tick=clock
    )
    files_in(desk.cwd, ".git/HEAD")
    (desk.cwd / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    for name, value in more.items():
        setattr(desk, name, value)
    return desk


async def asked(app: MuxApp, pilot: Pilot[int], clock: Clock, text: str) -> Prompted:
    """Send a task, and wait until the local model was asked."""
    desk = app.desk
    assert isinstance(desk, StageDesk)
    backend = await prompted(desk)
    await send(app, pilot, text)
    await asking(app, pilot, "local")
    clock.now += 0.44
    return backend


async def asking(app: MuxApp, pilot: Pilot[int], route: str) -> None:
    """Wait until it is shown that a backend is asked."""
    story = current(app).story
    busy = f"ask {route}"
    await until(
        pilot,
        lambda: any(s.name == busy and s.state == "busy" for s in story.stages),
    )
    await settled(app, pilot)


async def settled(app: MuxApp, pilot: Pilot[int]) -> None:
    """Wait until everything that was told is shown."""
    sitting = current(app)
    await until(pilot, lambda: not sitting.told and not sitting.waiting)
    await until(pilot, lambda: sitting.view.settled)


async def answered(app: MuxApp, pilot: Pilot[int], clock: Clock, text: str) -> None:
    """Have a task answered well."""
    backend = await asked(app, pilot, clock, text)
    backend.say(TextDelta(ANSWER))
    await until(pilot, lambda: current(app).view.text == ANSWER)
    clock.now += 4.06
    backend.end(ANSWER, 248)
    await over(app, pilot)
    await listed(app, pilot, 1)
    await settled(app, pilot)


async def listed(app: MuxApp, pilot: Pilot[int], count: int) -> None:
    """Wait until so many runs are among the recent ones, none of them under way."""
    recent = cockpit(app).recent

    def ended() -> bool:
        lines = [str(option.prompt) for option in recent.options if option.id]
        return len(lines) == count and not any("◐" in line for line in lines)

    await until(pilot, ended, "the recent runs are not there")


async def placed(app: MuxApp, pilot: Pilot[int]) -> None:
    """Wait until the frame of the task says where it is."""
    await until(pilot, lambda: "main" in cockpit(app).entry.place)


def test_idle(snap: Snap, look: Look, clock: Clock, tmp_path: Path) -> None:
    snap(desk_at(clock, tmp_path), look, "cockpit", placed)


def test_nothing_is_set_up(
    snap: Snap, look: Look, clock: Clock, tmp_path: Path
) -> None:
    state = LocalState("not_configured")
    snap(desk_at(clock, tmp_path, cloud={}, state=state), look, "cockpit", placed)


def test_typing(snap: Snap, look: Look, clock: Clock, tmp_path: Path) -> None:
    desk = desk_at(clock, tmp_path)
    files_in(desk.cwd, "src/user_service.py", "src/user.py", "tests/test_user.py")

    async def steps(app: MuxApp, pilot: Pilot[int]) -> None:
        await placed(app, pilot)
        await pilot.press(*"Fix the crash in @user")
        await until(pilot, lambda: app.screen.query_one(FileList).option_count == 3)

    snap(desk, look, "cockpit", steps)


def test_reading_the_prompt(
    snap: Snap, look: Look, clock: Clock, tmp_path: Path
) -> None:
    async def steps(app: MuxApp, pilot: Pilot[int]) -> None:
        await placed(app, pilot)
        backend = await asked(app, pilot, clock, TASK)
        backend.say(Prefilled(256, 6214))
        await until(pilot, lambda: "256" in current(app).story.stages[1].detail)
        clock.now += 2.0
        backend.say(Prefilled(2304, 6214))
        await until(pilot, lambda: "1,024" in current(app).story.stages[1].detail)
        await listed_running(app, pilot)

    snap(desk_at(clock, tmp_path), look, "cockpit", steps)


async def listed_running(app: MuxApp, pilot: Pilot[int]) -> None:
    """Look at the ledger while a run is under way, and wait until it is listed."""
    screen = cockpit(app)
    screen.history_changed()
    await until(pilot, lambda: any(option.id for option in screen.recent.options))


def test_running(snap: Snap, look: Look, clock: Clock, tmp_path: Path) -> None:
    async def steps(app: MuxApp, pilot: Pilot[int]) -> None:
        await placed(app, pilot)
        backend = await asked(app, pilot, clock, TASK)
        half = ANSWER[: ANSWER.index("if user")]
        for piece in pieces(half):
            clock.now += 0.02
            length = len(current(app).view.text)
            backend.say(piece)
            await until(pilot, lambda n=length: len(current(app).view.text) > n)
        await settled(app, pilot)
        await listed_running(app, pilot)

    snap(desk_at(clock, tmp_path), look, "cockpit", steps)


def test_thinking(snap: Snap, look: Look, clock: Clock, tmp_path: Path) -> None:
    async def steps(app: MuxApp, pilot: Pilot[int]) -> None:
        await placed(app, pilot)
        backend = await asked(app, pilot, clock, TASK)
        backend.say(ReasoningDelta(THOUGHTS))
        await until(pilot, lambda: current(app).story.answering)
        clock.now += 1.5
        backend.say(ReasoningDelta(" So:"), TextDelta("Guard it."))
        await until(pilot, lambda: current(app).view.text == "Guard it.")
        await pilot.press("z")
        await settled(app, pilot)
        await listed_running(app, pilot)

    snap(desk_at(clock, tmp_path), look, "cockpit", steps)


def test_finished(snap: Snap, look: Look, clock: Clock, tmp_path: Path) -> None:
    async def steps(app: MuxApp, pilot: Pilot[int]) -> None:
        await placed(app, pilot)
        await answered(app, pilot, clock, TASK)

    snap(desk_at(clock, tmp_path), look, "cockpit", steps)


@pytest.mark.parametrize(
    "theme", sorted(file.stem for file in shipped("themes").glob("*.toml"))
)
def test_every_theme(snap: Snap, theme: str, clock: Clock, tmp_path: Path) -> None:
    async def steps(app: MuxApp, pilot: Pilot[int]) -> None:
        await placed(app, pilot)
        await answered(app, pilot, clock, TASK)

    snap(desk_at(clock, tmp_path), (WIDE, theme), "cockpit", steps)


def test_escalated(snap: Snap, look: Look, clock: Clock, tmp_path: Path) -> None:
    desk = desk_at(clock, tmp_path)

    async def steps(app: MuxApp, pilot: Pilot[int]) -> None:
        await placed(app, pilot)
        cockpit(app).asking.allowed.add("claude")
        claude = await prompted(desk, "claude")
        backend = await asked(app, pilot, clock, TASK)
        weak = "I'm not sure. It might be the repo, or perhaps something else"
        backend.say(TextDelta(weak))
        await until(pilot, lambda: current(app).view.text == weak)
        clock.now += 1.2
        usage = Usage(100, 14)
        backend.say(Completion(weak, "length", usage=usage, logprobs=(-2.4,) * 12))
        await asking(app, pilot, "claude")
        clock.now += 6.3
        claude.say(TextDelta(ANSWER))
        claude.end(ANSWER, 248, cost=0.0031)
        await over(app, pilot)
        await listed(app, pilot, 1)
        await settled(app, pilot)

    snap(desk, look, "cockpit", steps)


def test_failed(snap: Snap, look: Look, clock: Clock, tmp_path: Path) -> None:
    state = LocalState("unreachable", "http://127.0.0.1:8080 does not answer")

    async def steps(app: MuxApp, pilot: Pilot[int]) -> None:
        await placed(app, pilot)
        await send(app, pilot, TASK)
        await over(app, pilot)
        await listed(app, pilot, 1)
        await settled(app, pilot)

    snap(desk_at(clock, tmp_path, cloud={}, state=state), look, "cockpit", steps)


def test_a_question(snap: Snap, look: Look, clock: Clock, tmp_path: Path) -> None:
    async def steps(app: MuxApp, pilot: Pilot[int]) -> None:
        await placed(app, pilot)
        await send(app, pilot, HARD)
        await until(
            pilot, lambda: isinstance(app.screen, CloudWindow) and app.screen.armed
        )
        await listed_running(app, pilot)
        await settled(app, pilot)

    snap(desk_at(clock, tmp_path), look, "cockpit", steps)


def test_several_runs(snap: Snap, look: Look, clock: Clock, tmp_path: Path) -> None:
    async def steps(app: MuxApp, pilot: Pilot[int]) -> None:
        await placed(app, pilot)
        await answered(app, pilot, clock, TASK)
        backend = await asked(app, pilot, clock, "Explain how sessions expire")
        backend.say(TextDelta("A session expires when"))
        await until(pilot, lambda: current(app).view.text != "")
        await settled(app, pilot)
        screen = cockpit(app)
        screen.history_changed()
        await until(pilot, lambda: len(screen.recent.options) == 2)

    snap(desk_at(clock, tmp_path), look, "cockpit", steps)


def test_searching(snap: Snap, look: Look, clock: Clock, tmp_path: Path) -> None:
    async def steps(app: MuxApp, pilot: Pilot[int]) -> None:
        await placed(app, pilot)
        await answered(app, pilot, clock, TASK)
        cockpit(app).entry.focus()
        await pilot.press("ctrl+r")
        await until(pilot, lambda: isinstance(app.screen, HistoryWindow))
        await pilot.press(*"guard")
        window = app.screen
        assert isinstance(window, HistoryWindow)
        await until(pilot, lambda: window.found == ("guard", 1))

    snap(desk_at(clock, tmp_path), look, "cockpit", steps)


def test_the_whole_decision(
    snap: Snap, look: Look, clock: Clock, tmp_path: Path
) -> None:
    async def steps(app: MuxApp, pilot: Pilot[int]) -> None:
        await placed(app, pilot)
        await answered(app, pilot, clock, TASK)
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(app.screen, DecisionWindow))

    snap(desk_at(clock, tmp_path), look, "cockpit", steps)
