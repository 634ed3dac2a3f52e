"""A cockpit on a stage: the real app and the real core, with backends that play a part.

Time, machine and models are fixed, so that a screen looks the same everywhere.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from textual.pilot import Pilot

from mux_tui.core.attempts import Parts
from mux_tui.core.backends.base import Backend
from mux_tui.core.backends.scripted import Script, Scripted
from mux_tui.core.config.environment import Environment
from mux_tui.core.config.load import Loaded, load
from mux_tui.core.config.settings import Settings
from mux_tui.core.engine import Engine
from mux_tui.core.file_work.tools import Tools
from mux_tui.core.ledger.place import ledger_path
from mux_tui.core.ledger.store import Ledger, open_ledger
from mux_tui.core.local_model.base import FixedModel
from mux_tui.core.machine.service import Machine
from mux_tui.core.paths import private_directory
from mux_tui.core.routing.situation import LocalState
from mux_tui.core.survey import survey
from mux_tui.core.task import Route, Task, Verdict
from mux_tui.core.verification.verdict import verify
from mux_tui.tui.app import MuxApp
from mux_tui.tui.desk import Desk
from mux_tui.tui.pulse import Pulse
from tests.tui.rest import PATIENCE

NOW = 1_795_000_000.0
"""What the stage's clock says: 18 November 2026, 11:06:40 UTC."""

WIDE = (120, 36)
SMALL = (80, 24)

LOOKS = [(size, theme) for size in (WIDE, SMALL) for theme in ("mux-dark", "mux-light")]
"""The four looks that each state of each screen has a snapshot of."""

READY = LocalState("ready", "It is ready.", "qwen2.5-coder-7b", 32_768, "the stage")


@dataclass
class StageDesk(Desk):
    """A desk whose models are scripted; the ledger is real."""

    local: tuple[Script, ...] = (Script("A short answer."),)
    cloud: Mapping[Route, tuple[Script, ...]] = field(
        default_factory=dict[Route, tuple[Script, ...]]
    )
    state: LocalState = READY
    files: bool = False
    """Tasks that want files changed are done as such, and not answered in text."""

    fill: Callable[[Ledger], Awaitable[None]] | None = None
    """Puts rows into the ledger before the engine is handed out."""

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[Engine, None]:
        """An engine with scripted backends and a real ledger."""
        settings = self.settings
        path = ledger_path(settings.ledger, self.environment.paths)
        await _lay_ledger(path)
        local = FixedModel(Scripted("local", self.local, self.state.model), self.state)
        async with open_ledger(path, settings.ledger) as ledger:
            if self.fill:
                await self.fill(ledger)
            engine = Engine(
                settings, self.environment, local, self._parts(local), ledger, [], "tui"
            )
            try:
                yield engine
            finally:
                await engine.end_runs()

    async def machine(self) -> Machine:
        """A fixed one: the end of a test would cut real probes off in the middle."""
        from tests.tui.fixed_machine import FixedMachine, FixedWorld

        return FixedMachine(self, FixedWorld())

    async def pulse(self) -> Pulse:
        """Always the same look."""
        summary = None
        if ledger := (await self.engine()).ledger:
            summary = await ledger.summary()
        return Pulse(self.state, "running", 3456, tuple(self.cloud), "ask", summary)

    def _parts(self, local: FixedModel) -> Parts:
        settings = self.settings

        async def verified(answer: str, task: Task) -> Verdict:
            return await verify(
                answer, task.verify, settings.verification, task.cwd, {}
            )

        present: tuple[Route, ...] = tuple(self.cloud)
        backends: dict[Route, Backend] = {
            route: Scripted(route, scripts, f"{route}-model")
            for route, scripts in self.cloud.items()
        }
        looked = partial(survey, settings=settings, local=local, present=present)
        environment = self.environment
        tools = Tools(settings, environment.paths, environment.variables)
        return Parts(
            *(settings, looked, local, backends, verified, self.questions.ask),
            approve=self.questions.approve,
            tools=tools if self.files else None,
        )


_template: bytes | None = None
"""An empty ledger as the product makes it."""


async def _lay_ledger(path: Path) -> None:
    """Put an empty ledger there, if there is none: making one takes a while."""
    global _template
    if path.exists():
        return
    if _template is None:
        with TemporaryDirectory() as folder:
            made = Path(folder) / "data" / path.name
            async with open_ledger(made, Settings().ledger):
                pass
            _template = made.read_bytes()
    private_directory(path.parent)
    path.write_bytes(_template)
    path.chmod(0o600)


def make_desk(
    folder: Path,
    *,
    local: Sequence[Script] = (Script("A short answer."),),
    cloud: Mapping[Route, Sequence[Script]] | None = None,
    state: LocalState = READY,
    settings: Mapping[str, object] | None = None,
    variables: Mapping[str, str] | None = None,
    fill: Callable[[Ledger], Awaitable[None]] | None = None,
    tick: Callable[[], float] = lambda: 0.0,
) -> StageDesk:
    """A desk whose home is in `folder`.

    Args:
        folder: A test's own directory; `shop` in it is the work directory.
        local: What the local model says, task after task.
        cloud: What each cloud CLI says; a route that is left out is not installed.
        state: How the local model is.
        settings: By dotted name, above the defaults.
        variables: More environment variables.
        fill: Puts rows into the ledger first.
        tick: The clock for durations; stands still unless a test moves it.
    """
    cwd = folder / "shop"
    cwd.mkdir(parents=True, exist_ok=True)
    own = {"HOME": str(folder), "MUX_HOME": str(folder / "mux"), "LANG": "C.UTF-8"}
    environment = Environment(own | {"COLORTERM": "truecolor"} | dict(variables or {}))
    wanted = {"ui.reduced_motion": True} | dict(settings or {})
    loaded: Loaded = load(environment, cwd, wanted)
    return StageDesk(
        environment,
        cwd,
        loaded,
        now=lambda: NOW,
        tick=tick,
        local=tuple(local),
        cloud={route: tuple(said) for route, said in (cloud or {}).items()},
        state=state,
        fill=fill,
    )


@asynccontextmanager
async def on_stage(
    desk: Desk, size: tuple[int, int] = WIDE, mode: str = "cockpit"
) -> AsyncGenerator[tuple[MuxApp, Pilot[int]], None]:
    """The app of `desk`, running headless, with its engine open."""
    app = MuxApp(desk, mode)
    async with app.run_test(size=size) as pilot:
        # A screen that cannot be made would be waited for without end.
        async with asyncio.timeout(30):
            await desk.engine()
        await pilot.pause()
        yield app, pilot
    # Bugs in workers end no app, and would be seen by nobody.
    assert app.stumbles == []


async def until(pilot: Pilot[int], holds: Callable[[], bool], what: str = "") -> None:
    """Let the app go on until `holds()`; fails after many seconds.

    Args:
        pilot: Of the running app.
        holds: What is waited for.
        what: In words, for the failure.
    """
    late = monotonic() + PATIENCE
    while not holds():
        assert monotonic() < late, what or "it did not happen"
        await pilot.pause(0.005)


def text_of(app: MuxApp) -> str:
    """What the screen shows, as text, without blanks at the ends of lines."""
    width, height = app.size
    shown = app.screen._compositor.render_strips()  # pyright: ignore[reportPrivateUsage]
    lines = [strip.crop(0, width).text.rstrip() for strip in shown[:height]]
    return "\n".join(lines)
