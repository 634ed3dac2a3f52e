"""A cockpit that can repeat its runs: scripted models, a real ledger, real copies."""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

from mux_tui.core.backends.scripted import Script
from mux_tui.core.config.settings import Settings
from mux_tui.core.engine import Engine
from mux_tui.core.file_work.tools import Tools
from mux_tui.core.ledger.place import ledger_path
from mux_tui.core.ledger.rows import RunDetail
from mux_tui.core.ledger.store import Ledger, open_ledger
from mux_tui.core.local_model.base import LocalModel
from mux_tui.core.permission import Ask
from mux_tui.core.replay.planning import Order
from mux_tui.core.replay.rerunning import ReplayEvent, Replays
from mux_tui.core.replay.serving import Wanted
from mux_tui.core.task import Route
from tests.tui.ledger_runs import Told, record
from tests.tui.stage import StageDesk, make_desk

SAID = "It was said once more."


@dataclass
class ReplayDesk(StageDesk):
    """A desk whose replays have an engine of their own, with scripted models."""

    orders: list[Order] = field(default_factory=list[Order])
    """How runs were asked to be repeated."""

    local_again: LocalModel | None = None
    """Who repeats, instead of the scripted one."""

    def settings_of(self, directory: Path, above: Mapping[str, object]) -> Settings:
        """What the stage's settings are, wherever it is; but for what is tried."""
        if above:
            return super().settings_of(directory, above)
        return self.settings

    @asynccontextmanager
    async def replays(
        self, order: Order, told: Callable[[ReplayEvent], None], ask: Ask
    ) -> AsyncGenerator[Replays, None]:
        """Replays of scripted models, with a ledger of their own."""
        self.orders.append(order)
        settings, environment = self.settings, self.environment
        parts = (await self.engine()).parts
        local = self.local_again or parts.local
        tools = Tools(settings, environment.paths, environment.variables)
        parts = replace(parts, local=local, ask=ask, tools=tools)
        path = ledger_path(settings.ledger, environment.paths)
        async with open_ledger(path, settings.ledger) as ledger:
            engine = Engine(settings, environment, local, parts, ledger, [], "tui")
            try:
                yield Replays(engine, order, self.settings_of, Wanted(), told)
            finally:
                await engine.end_runs()


def make_replay_desk(
    folder: Path,
    runs: Sequence[Told],
    *,
    cloud: Mapping[Route, Sequence[Script]] | None = None,
    settings: Mapping[str, object] | None = None,
) -> ReplayDesk:
    """A desk whose ledger holds these runs, done in its work directory.

    Args:
        folder: A test's own directory.
        runs: The oldest first.
        cloud: What each cloud CLI says; programs of these names are there.
        settings: By dotted name, above the defaults.
    """
    programs = folder / "programs"
    programs.mkdir()
    for route in cloud or {}:
        program = programs / route
        program.write_text("#!/bin/sh\nexit 1\n")
        program.chmod(0o755)
    cwd = folder / "shop"

    async def fill(ledger: Ledger) -> None:
        for told in runs:
            await record(ledger, told, cwd)

    desk = make_desk(
        folder,
        local=[Script(SAID)],
        cloud=cloud,
        settings=settings,
        variables={"PATH": str(programs)},
        fill=fill,
    )
    return ReplayDesk(**{one.name: getattr(desk, one.name) for one in fields(desk)})


async def replays_of(desk: StageDesk, run_id: str) -> list[RunDetail]:
    """The rows of those that repeat a run, oldest first."""
    ledger = await desk.ledger()
    original = await ledger.get(run_id)
    assert original is not None
    found = [await ledger.get(one) for one in original.replays]
    return [one for one in found if one is not None]
