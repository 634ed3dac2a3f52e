"""Which runs of a query are repeated, and which cannot be."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from mux_tui.core.backends.registry import present_routes
from mux_tui.core.config.environment import Environment
from mux_tui.core.config.settings import Settings
from mux_tui.core.errors import MuxError
from mux_tui.core.ledger.query import Part, Query
from mux_tui.core.ledger.rows import RunDetail
from mux_tui.core.ledger.search import Count
from mux_tui.core.ledger.store import Ledger
from mux_tui.core.replay.policy import NOTHING, Trial, tried
from mux_tui.core.replay.subject import (
    NotRepeated,
    Subject,
    kept_from,
    subject_of,
)
from mux_tui.core.task import CLOUD_ROUTES, Route, RouteChoice

_AT_ONCE = 50
"""Runs in full that are in memory together."""

SettingsOf = Callable[[Path, Mapping[str, object]], Settings]
"""The settings that hold in a directory, with some put above them all."""


@dataclass(frozen=True)
class Order:
    """How runs are repeated."""

    route: RouteChoice | None = None
    """Who is asked; None: who answered then, or this machine where a model is named."""

    model: str = ""
    """Empty: that of the settings."""

    verify: tuple[str, ...] = ()
    """Commands that prove the answers; empty: each run's own."""

    time_limit: float | None = None
    """Seconds for each; None: each run's own, if it had one."""

    def route_for(self, subject: Subject) -> RouteChoice:
        """Who is asked to repeat a run."""
        if self.route is not None:
            return self.route

        return "local" if self.model else subject.route


@dataclass(frozen=True)
class Plan:
    """What is to be repeated."""

    subjects: tuple[Subject, ...]
    """The newest first."""

    refused: tuple[NotRepeated, ...]
    matching: Count
    """How many runs match, also those that are beyond the limit."""

    leaving: int = 0
    """How many of the subjects would leave this machine, or might."""


async def found_runs(
    ledger: Ledger, query: Query, limit: int
) -> tuple[list[RunDetail], Count]:
    """The newest runs of a query in full, and how many there are.

    Replays are passed over, unless the query speaks of them.

    Raises:
        LedgerError: They could not be read.
    """
    query = _without_replays(query)
    rows = await ledger.search.page(query, limit)
    found = await ledger.search.full([row.id for row in rows])
    return list(reversed(found)), await ledger.search.count(query)


async def trial_of(
    ledger: Ledger,
    query: Query,
    limit: int,
    settings: Settings,
    present: Sequence[Route],
) -> Trial:
    """What other settings would have done with the newest runs of a query.

    A few runs are in memory together, however many there are.

    Args:
        ledger: Where they are.
        query: Which runs; replays only if it speaks of them.
        limit: How many at most.
        settings: Those that are tried.
        present: Cloud routes whose CLI is here now.

    Raises:
        LedgerError: They could not be read.
    """
    query, trial = _without_replays(query), NOTHING
    before: int | None = None
    while trial.runs < limit:
        some = min(_AT_ONCE, limit - trial.runs)
        rows = await ledger.search.page(query, some, before_id=before)
        if not rows:
            break
        runs = (await ledger.search.full([row.id for row in rows]))[::-1]
        trial += await asyncio.to_thread(tried, runs, settings, present)
        before = rows[-1].id
    return trial


def _without_replays(query: Query) -> Query:
    if any(isinstance(o, Part) and o.key == "replay" for o in query.conditions):
        return query

    return replace(query, conditions=(*query.conditions, Part("replay", ("no",))))


async def plan(
    ledger: Ledger,
    query: Query,
    limit: int,
    order: Order,
    settings_of: SettingsOf,
    environment: Environment,
) -> Plan:
    """What repeating the newest runs of a query would mean; nothing is started.

    Raises:
        LedgerError: It could not be read.
    """
    runs, count = await found_runs(ledger, query, limit)
    return await plan_of(runs, count, order, settings_of, environment)


async def plan_of(
    runs: list[RunDetail],
    count: Count,
    order: Order,
    settings_of: SettingsOf,
    environment: Environment,
) -> Plan:
    """The same, of runs that are known already."""
    subjects: list[Subject] = []
    refused: list[NotRepeated] = []
    leaving = 0
    for run in runs:
        found = await asyncio.to_thread(_looked_at, run, settings_of, environment)
        if isinstance(found, NotRepeated):
            refused.append(found)
            continue
        subject, settings = found
        subjects.append(subject)
        leaving += _may_leave(order.route_for(subject), settings, environment)
    return Plan(tuple(subjects), tuple(refused), count, leaving)


def _looked_at(
    run: RunDetail, settings_of: SettingsOf, environment: Environment
) -> tuple[Subject, Settings] | NotRepeated:
    # Settings are looked for beside a directory: of a row that is not good for one,
    # nothing is opened.
    found = subject_of(run, settings_of(Path("/"), {}), environment.variables)
    if isinstance(found, NotRepeated):
        return found
    try:
        return found, settings_of(found.cwd, {})
    except MuxError as error:
        return kept_from(run.run_id, error)


def _may_leave(
    route: RouteChoice, settings: Settings, environment: Environment
) -> bool:
    """Whether a task might be sent to a cloud CLI, as far as is known beforehand."""
    if route == "local" or settings.cloud.permission == "never":
        return False

    present = present_routes(settings, environment.variables)
    wanted = CLOUD_ROUTES if route == "auto" else (route,)
    return any(one in present for one in wanted if one in settings.cloud.order)
