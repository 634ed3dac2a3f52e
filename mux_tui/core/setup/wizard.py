"""`Wizard`: six steps with choices, as a screen or a command line asks for them.

Moving about and choosing is immediate and never fails. What takes time is asked for by
`probe` (looks, changes nothing) and `run` (downloads, starts a server, measures); both
give facts, or a `Failure` with ways on. Only `carry_out` writes settings.
"""

import dataclasses
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Literal

from mux_tui.core.config.environment import Environment
from mux_tui.core.config.load import load
from mux_tui.core.config.settings import Settings
from mux_tui.core.errors import MuxError, ServerError, UsageError
from mux_tui.core.machine.measured import remember
from mux_tui.core.model_server.lifecycle import ModelServer
from mux_tui.core.paths import Paths
from mux_tui.core.setup import draft, fetching, proving, steps, taking
from mux_tui.core.setup.choices import ModelChoice, choices_of, with_model
from mux_tui.core.setup.connecting import find_clis
from mux_tui.core.setup.draft import Draft
from mux_tui.core.setup.facts import (
    Failure,
    Findings,
    Found,
    Ran,
    SetupEvent,
)
from mux_tui.core.setup.failing import failure_of
from mux_tui.core.setup.looking import look_at_machine
from mux_tui.core.setup.offers import look_at_models
from mux_tui.core.setup.proving import Subject
from mux_tui.core.setup.registering import OwnServer
from mux_tui.core.setup.steps import Place, Step
from mux_tui.core.setup.surroundings import Surroundings
from mux_tui.core.setup.traces import Traces
from mux_tui.core.setup.ways import Way
from mux_tui.core.setup.whereabouts import directory_of, what_stays
from mux_tui.core.setup.writing import (
    Carried,
    SetupPlan,
    Situation,
    carry_out,
    plan_setup,
)
from mux_tui.core.text import one_line
from mux_tui.core.weights.starter import starter_installed

Report = Callable[[SetupEvent], None]

Ended = Literal["", "written", "cancelled"]


def _silent(_: SetupEvent) -> None:
    pass


class Wizard:
    """The state of one setup; made by `open_wizard`."""

    def __init__(
        self,
        environment: Environment,
        settings: Settings,
        *,
        around: Surroundings | None = None,
        keeps_draft: bool = True,
    ) -> None:
        """Make one; touches nothing.

        Args:
            environment: The variables, and with them the directories.
            settings: Those that hold now: the first choices.
            around: What it looks at and asks.
            keeps_draft: Whether choices outlive a kill, in the state directory.
        """
        here = starter_installed(environment.paths)
        self.present = choices_of(settings, starter_is_here=here)
        """What the settings say."""

        self.choices = self.present
        self.step: Step = "hardware"
        self.skipped: frozenset[Step] = frozenset()
        self.findings = Findings()
        self.ended: Ended = ""
        self._environment = environment
        self._settings = settings
        self._around = around or Surroundings()
        self._keeps_draft = keeps_draft
        self._traces = Traces(environment.paths)
        self._registrar = self._around.registrar or OwnServer(settings, environment)
        program = self._around.server_program
        self._server = ModelServer(
            environment.paths, settings.server, environment, program=program
        )

    @property
    def paths(self) -> Paths:
        """The directories that it is about."""
        return self._environment.paths

    @property
    def trail(self) -> tuple[tuple[Step, Place], ...]:
        """All steps, each with its place."""
        return steps.trail(self.step, self.choices, self.skipped)

    @property
    def failure(self) -> Failure | None:
        """What went wrong in this step, at its last try; None: nothing."""
        return self.findings.failures.get(self.step)

    def resume(self, left: Draft) -> None:
        """Go on where a wizard that was killed had come to."""
        self.choices, self.step, self.skipped = left.choices, left.step, left.skipped

    def choose(self, **changes: Any) -> None:
        """Replace some of the choices, by the names of their fields.

        With another model, a context that was meant for the old one goes, unless one
        is chosen with it.
        """
        model: ModelChoice = changes.pop("model", self.choices.model)
        choices = with_model(self.choices, model, self.present)
        self.choices = dataclasses.replace(choices, **changes)
        self._keep()

    def next(self) -> Step:
        """Go on; at the last step it stays there. Returns the step it is at."""
        undone = (
            self.step == "download"
            and directory_of(self.choices.model, self.paths) is None
        )
        if undone:
            return self.skip()

        self.skipped -= {self.step}
        return self._go(steps.after(self.step, self.choices, self.skipped))

    def skip(self) -> Step:
        """Go on without this step: what it would choose stays as the settings say."""
        here = self.step
        if here == "summary":
            return here

        self.skipped |= frozenset[Step]((here,))
        self.choices = taking.without(here, self.choices, self.present)
        return self._go(steps.after(here, self.choices, self.skipped))

    def back(self) -> Step:
        """Go back; at the first step it stays there. Returns the step it is at."""
        return self._go(steps.before(self.step, self.choices, self.skipped))

    def take(self, way: Way) -> Step:
        """Do what a way on says, as far as it is a matter of choices and steps.

        `retry` and `show_log` change nothing: whoever shows the wizard runs the step
        again, or shows the failure's log.
        """
        if way.action in ("skip", "show_log"):
            return self.skip() if way.action == "skip" else self.step

        self.findings.failures.pop(self.step, None)
        self.choices, step = taking.taken(
            way.action, self.step, self.choices, self.present, self.findings.model
        )
        return self._go(step)

    async def probe(self, *, again: bool = False) -> Found | Failure | None:
        """Look at what this step is about; changes nothing.

        What was found before is given again, unless choices have made it stale.

        Args:
            again: Look anew in any case.

        Returns:
            The step's facts, or why there are none; None for the last step, whose
            facts are its `plan`.
        """
        if again:
            self._forget(self.step)
        try:
            return await self._look()
        except MuxError as error:
            return self._failed(error)

    async def run(self, report: Report = _silent) -> Ran | Failure | None:
        """Do what this step does: download, or start the model and try it.

        When it is cancelled, what has come of a download stays for the next try, and
        a server that was starting is ended.

        Returns:
            What was done, or why not; None where there is nothing to be done.
        """
        self.findings.failures.pop(self.step, None)
        try:
            return await self._do(report)
        except MuxError as error:
            return self._failed(error)

    def plan(self, *, as_if_here: bool = False) -> SetupPlan:
        """What will be written, with a diff of each file; writes nothing.

        Args:
            as_if_here: Take a model that is not downloaded for one that is.

        Raises:
            ConfigError: The settings file is wrong, or cannot be edited.
        """
        proof = self.findings.proof
        fits = proof is not None and proof.model == self.choices.model
        now = Situation(
            self.paths.config_file,
            self.paths,
            self.present,
            self._settings.proxy.relay,
            self._environment.variables,
            proof if fits else None,
            self.findings.connect,
            as_if_here,
        )
        return plan_setup(self.choices, now, self._registrar)

    async def carry_out(self, plan: SetupPlan) -> Carried:
        """Write it; never raises for what cannot be written, but tells it.

        When all is done the wizard is at its end; else it can be tried again.
        """
        carried = await carry_out(plan, self._registrar)
        if carried.ok:
            self._remember()
            self._end("written")
        return carried

    async def cancel(self) -> tuple[str, ...]:
        """End without writing: a server that was started goes, with its files.

        Returns:
            What stays nevertheless, one line each: what has come of downloads.

        Raises:
            ServerError: The server that was started does not end.
        """
        if not self.ended:
            try:
                await self._traces.clear(self._server)
            finally:
                self._end("cancelled")
                self._traces.remove_folders()
        return what_stays(self.paths)

    async def _look(self) -> Found | None:
        found, environment = self.findings, self._environment
        settings, around = self._settings, self._around
        match self.step:
            case "hardware":
                found.hardware = found.hardware or await look_at_machine(
                    environment, settings, around.usual, around.ask
                )
                return found.hardware
            case "model":
                return await self._look_at_models()
            case "download":
                return await self._look_at_download()
            case "serve":
                found.serve = await proving.look_at_serving(
                    self._subject(), self._server
                )
                return found.serve
            case "connect":
                found.connect = found.connect or await find_clis(
                    settings, environment, self._registrar
                )
                return found.connect
            case "summary":
                return None

    async def _look_at_models(self) -> Found:
        found, around = self.findings, self._around
        found.hardware = found.hardware or await look_at_machine(
            self._environment, self._settings, around.usual, around.ask
        )
        found.model = await look_at_models(
            self._environment, self._settings, found.hardware, self.choices
        )
        return found.model

    async def _look_at_download(self) -> Found:
        found, model = self.findings, self.choices.model
        if found.download is None or found.download.model != model:
            found.download = await fetching.look_at_download(model, self._environment)
        return found.download

    async def _do(self, report: Report) -> Ran | None:
        found = self.findings
        match self.step:
            case "download":
                found.downloaded = await fetching.fetch(
                    self.choices.model, self._environment, report
                )
                found.download = None
                self.skipped -= frozenset[Step](("download",))
                return found.downloaded
            case "serve":
                found.proof = await proving.prove(
                    self._subject(), self._server, report, self._traces.starting
                )
                return found.proof
            case "hardware" | "model" | "connect" | "summary":
                return None

    def _subject(self) -> Subject:
        model, variables = self.choices.model, self._environment.variables
        limits = self._around.limits
        if model.kind == "server":
            key = variables.get(model.key_env, "") if model.key_env else ""
            if model.key_env and not key:
                raise UsageError(
                    f"no key in {one_line(model.key_env)}",
                    "that variable is not set",
                    "Export it",
                )
            return Subject(model, None, key, self.choices.context, limits)

        directory = directory_of(model, self.paths)
        if directory is None:
            raise ServerError(
                f"no model to serve: {one_line(model.name, 200)}",
                "its files are not on this machine",
                "Download it first, or choose another",
            )
        return Subject(model, directory.resolve(), "", self.choices.context, limits)

    def _failed(self, error: MuxError) -> Failure:
        log = self.paths.server_log
        failure = failure_of(self.step, error, self.choices.model, log)
        self.findings.failures[self.step] = failure
        return failure

    def _forget(self, step: Step) -> None:
        found = self.findings
        match step:
            case "hardware" | "model":
                found.hardware = None
            case "download":
                found.download = None
            case "connect":
                found.connect = None
            case "serve" | "summary":
                pass

    def _remember(self) -> None:
        proof = self.findings.proof
        directory = directory_of(self.choices.model, self.paths)
        if proof is not None and directory is not None:
            remember(self.paths, directory.resolve().name, proof.speed)

    def _go(self, step: Step | None) -> Step:
        self.step = step or self.step
        self._keep()
        return self.step

    def _keep(self) -> None:
        if self._keeps_draft and not self.ended:
            draft.save(self.paths, Draft(self.choices, self.step, self.skipped))

    def _end(self, how: Ended) -> None:
        self.ended = how
        draft.remove(self.paths)


def open_wizard(
    environment: Environment,
    overrides: Mapping[str, object] = MappingProxyType({}),
    *,
    around: Surroundings | None = None,
    keeps_draft: bool = True,
) -> Wizard:
    """Make a wizard with what the user's settings say.

    The settings of a project do not count: what is set up is the user's.

    Raises:
        ConfigError: The settings cannot be read; they have to be mended first.
    """
    settings = load(environment, None, overrides).settings
    return Wizard(environment, settings, around=around, keeps_draft=keeps_draft)
