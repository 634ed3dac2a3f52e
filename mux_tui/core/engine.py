"""The composition root: what is opened together is closed together.

An engine owns the HTTP client, the ledger and the runs. It outlives every shell that
watches a run, so that no way of leaving a shell loses a row.
"""

import asyncio
import os
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from mux_tui.core import intake
from mux_tui.core.attempts import Parts
from mux_tui.core.backends.registry import cloud_backends, present_routes
from mux_tui.core.cascade import Cascade
from mux_tui.core.config.environment import Environment
from mux_tui.core.config.settings import Settings
from mux_tui.core.errors import LedgerError
from mux_tui.core.events import Notice
from mux_tui.core.file_work.tools import Tools
from mux_tui.core.file_work.upkeep import mended
from mux_tui.core.hardware.processes import alive, identity
from mux_tui.core.ledger.owner import Owner
from mux_tui.core.ledger.place import ledger_path
from mux_tui.core.ledger.recorder import Recorder
from mux_tui.core.ledger.run_id import new_run_id
from mux_tui.core.ledger.store import Ledger, open_ledger
from mux_tui.core.local_model.base import LocalModel
from mux_tui.core.local_model.build import local_client, local_model
from mux_tui.core.local_model.choose import model_directory
from mux_tui.core.local_model.seen import SeenModel
from mux_tui.core.permission import Approve, Ask, nobody, nobody_approves
from mux_tui.core.routing.policy import decide
from mux_tui.core.routing.situation import LocalState
from mux_tui.core.run import Run
from mux_tui.core.survey import Looked, count, survey
from mux_tui.core.task import Apply, Decision, Door, Kind, RouteChoice, Task, Verdict
from mux_tui.core.telemetry.telemetry import Telemetry
from mux_tui.core.verification.verdict import verify


@dataclass
class Engine:
    """Everything a shell needs to have tasks done."""

    settings: Settings
    environment: Environment
    local: LocalModel
    parts: Parts
    ledger: Ledger | None = None
    """None: it is not wanted, or could not be opened, which `notices` says."""

    notices: list[str] = field(default_factory=list[str])
    """What the user should be told with the next run."""

    door: Door = "cli"
    runs: list[Run] = field(default_factory=list[Run])
    """Those that have not ended yet, when last looked at."""

    seen: SeenModel | None = None
    """The local model as decisions see it; None: they ask it each time."""

    telemetry: Telemetry | None = None
    """Told of each task that has ended; None: tasks are not recorded either."""

    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    _cwd: Path = Path()
    _local_of: tuple[object, ...] = field(init=False)
    """What the local model was made of: settings, and which model was installed."""

    def __post_init__(self) -> None:
        """Remember what the local model was made of."""
        self._local_of = _local_parts(self.settings, self.environment)

    def accept(
        self,
        text: str,
        cwd: Path,
        base: Path,
        *,
        route: RouteChoice = "auto",
        kind: Kind | None = None,
        verify: tuple[str, ...] = (),
        time_limit: float | None = None,
        apply: Apply | None = None,
    ) -> Task:
        """Make a task of what a user typed.

        Args:
            text: The prompt.
            cwd: The work directory, relative to `base`.
            base: The directory that mux was started in.
            route: Who is to do it.
            kind: What it is; None: as its text tells.
            verify: Commands that prove the answer; empty: those of the settings.
            time_limit: Seconds for all of it.
            apply: When changes are written; None: as the settings say.

        Raises:
            UsageError: It is no task, or there is no such directory.
        """
        return Task(
            text=intake.accept_text(text, self.settings.limits.task_bytes),
            cwd=intake.accept_directory(cwd, base),
            run_id=new_run_id(),
            route=route,
            kind=kind,
            door=self.door,
            verify=verify or self.settings.verification.commands,
            time_limit=time_limit,
            apply=apply or self.settings.workflow.apply,
        )

    async def decide(self, task: Task) -> Decision:
        """The decision alone; nothing is started, sent or recorded."""
        situation = await self.parts.survey(task)
        return decide(situation, self.settings.router, self.settings.cloud)

    def start(self, task: Task, tools: Tools | None = None) -> Run:
        """Begin a task; it goes on whether or not anybody reads its events.

        Args:
            task: What `accept` made.
            tools: For its file work, instead of those that all tasks share.
        """
        run = Run(task)
        parts = replace(self.parts, tools=tools) if tools else self.parts
        # One by one: another thread may add to them meanwhile.
        while self.notices:
            run.tell(Notice(self.notices.pop(0)))
        recorder = Recorder(self.ledger, _owner(), lambda text: run.tell(Notice(text)))
        record = self.telemetry.watching(task, recorder) if self.telemetry else recorder
        run.begin(Cascade(task, parts, record, run.tell), record)
        self.runs = [one for one in self.runs if one.outcome is None]
        self.runs.append(run)
        return run

    async def renew(self, settings: Settings) -> None:
        """Let other settings hold for the tasks that are started from now on.

        The ledger stays the one it is.
        """
        if self.telemetry:
            self.telemetry.follow(settings, self.environment.variables)
        local, made_of = self.local, _local_parts(settings, self.environment)
        if made_of != self._local_of:
            # The one before goes on serving what is under way.
            local = await _local(self._stack, settings, self.environment, self._cwd)
            self.seen, self._local_of = _seen(local, self.door), made_of
        parts = _parts(settings, self.environment, local, self.seen or local)
        parts = replace(parts, ask=self.parts.ask, approve=self.parts.approve)
        self.settings, self.local, self.parts = settings, local, parts

    async def local_state(self) -> LocalState:
        """How the local model is, for whoever keeps looking; decisions see it too."""
        return await (self.seen.look() if self.seen else self.local.state())

    async def warm(self) -> None:
        """Load what the first decision needs, so that it comes at once."""
        await asyncio.to_thread(count, "warm", self.local)
        await self.local_state()

    async def end_runs(self) -> None:
        """End what is under way, and wait until it is recorded.

        On the command line leaving means that the user does not want the task any
        more; elsewhere it was mux that ended, and the row says `interrupted`.
        """
        for run in self.runs:
            if run.outcome is None:
                run.cancel(interrupted=self.door != "cli")
        for run in self.runs:
            await run.ended()


@asynccontextmanager
async def open_engine(
    settings: Settings,
    environment: Environment,
    cwd: Path,
    *,
    ask: Ask = nobody,
    approve: Approve = nobody_approves,
    door: Door = "cli",
    record: bool = True,
) -> AsyncGenerator[Engine, None]:
    """Open an engine; leaving it ends its runs, and closes what it opened.

    The model server is not ended: it outlives mux.

    Args:
        settings: The user's.
        environment: The variables, and with them the directories.
        cwd: Where a restart command runs.
        ask: Asks the user whether a task may leave this machine.
        approve: Asks the user whether proposed changes may be written.
        door: The shell that opens it.
        record: Whether tasks are kept in the ledger.
    """
    async with AsyncExitStack() as stack:
        notices: list[str] = []
        ledger = telemetry = None
        if record:
            ledger = await _ledger(stack, settings, environment, notices)
            telemetry = Telemetry(notices.append)
            telemetry.follow(settings, environment.variables)
            stack.push_async_callback(telemetry.aclose)
        local = await _local(stack, settings, environment, cwd)
        seen = _seen(local, door)
        parts = _parts(settings, environment, local, seen or local)
        parts = replace(parts, ask=ask, approve=approve)
        if parts.tools is not None:
            notices += await mended(parts.tools)
        engine = Engine(
            settings,
            environment,
            local,
            parts,
            ledger,
            notices,
            door,
            seen=seen,
            telemetry=telemetry,
            _stack=stack,
            _cwd=cwd,
        )
        stack.push_async_callback(engine.end_runs)
        yield engine


def _local_parts(settings: Settings, environment: Environment) -> tuple[object, ...]:
    """What the local model is made of; a model may have been installed meanwhile."""
    directory = model_directory(settings, environment.paths)
    return settings.providers.local, settings.server, settings.local_runtime, directory


def _seen(local: LocalModel, door: Door) -> SeenModel | None:
    """What decisions look at, in a shell that stays open and keeps looking."""
    return SeenModel(local) if door == "tui" else None


def _parts(
    settings: Settings,
    environment: Environment,
    local: LocalModel,
    looked: Looked,
) -> Parts:
    variables = environment.variables

    async def verified(answer: str, task: Task) -> Verdict:
        return await verify(
            answer, task.verify, settings.verification, task.cwd, variables
        )

    return Parts(
        settings=settings,
        survey=partial(
            survey,
            settings=settings,
            local=looked,
            present=present_routes(settings, variables),
        ),
        local=local,
        cloud=cloud_backends(settings, variables),
        verify=verified,
        ask=nobody,
        tools=Tools(settings, environment.paths, variables),
    )


async def _ledger(
    stack: AsyncExitStack,
    settings: Settings,
    environment: Environment,
    notices: list[str],
) -> Ledger | None:
    """The ledger; None when it cannot be opened, which must not stop a task."""
    try:
        ledger = await stack.enter_async_context(
            open_ledger(
                ledger_path(settings.ledger, environment.paths), settings.ledger
            )
        )
        await ledger.sweep(alive)
    except LedgerError as error:
        notices.append(f"{error}. Tasks are not recorded")
        return None

    return ledger


async def _local(
    stack: AsyncExitStack, settings: Settings, environment: Environment, cwd: Path
) -> LocalModel:
    client = await stack.enter_async_context(local_client(settings))
    local = local_model(client, settings, environment, cwd)
    stack.push_async_callback(local.aclose)
    return local


def _owner() -> Owner:
    me = identity(os.getpid())
    return Owner(os.getpid(), me.started if me else 0.0)
