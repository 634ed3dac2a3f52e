"""Repeating runs, one after the other: each a run of its own, in a copy, recorded.

A run that cannot be repeated, or fails, does not stop the rest. What was done stays in
`Replays.done`, however it all ends.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from mux_tui.core.config.environment import Environment
from mux_tui.core.engine import Engine, open_engine
from mux_tui.core.errors import EnvironmentProblem, MuxError
from mux_tui.core.events import Progressed, RunEvent, ServerEvent
from mux_tui.core.finishing import finished
from mux_tui.core.model_server.lifecycle import ModelServer
from mux_tui.core.permission import Ask, nobody
from mux_tui.core.replay.base import Base, needs_copy, replay_base
from mux_tui.core.replay.comparison import (
    Comparison,
    compared,
    side_of_outcome,
    side_of_row,
)
from mux_tui.core.replay.planning import Order, SettingsOf
from mux_tui.core.replay.serving import Wanted, alone, served, wanted_model
from mux_tui.core.replay.subject import (
    NotRepeated,
    Subject,
    kept_from,
    without_routing_word,
)
from mux_tui.core.run import Run
from mux_tui.core.task import Door, Task
from mux_tui.core.text import one_line

_TOO_EARLY = "it was cancelled before its first step"


@dataclass(frozen=True)
class ServerTold:
    """The model server got into another phase, for the model that is asked for."""

    text: str


@dataclass(frozen=True)
class Copying:
    """The directory of the next replay is copied, which may take a while."""

    number: int
    """From 1."""

    of: int
    subject: Subject


@dataclass(frozen=True)
class Began:
    """A replay is under way; `run.cancel()` ends it, and the next one begins."""

    number: int
    """From 1."""

    of: int
    subject: Subject
    run: Run


@dataclass(frozen=True)
class Told:
    """Something happened in the replay that began last."""

    event: RunEvent


@dataclass(frozen=True)
class Ended:
    """A replay has ended, or could not be begun."""

    number: int
    of: int
    result: Comparison | NotRepeated


ReplayEvent: TypeAlias = ServerTold | Copying | Began | Told | Ended


class Replays:
    """Repeats runs; made by `open_replays`."""

    def __init__(
        self,
        engine: Engine,
        order: Order,
        settings_of: SettingsOf,
        wanted: Wanted,
        told: Callable[[ReplayEvent], None],
    ) -> None:
        """Nothing is begun yet."""
        self.done: list[Comparison] = []
        self.refused: list[NotRepeated] = []
        self.interrupted = False
        """What is cut off was not the user's wish: mux ends in the middle of it."""

        self._engine = engine
        self._order = order
        self._settings_of = settings_of
        self._wanted = wanted
        self._told = told

    async def repeat(self, subjects: Sequence[Subject]) -> None:
        """Repeat runs; cancelled, the one under way is ended, recorded and compared."""
        for number, subject in enumerate(subjects, 1):
            try:
                result = await self._repeated(number, len(subjects), subject)
            except MuxError as error:
                result = kept_from(subject.run.run_id, error)
            if isinstance(result, NotRepeated):
                self.refused.append(result)
            self._told(Ended(number, len(subjects), result))

    async def _repeated(
        self, number: int, of: int, subject: Subject
    ) -> Comparison | NotRepeated:
        overrides = self._wanted.overrides
        settings = await asyncio.to_thread(self._settings_of, subject.cwd, overrides)
        if settings != self._engine.settings:
            await self._engine.renew(settings)
        tools = self._engine.parts.tools
        assert tools is not None
        own = self._order.verify or subject.verify
        commands = bool(own or settings.verification.commands)
        if needs_copy(subject, commands):
            self._told(Copying(number, of, subject))
        async with replay_base(subject, tools, commands) as base:
            task = self._task(subject, base, own)
            run = self._engine.start(task, tools.at_home(base.home, base.lent))
            self._told(Began(number, of, subject, run))
            notes = (*subject.notes, *base.notes)
            return await self._watched(run, subject, notes)

    async def _watched(
        self, run: Run, subject: Subject, notes: tuple[str, ...]
    ) -> Comparison | NotRepeated:
        result: Comparison | NotRepeated = NotRepeated(subject.run.run_id, _TOO_EARLY)
        try:
            async with aclosing(run.events()) as events:
                async for event in events:
                    self._told(Told(event))
        finally:
            # Cancelled: the copy must not go before what works in it.
            run.cancel(self.interrupted)
            await finished(asyncio.create_task(run.ended()))
            if run.outcome is not None:
                now = side_of_outcome(run.outcome)
                result = compared(side_of_row(subject.run), now, notes)
                self.done.append(result)
        return result

    def _task(self, subject: Subject, base: Base, verify: tuple[str, ...]) -> Task:
        route, text = self._order.route_for(subject), subject.text
        own = subject.run.time_limit or 0.0
        limit = self._order.time_limit or (own if own > 0 else None)
        task = self._engine.accept(
            # With a route the word in the text counts for nothing.
            without_routing_word(text) if route == "auto" else text,
            base.cwd,
            base.cwd,
            route=route,
            kind=subject.kind,
            verify=verify,
            time_limit=limit,
            apply="never",
        )
        return replace(task, replay_of=subject.run.run_id, home=base.home)


@asynccontextmanager
async def open_replays(
    order: Order,
    environment: Environment,
    cwd: Path,
    settings_of: SettingsOf,
    told: Callable[[ReplayEvent], None],
    *,
    ask: Ask = nobody,
    door: Door = "cli",
) -> AsyncGenerator[Replays, None]:
    """Make ready for replays: the model is served, the ledger open.

    Leaving it ends and records what is under way, and serves the model of before again.

    Args:
        order: How runs are repeated.
        environment: The variables, and with them the directories.
        cwd: What a model's directory is relative to.
        settings_of: The settings that hold in a directory.
        told: Told each event.
        ask: Asks the user whether a task may leave this machine.
        door: The shell that opens it.

    Raises:
        UsageError: There is no such model.
        ServerError: It cannot be served, or others have theirs served.
        EnvironmentProblem: The ledger cannot be opened.
    """

    def report(event: ServerEvent) -> None:
        if not isinstance(event, Progressed):
            text = f": {one_line(event.text)}" if event.text else ""
            told(ServerTold(f"{event.phase}{text}"))

    settings = await asyncio.to_thread(settings_of, cwd, {})
    route = order.route or "local"
    wanted = await asyncio.to_thread(
        wanted_model, order.model, route, settings, environment, cwd
    )
    server = ModelServer(environment.paths, settings.server, environment)
    async with alone(wanted, environment.paths), served(wanted, server, report):
        settings = await asyncio.to_thread(settings_of, cwd, wanted.overrides)
        async with open_engine(
            settings, environment, cwd, ask=ask, door=door
        ) as engine:
            if engine.ledger is None:
                raise EnvironmentProblem(
                    "replays need a ledger", "; ".join(map(one_line, engine.notices))
                )
            yield Replays(engine, order, settings_of, wanted, told)
