"""This machine as a screen wants it: asked for all at once, then watched.

Holds the settings of one moment; whoever shows it makes a new one when they change.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

from mux_tui.core.catalog.fit import DEFAULT_CONTEXT
from mux_tui.core.catalog.table import USERS_FILE, Catalogue, read_catalogue
from mux_tui.core.config.environment import Environment
from mux_tui.core.config.save import Change
from mux_tui.core.config.settings import Settings
from mux_tui.core.errors import ServerError
from mux_tui.core.events import ServerChanged
from mux_tui.core.hardware import pressure
from mux_tui.core.hardware.facts import MachineFacts
from mux_tui.core.hardware.macmon import GpuSample
from mux_tui.core.hardware.probe import Ask
from mux_tui.core.hardware.sample import Sample, sample
from mux_tui.core.local_model.choose import model_directory
from mux_tui.core.machine import choice
from mux_tui.core.machine.advice import Advice, recommend
from mux_tui.core.machine.facts import read_facts
from mux_tui.core.machine.gpu import has_macmon, watch_gpu
from mux_tui.core.machine.installed import Installed, installed_models
from mux_tui.core.machine.measured import NOT_MEASURED, Measured, measure_now, measured
from mux_tui.core.model_server.inspection import ServerStatus
from mux_tui.core.model_server.lifecycle import ModelServer
from mux_tui.core.model_server.speed import Speed

Report = Callable[[ServerChanged], None]


@dataclass(frozen=True)
class Stock:
    """The models that are known, and those that are here."""

    catalogue: Catalogue
    installed: tuple[Installed, ...] = ()
    remembered: Mapping[str, Measured] = field(default_factory=dict[str, Measured])
    """By the name of a model's directory."""

    def measured(self, name: str) -> Measured:
        """What was measured of the model whose directory has this name."""
        return self.remembered.get(name, NOT_MEASURED)


class Machine:
    """Facts, samples, models and model server of this machine."""

    sample_seconds = 3.0
    """Between two looks."""

    def __init__(
        self, settings: Settings, environment: Environment, ask: Ask | None = None
    ) -> None:
        """Make one; touches nothing.

        Args:
            settings: Those that hold now.
            environment: The variables, and with them the directories.
            ask: Runs the probes' commands; None: really.
        """
        self.settings = settings
        self._environment = environment
        self._ask = ask
        self._server = ModelServer(environment.paths, settings.server, environment)

    @property
    def settings_file(self) -> Path:
        """The file that choosing a model writes."""
        return self._environment.paths.config_file

    @property
    def foreign_server(self) -> str:
        """Where somebody else's server answers; empty: mux serves by itself."""
        return self.settings.providers.local.base_url

    @property
    def pressure_source(self) -> str:
        """What the word for memory pressure is taken from."""
        return pressure.source()

    async def facts(self) -> MachineFacts:
        """What does not change; takes up to a few seconds."""
        return await read_facts(self._environment, self._ask)

    async def stock(self) -> Stock:
        """Read the tables, and look at the disk."""
        return await asyncio.to_thread(self._stock)

    async def advice(self, context: int = DEFAULT_CONTEXT) -> Advice:
        """Which model to take here, and what else there is.

        Args:
            context: Tokens of context that it should hold.
        """
        facts, stock = await asyncio.gather(self.facts(), self.stock())
        return recommend(
            facts,
            stock.catalogue,
            stock.installed,
            context=context,
            remembered=stock.measured,
        )

    async def sample(self, server_pid: int | None = None) -> Sample:
        """How the machine is now."""
        return await asyncio.to_thread(sample, server_pid)

    async def gpu(self) -> AsyncGenerator[GpuSample, None]:
        """GPU use while it is read; ends at once where nobody tells it."""
        variables = self._environment.variables
        if has_macmon(variables):
            async with aclosing(watch_gpu(variables)) as samples:
                async for one in samples:
                    yield one

    async def server(self) -> ServerStatus:
        """How the server is that mux starts; changes nothing."""
        await asyncio.to_thread(import_module, "httpx")
        return await self._server.status()

    async def start(self, model: Path | None, report: Report) -> None:
        """Start the server; one that has another model is stopped first.

        Args:
            model: The model's directory; None: the one that the settings choose.
            report: Told of each phase.

        Raises:
            ServerError: There is no model, or it cannot be started.
        """
        await asyncio.to_thread(import_module, "httpx")
        model = model or model_directory(self.settings, self._environment.paths)
        if model is None:
            raise ServerError(
                "no model to serve",
                "none is installed",
                "Install one: mux setup --starter",
            )

        def told(event: object) -> None:
            if isinstance(event, ServerChanged):
                report(event)

        await self._server.start(model, told)

    async def stop(self) -> bool:
        """End the server that mux started; whether there was one.

        Raises:
            ServerError: It does not end.
        """
        return await self._server.stop()

    async def measure(self) -> tuple[str, Speed]:
        """Measure the model that is served, and remember it.

        Raises:
            ServerError: None is, or it does not answer.
        """
        return await measure_now(self._server, self._environment.paths)

    def plan(self, model: Installed) -> choice.Plan:
        """What choosing a model would change.

        Raises:
            UsageError: It cannot be chosen.
        """
        return choice.plan_choice(self.settings, self.settings_file, model)

    async def choose(self, plan: choice.Plan) -> Change:
        """Write it.

        Raises:
            MuxError: The settings file cannot be changed.
        """
        # Late and apart: the editing library takes its time.
        return await asyncio.to_thread(choice.choose, plan)

    def _stock(self) -> Stock:
        paths = self._environment.paths
        installed = installed_models(self.settings, paths, self._environment.variables)
        names = {one.directory.name for one in installed}
        return Stock(
            read_catalogue(paths.config_dir / USERS_FILE),
            installed,
            {name: measured(paths, name) for name in names},
        )
