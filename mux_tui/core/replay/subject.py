"""A stored run as something that can be repeated, or the reason why it cannot.

A row is foreign text: it may have been imported. What it says is checked like what
somebody types, and of a run from elsewhere no command is run.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast, get_args

from mux_tui.core import intake
from mux_tui.core.config.settings import Settings
from mux_tui.core.errors import ConfigError, MuxError, UsageError
from mux_tui.core.ledger.rows import RunDetail
from mux_tui.core.redact import MARK
from mux_tui.core.routing.override import split_override
from mux_tui.core.task import Kind, RouteChoice
from mux_tui.core.text import one_line

MOST_CHECKS = 20
"""Commands of one run; a row with more of them is none of ours."""

_WHY_LENGTH = 300


@dataclass(frozen=True)
class Subject:
    """A run that can be repeated."""

    run: RunDetail
    text: str
    """Its task, as it was typed."""

    cwd: Path
    """Where it was done, without links; there now."""

    route: RouteChoice
    """Who answered it; where nobody did, who was asked for."""

    kind: Kind | None
    verify: tuple[str, ...]
    """Its own commands; empty: it had none, or they are not to be trusted."""

    notes: tuple[str, ...] = ()
    """What will be different from the first time, one sentence each."""


@dataclass(frozen=True)
class NotRepeated:
    """A run that cannot be repeated."""

    run_id: str
    why: str
    """One clause, safe to show."""


def kept_from(run_id: str, error: MuxError) -> NotRepeated:
    """A run that an error keeps from being repeated."""
    told = str(error)
    if isinstance(error, ConfigError) and len(error.problems) > 1:
        told += f": {'; '.join(error.problems)}"
    return NotRepeated(run_id, one_line(told, _WHY_LENGTH))


def subject_of(
    run: RunDetail, settings: Settings, variables: Mapping[str, str]
) -> Subject | NotRepeated:
    """The run as something to repeat; it blocks for a look at its directory.

    Args:
        run: As it is stored.
        settings: How long a task may be.
        variables: The environment; HOME in it is no project.
    """
    if why := _why_not(run, variables):
        return NotRepeated(run.run_id, why)
    try:
        text = intake.accept_text(run.task or "", settings.limits.task_bytes)
        cwd = intake.accept_directory(Path(run.cwd), Path("/"))
    except UsageError as error:
        return kept_from(run.run_id, error)

    verify, notes = _verify(run)
    return Subject(run, text, cwd, _route(run), _kind(run), verify, notes)


def without_routing_word(text: str) -> str:
    """The task that says nothing of who is to do it; as it is where nothing is left."""
    word, rest = split_override(text)
    while word is not None and rest.strip():
        text = rest
        word, rest = split_override(text)
    return text


def _why_not(run: RunDetail, variables: Mapping[str, str]) -> str:
    if run.status == "running":
        return "it has not ended yet"
    if run.replay_of:
        return f"it repeats {one_line(run.replay_of, 40)}; repeat that one"
    if run.door == "demo":
        return "it belongs to the demonstration"
    if run.task is None and run.imported:
        return "it was imported without its text"
    if run.task is None:
        return "its text was not kept (ledger.store_prompts)"
    if MARK in run.task:
        return "credentials in its text are blacked out"
    if not os.path.isabs(run.cwd):
        return "it does not say in which directory it was done"
    if run.kind != "advisory" and is_home(run.cwd, variables):
        return "its directory is no project, and all of it would be copied"

    return ""


def is_home(cwd: str, variables: Mapping[str, str]) -> bool:
    """Whether a directory is the user's home, or holds it with all that is there."""
    real = Path(os.path.realpath(cwd))
    home = Path(os.path.realpath(variables.get("HOME", "") or "/"))
    return real == home or real in home.parents or real == Path("/")


def _route(run: RunDetail) -> RouteChoice:
    choices = get_args(RouteChoice)
    for route in (run.route, split_override(run.task or "")[0], run.route_requested):
        if route in choices:
            return cast(RouteChoice, route)

    return "auto"


def _kind(run: RunDetail) -> Kind | None:
    return cast(Kind, run.kind) if run.kind in get_args(Kind) else None


def _verify(run: RunDetail) -> tuple[tuple[str, ...], tuple[str, ...]]:
    commands = tuple(one for one in run.verify if isinstance(one, str) and one.strip())
    if not commands:
        return (), ()
    if run.imported or not run.owner_pid or len(commands) > MOST_CHECKS:
        # Whoever wrote the file that was imported would run commands here.
        return (), ("its own checks are not run: it comes from elsewhere",)

    return commands, ()
