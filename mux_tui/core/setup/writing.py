"""Step 6: what will be written, as diffs and commands; and then all of it at once."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mux_tui.core.config import changes
from mux_tui.core.config.changes import TAKE_OUT
from mux_tui.core.config.variables import variable_of
from mux_tui.core.errors import MuxError
from mux_tui.core.paths import Paths
from mux_tui.core.setup.choices import Choices, ModelChoice
from mux_tui.core.setup.facts import ConnectFound, Proof
from mux_tui.core.setup.registering import Registrar
from mux_tui.core.setup.whereabouts import setting_of
from mux_tui.core.task import Route
from mux_tui.core.text import one_line
from mux_tui.core.weights.starter import STARTER, starter_installed

_HEADER = (
    "# Written by `mux setup`. All settings and their meaning: mux config show\n\n"
)
_LOCAL = (
    "providers.local.model",
    "providers.local.base_url",
    "providers.local.api_key_env",
    "providers.local.endpoints",
)
_CONTEXT = "providers.local.context_window"


@dataclass(frozen=True)
class FilePlan:
    """One file that will be written."""

    plan: changes.Plan

    @property
    def file(self) -> Path:
        """Where it is."""
        return self.plan.file

    @property
    def new(self) -> bool:
        """Whether it is not there yet."""
        return self.plan.before is None

    @property
    def diff(self) -> tuple[str, ...]:
        """A unified diff without the names of the files; foreign text."""
        return self.plan.lines()


@dataclass(frozen=True)
class CommandPlan:
    """One command that will be run."""

    route: Route
    words: str
    """What it does: registers mux in claude."""

    command: str
    undo: str


@dataclass(frozen=True)
class SetupPlan:
    """All that will be written."""

    files: tuple[FilePlan, ...]
    """Empty: the settings say all of it already."""

    commands: tuple[CommandPlan, ...] = ()
    notes: tuple[str, ...] = ()
    """What will not be as it was chosen, and why; one line each."""

    @property
    def changes_nothing(self) -> bool:
        """Whether there is nothing to be done."""
        return not (self.files or self.commands)


@dataclass(frozen=True)
class Done:
    """One part of a plan, after it was tried."""

    what: str
    """The file, or the command."""

    ok: bool
    problem: str = ""
    """Why it was not done, on one line."""


@dataclass(frozen=True)
class Carried:
    """What was done of a plan, in order, and what was not."""

    parts: tuple[Done, ...]

    @property
    def ok(self) -> bool:
        """Whether all of it was done."""
        return all(part.ok for part in self.parts)


@dataclass(frozen=True)
class Situation:
    """What a plan depends on besides the choices."""

    file: Path
    paths: Paths
    present: Choices
    """What the settings say."""

    relay: bool
    """Whether requests may go on to the real API already."""

    variables: Mapping[str, str]
    proof: Proof | None = None
    connect: ConnectFound | None = None
    as_if_here: bool = False
    """A model that is not downloaded counts as if it was."""


def plan_setup(choices: Choices, now: Situation, registrar: Registrar) -> SetupPlan:
    """Work out what will be written; writes nothing.

    Raises:
        ConfigError: The settings file is wrong, or cannot be edited.
    """
    notes: list[str] = []
    wanted = _local(choices, now, notes) | _others(choices, now, notes)
    plan = changes.planned(now.file, wanted)
    if plan.before is None:
        plan = changes.Plan(plan.file, None, _HEADER.encode() + plan.after)
    files = () if plan.changes_nothing else (FilePlan(plan),)
    if _untried(choices, now):
        notes.append(f"{one_line(choices.model.name, 200)} was not tried")
    notes += [
        f"{variable_of(name)} is set, and counts more than {name} in the file"
        for name in wanted
        if variable_of(name) in now.variables
    ]
    return SetupPlan(files, _commands(choices, now, registrar, notes), tuple(notes))


def _local(choices: Choices, now: Situation, notes: list[str]) -> dict[str, Any]:
    """The settings of the local model; what is the default is taken out."""
    model = choices.model
    wanted: dict[str, Any] = {}
    if choices.context != now.present.context:
        wanted[_CONTEXT] = choices.context or TAKE_OUT
    if model == now.present.model or model.kind == "none":
        return wanted

    named = model.id
    if model.kind in ("starter", "hub", "directory"):
        setting = setting_of(model, now.paths, as_if_here=now.as_if_here)
        if setting is None:
            notes.append(_not_here(model))
            return {}
        named = setting
    elif model.kind == "server" and now.proof is not None:
        named = model.id or now.proof.model_id
    if model.kind == "cloud":
        named = ""
        if starter_installed(now.paths):
            notes.append(
                "the installed starter is still used when a task allows it; "
                f"to be rid of it: mux models remove {STARTER.id}"
            )

    values = (named, model.base_url, model.key_env, ())
    return wanted | {
        key: value or TAKE_OUT for key, value in zip(_LOCAL, values, strict=True)
    }


def _untried(choices: Choices, now: Situation) -> bool:
    """Whether the settings will name a model that nobody has seen answer."""
    model = choices.model
    new = model != now.present.model and model.is_served
    here = model.kind == "server" or setting_of(model, now.paths) is not None
    return new and here and now.proof is None


def _not_here(model: ModelChoice) -> str:
    name = one_line(model.name, 200)
    how = f"mux models pull {name}" if model.kind == "hub" else "mux setup --starter"
    return f"{name} is not on this machine, so the settings do not name it: {how}"


def _others(choices: Choices, now: Situation, notes: list[str]) -> dict[str, Any]:
    present = now.present
    wanted: dict[str, Any] = {}
    # Said in a new file in any case: it is the one thing everybody should have seen.
    if choices.permission != present.permission or not now.file.exists():
        wanted["cloud.permission"] = choices.permission
    if choices.order != present.order:
        wanted["cloud.order"] = choices.order
    for level in ("low", "medium", "high"):
        chosen = getattr(choices.tiers, level)
        if chosen != getattr(present.tiers, level):
            wanted[f"proxy.tier_{level}"] = chosen
    if not choices.tiers.all_here and not now.relay:
        wanted["proxy.relay"] = True
        notes.append(
            "proxy.relay is switched on: some of Claude Code's requests go to the real "
            "API, with its own login"
        )
    return wanted


def _commands(
    choices: Choices, now: Situation, registrar: Registrar, notes: list[str]
) -> tuple[CommandPlan, ...]:
    found = {cli.route: cli for cli in now.connect.clis} if now.connect else {}
    commands: list[CommandPlan] = []
    for route in choices.mcp:
        cli = found.get(route)
        if cli is not None and not cli.register:
            notes.append(f"mux is not registered in {route}, which is not installed")
            continue
        words = f"register mux in {route} as a tool"
        command, undo = registrar.command(route), registrar.undo(route)
        commands.append(CommandPlan(route, words, command, undo))
    return tuple(commands)


async def carry_out(plan: SetupPlan, registrar: Registrar) -> Carried:
    """Write the files, then run the commands; what cannot be done is told.

    When a file cannot be written, nothing after it is tried.
    """
    parts = [await _saved(planned) for planned in plan.files]
    if not all(part.ok for part in parts):
        why = "not tried, since the settings could not be written"
        parts += [Done(one.command, False, why) for one in plan.commands]
        return Carried(tuple(parts))

    parts += [await _registered(one, registrar) for one in plan.commands]
    return Carried(tuple(parts))


async def _saved(planned: FilePlan) -> Done:
    shown = one_line(str(planned.file), 500)
    try:
        await asyncio.to_thread(changes.save, planned.plan)
    except MuxError as error:
        return Done(shown, False, one_line(str(error), 500))

    return Done(shown, True)


async def _registered(command: CommandPlan, registrar: Registrar) -> Done:
    try:
        await registrar.register(command.route)
    except MuxError as error:
        return Done(command.command, False, one_line(str(error), 500))

    return Done(command.command, True)
