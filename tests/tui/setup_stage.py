"""A setup whose machine, models and downloads are fixed; its way through is real."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from mux_tui.core.backends.login import CliStatus
from mux_tui.core.catalog.table import read_catalogue
from mux_tui.core.config.environment import Environment
from mux_tui.core.config.settings import Settings
from mux_tui.core.errors import MuxError
from mux_tui.core.events import Progressed, ServerChanged
from mux_tui.core.hardware.facts import MachineFacts
from mux_tui.core.machine.advice import recommend
from mux_tui.core.machine.capacity import capacity_of
from mux_tui.core.machine.installed import Installed
from mux_tui.core.machine.measured import NOT_MEASURED, Measured
from mux_tui.core.machine.overview import rows_of
from mux_tui.core.machine.report import fact_lines
from mux_tui.core.model_server.speed import Speed
from mux_tui.core.setup.choices import Choices, ModelChoice
from mux_tui.core.setup.facts import (
    ConnectFound,
    ContextProbe,
    Downloaded,
    DownloadFound,
    Failure,
    Found,
    FoundCli,
    FoundServer,
    HardwareFound,
    ModelFound,
    Offer,
    Proof,
    Ran,
    ServeFound,
    SetupEvent,
    ToolProbe,
    Trial,
)
from mux_tui.core.setup.failing import failure_of
from mux_tui.core.setup.offers import CLOUD_ONLY
from mux_tui.core.setup.steps import Step
from mux_tui.core.setup.surroundings import Surroundings
from mux_tui.core.setup.wizard import Wizard
from mux_tui.core.setup.writing import SetupPlan
from mux_tui.core.task import Route
from tests.core.setup.conftest import PlayedRegistrar
from tests.tui.fixed_machine import GIB, M3_MAX, SMALL
from tests.tui.stage import StageDesk, make_desk

Report = Callable[[SetupEvent], None]

OLLAMA = FoundServer(
    "Ollama", "http://127.0.0.1:11434/v1", True, ("qwen2.5-coder:7b", "llama3.2")
)
LM_STUDIO = FoundServer("LM Studio", "http://127.0.0.1:1234/v1", False)
LOCKED = FoundServer("vLLM", "http://127.0.0.1:8000/v1", True, (), "it asks for a key")

CLAUDE = FoundCli(
    "claude",
    CliStatus(Path("/bin/claude"), "2.1.328", True, "logged in with a subscription"),
    "npm install -g @anthropic-ai/claude-code",
    "claude auth login",
    "claude mcp add mux",
)
CODEX = FoundCli(
    "codex",
    CliStatus(Path("/bin/codex"), "0.169.0", False, "not logged in"),
    "npm install -g @openai/codex",
    "codex login",
    "codex mcp add mux",
)
GEMINI = FoundCli(
    "gemini",
    CliStatus(None, None, None, "there is no gemini"),
    "npm install -g @google/gemini-cli",
    "gemini",
    "",
)

DOWNLOADING = (
    Progressed("fetching", 2 * GIB, 16 * GIB),
    Progressed("fetching", 9 * GIB, 16 * GIB),
)

CONTEXTS = (
    ContextProbe(2048, 2048, "whole", 0.6),
    ContextProbe(8192, 8192, "whole", 2.2),
)
PROVING: tuple[SetupEvent, ...] = (
    Trial("start", "running", "a model"),
    ServerChanged("loading", "reading weights"),
    Trial("start", "ok", "process 4121 at http://127.0.0.1:8080/v1"),
    Trial("first_token", "running"),
    Trial("first_token", "ok", "0.41 s"),
    Trial("reply", "running", "Write a Python function that reverses a string."),
    Trial("reply", "ok", "def reverse(s: str) -> str:\n    return s[::-1]"),
    Trial("tool_call", "running"),
    Trial("tool_call", "ok", "it called the tool, and the server read the call"),
    Trial("speed", "running"),
    Trial("speed", "ok", "reads 612 tokens/s, writes 64 tokens/s"),
    Trial("context", "running"),
    Trial("context", "ok", "2,048 tokens: all read, in 0.6 s"),
    Trial("context", "ok", "8,192 tokens: all read, in 2.2 s"),
    Trial("context", "left", "32,768 tokens would take about 54 s"),
)


@dataclass
class SetupWorld:
    """What the setup finds, and what was done with it."""

    facts: MachineFacts = M3_MAX
    servers: tuple[FoundServer, ...] = (OLLAMA, LM_STUDIO, LOCKED)
    installed: tuple[Installed, ...] = (replace(SMALL, configured=False),)
    clis: tuple[FoundCli, ...] = (CLAUDE, CODEX, GEMINI)
    fetched: bool = False
    """The model has been downloaded."""

    disk_free: int = 212 * GIB
    tells: dict[Step, tuple[SetupEvent, ...]] = field(
        default_factory=lambda: {"download": DOWNLOADING, "serve": PROVING}
    )
    look_fails: dict[Step, MuxError] = field(default_factory=dict[Step, MuxError])
    run_fails: dict[Step, MuxError] = field(default_factory=dict[Step, MuxError])
    log: tuple[str, ...] = ()
    refuses: tuple[Route, ...] = ()
    """CLIs that do not register mux."""

    hold: asyncio.Event | None = None
    """What runs waits for it, when it has told everything."""

    done: list[str] = field(default_factory=list[str])
    wizards: list["FixedWizard"] = field(default_factory=list["FixedWizard"])
    warning: str = ""
    plan: SetupPlan | None = None
    """What is shown in place of the real plan, which names a test's directory."""


class FixedWizard(Wizard):
    """The core's wizard in a fixed world: only looking and doing are played."""

    def __init__(
        self, environment: Environment, settings: Settings, world: SetupWorld
    ) -> None:
        self.world = world
        around = Surroundings(usual=(), registrar=PlayedRegistrar(world.refuses))
        super().__init__(environment, settings, around=around)

    async def probe(self, *, again: bool = False) -> Found | Failure | None:
        """What the world has, or its failure."""
        self.world.done.append(f"look at {self.step}")
        if error := self.world.look_fails.get(self.step):
            return self._fails(error)
        return self._found()

    async def run(self, report: Report = lambda _: None) -> Ran | Failure | None:
        """Everything is told; then it waits, fails, or is done."""
        step, world = self.step, self.world
        world.done.append(f"run {step}")
        self.findings.failures.pop(step, None)
        for event in world.tells.get(step, ()):
            report(event)
        if world.hold is not None:
            try:
                await world.hold.wait()
            except asyncio.CancelledError:
                world.done.append(f"stopped {step}")
                raise
        if error := world.run_fails.get(step):
            return self._fails(error)
        return self._ran()

    def next(self) -> Step:
        """As the core does it, but a download counts that was only played."""
        if self.step != "download" or not self.world.fetched:
            return super().next()
        return self._go("serve")

    def plan(self, *, as_if_here: bool = False) -> SetupPlan:
        """The real one, as if a download that was played had been one."""
        return self.world.plan or super().plan(as_if_here=True)

    async def cancel(self) -> tuple[str, ...]:
        """The real one."""
        self.world.done.append("cancel")
        return await super().cancel()

    def _fails(self, error: MuxError) -> Failure:
        log = self.paths.server_log
        failure = failure_of(self.step, error, self.choices.model, log)
        failure = replace(failure, log=self.world.log)
        self.findings.failures[self.step] = failure
        return failure

    def _found(self) -> Found | None:
        found, world, model = self.findings, self.world, self.choices.model
        match self.step:
            case "hardware":
                found.hardware = hardware(world)
                return found.hardware
            case "model":
                found.hardware = hardware(world)
                found.model = models(world, self.choices)
                return found.model
            case "download":
                found.download = download(world, model)
                return found.download
            case "serve":
                running = model.kind == "server"
                found.serve = ServeFound(model, model.name, running, world.warning)
                return found.serve
            case "connect":
                about = "`mux claude` runs Claude Code on the local model"
                found.connect = ConnectFound(world.clis, about)
                return found.connect
            case "summary":
                return None

    def _ran(self) -> Ran | None:
        found, model = self.findings, self.choices.model
        if self.step == "download":
            self.world.fetched = True
            directory = Path("/models/a-model")
            found.downloaded = Downloaded(model, directory, 16 * GIB, 812.0)
            return found.downloaded
        found.proof = proof(model)
        return found.proof


def hardware(world: SetupWorld) -> HardwareFound:
    """Step 1."""
    capacity = capacity_of(world.facts)
    lines = fact_lines(world.facts, capacity)
    return HardwareFound(world.facts, capacity, lines, world.servers)


def models(world: SetupWorld, choices: Choices) -> ModelFound:
    """Step 2."""
    context = choices.context or 32_768

    def remembered(name: str) -> Measured:
        return Measured(540.0, 55.0) if name == SMALL.directory.name else NOT_MEASURED

    catalogue = read_catalogue()
    advice = recommend(
        world.facts, catalogue, world.installed, context=context, remembered=remembered
    )
    best = advice.best.model.id if advice.best else ""
    rows = rows_of(
        catalogue,
        capacity_of(world.facts),
        world.installed,
        context=context,
        remembered=remembered,
        recommended=best,
    )
    served = [
        Offer(
            ModelChoice("server", id, one.base_url),
            id,
            f"runs already: {one.name} at {one.base_url}",
        )
        for one in world.servers
        if one.usable
        for id in one.models
    ]
    own = [
        Offer(
            ModelChoice("directory", row.installed.setting)
            if row.installed
            else ModelChoice("starter")
            if row.model and row.model.starter
            else ModelChoice("hub", row.id),
            row.name,
            "",
            row,
            row.recommended,
        )
        for row in rows
    ]
    return ModelFound((*served, *own, CLOUD_ONLY), advice, context)


def download(world: SetupWorld, model: ModelChoice) -> DownloadFound:
    """Step 3."""
    missing = 0 if world.fetched else 16 * GIB
    files = (("config.json", 1_203), ("model.safetensors", 16 * GIB - 1_203))
    return DownloadFound(
        model,
        model.name,
        16 * GIB,
        missing,
        world.fetched,
        18 * GIB,
        world.disk_free,
        "apache-2.0",
        files=files,
    )


def proof(model: ModelChoice) -> Proof:
    """Step 4."""
    return Proof(
        model,
        "http://127.0.0.1:8080/v1",
        "a-model",
        0.41,
        "def reverse(s: str) -> str:\n    return s[::-1]",
        ToolProbe("parsed", "it called the tool, and the server read the call", 1.2),
        CONTEXTS,
        Speed(612.0, 64.2),
        32_768,
        started=True,
    )


@dataclass
class SetupDesk(StageDesk):
    """A desk in a fixed world."""

    world: SetupWorld = field(default_factory=SetupWorld)
    fault: MuxError | None = None
    """Why no setup can begin."""

    async def wizard(self) -> Wizard:
        """A setup of the world."""
        if self.fault is not None:
            raise self.fault
        wizard = FixedWizard(self.environment, self.settings, self.world)
        self.world.wizards.append(wizard)
        return wizard


def setup_desk(
    folder: Path,
    world: SetupWorld | None = None,
    tick: Callable[[], float] = lambda: 0.0,
) -> SetupDesk:
    """A desk whose home is in `folder`, without settings."""
    desk = make_desk(folder, tick=tick)
    return SetupDesk(
        desk.environment,
        desk.cwd,
        desk.loaded,
        now=desk.now,
        tick=desk.tick,
        state=desk.state,
        world=world or SetupWorld(),
    )
