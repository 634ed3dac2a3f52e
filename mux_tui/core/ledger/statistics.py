"""What many runs add up to, as facts for tables and charts.

A `Tally` takes one run after the other; it is values in, values out.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from math import ceil
from typing import Literal

from mux_tui.core.ledger.saving import LocalTokens
from mux_tui.core.task import CLOUD_ROUTES

MOST_RUNS = 20_000
"""Runs looked at, the newest ones: statistics are never about all of a large ledger."""

NOBODY = "none"
"""Stands for the route of runs that nobody answered."""

_QUARTER = 900
"""Seconds; no zone changes its day within a quarter of an hour."""


@dataclass(frozen=True)
class Day:
    """The runs that began on one day."""

    date: str
    """`2026-11-20`, by this machine's calendar."""

    routes: dict[str, int]
    """Runs by the route that answered; `none`: nobody did."""

    runs: int
    done: int
    done_locally: int
    cost_usd: float
    seconds: float | None
    """The median of those that are done; None: none is."""


@dataclass(frozen=True)
class Latency:
    """How long the runs took that one route answered, in seconds."""

    route: str
    runs: int
    p50: float
    p90: float
    p99: float


@dataclass(frozen=True)
class ReasonCount:
    """A reason, and how many runs it was given for."""

    reason: str
    runs: int


@dataclass(frozen=True)
class Band:
    """The runs whose local answer was trusted by so much."""

    low: float
    high: float
    """Not included, but for 1."""

    runs: int
    done_locally: int
    """Their local answer was taken."""

    escalated: int
    """A cloud route answered instead."""

    judged: int
    """Checks said pass or fail of the answer that was taken locally."""

    passed: int
    """Of `judged`."""


@dataclass(frozen=True)
class Share:
    """The runs of one model, or of one repository."""

    name: str
    """`none`: nobody answered, or there is no directory."""

    runs: int
    done: int
    done_locally: int
    escalated: int
    cost_usd: float
    tokens: int
    seconds_p50: float | None
    """Of those that are done; None: none is."""

    seconds_p90: float | None
    good: int
    """How many its owner has labelled so."""

    bad: int


@dataclass(frozen=True)
class Statistics:
    """What runs add up to."""

    runs: int
    """How many were looked at."""

    complete: bool
    """False: older runs match too, and are left out."""

    first_at: float | None
    """When the oldest of them began, in seconds since 1970; None: there are none."""

    last_at: float | None
    done: int
    done_locally: int
    escalated: int
    """A cloud route answered although nobody had asked for one."""

    local_share: float | None
    """Of the runs that are done, the part done on this machine; None: none is done."""

    cost_usd: float
    tokens: int
    statuses: dict[str, int]
    days: tuple[Day, ...]
    """Oldest first; days without runs are left out."""

    latencies: tuple[Latency, ...]
    """Of the runs that are done, by route, most runs first."""

    escalations: tuple[ReasonCount, ...]
    """Why runs left this machine, most frequent first."""

    failures: tuple[ReasonCount, ...]
    """Why runs failed or were declined, most frequent first."""

    confidence: tuple[Band, ...]
    """Ten bands of local confidence, the lowest first."""

    file_work: int
    """Of the runs that are done, those that asked for changes to files."""

    file_work_locally: int
    """Of these, those that this machine did."""

    local_implementation_ratio: float | None
    """The second over the first; None: there is none."""

    labels: dict[str, int]
    models: tuple[Share, ...]
    """By the model that answered, most runs first."""

    repositories: tuple[Share, ...]
    """By the repository around the work directory, or the directory itself; most runs
    first."""

    local_tokens: LocalTokens
    cloud_runs_priced: int
    """Runs that a cloud route did, and that are known to have cost something."""

    cloud_cost_usd: float
    """What these cost."""

    replays: int
    """Runs that repeat another one; nothing above counts them, unless the query asks
    for them."""

    replays_cost_usd: float


@dataclass(frozen=True)
class Facets:
    """What one run adds."""

    started_at: float
    status: str
    route: str | None
    reason: str | None
    verdict: str | None
    confidence: float | None
    """In the local answer, also where another one was taken."""

    seconds: float | None
    cost_usd: float
    tokens: int
    escalated: bool
    kind: str | None = None
    model: str | None = None
    place: str | None = None
    """The repository, or the work directory."""

    label: str | None = None
    read: int | None = None
    """Tokens; None: nobody has counted them."""

    cached: int = 0
    """Of `read`."""

    written: int = 0


class Tally:
    """Adds up runs."""

    def __init__(self, zone: tzinfo | None = None) -> None:
        """Nothing yet.

        Args:
            zone: Whose days are meant; None: this machine's.
        """
        self._zone = zone
        self._dates: dict[float, str] = {}
        self._days: defaultdict[str, list[Facets]] = defaultdict(list)
        self._bands: list[list[Facets]] = [[] for _ in range(10)]
        self.runs = 0
        self.replays = 0
        self.replays_cost_usd = 0.0

    def add(self, run: Facets) -> None:
        """Count one more run."""
        self.runs += 1
        self._days[self._date(run.started_at)].append(run)
        if run.confidence is not None and (run.escalated or run.route == "local"):
            self._bands[min(max(int(run.confidence * 10), 0), 9)].append(run)

    def result(self, complete: bool) -> Statistics:
        """What was counted.

        Args:
            complete: Whether every run that matches was counted.
        """
        runs = [run for _, day in sorted(self._days.items()) for run in day]
        done = [run for run in runs if run.status == "done"]
        local = sum(run.route == "local" for run in done)
        times = [run.started_at for run in runs]
        work = [run for run in done if run.kind == "files"]
        own_work = sum(run.route == "local" for run in work)
        return Statistics(
            runs=len(runs),
            complete=complete,
            first_at=min(times, default=None),
            last_at=max(times, default=None),
            done=len(done),
            done_locally=local,
            escalated=sum(run.escalated for run in runs),
            local_share=local / len(done) if done else None,
            cost_usd=sum(run.cost_usd for run in runs),
            tokens=sum(run.tokens for run in runs),
            statuses=dict(Counter(run.status for run in runs).most_common()),
            days=tuple(_day(date, day) for date, day in sorted(self._days.items())),
            latencies=_latencies(done),
            escalations=_reasons([run for run in runs if run.escalated]),
            failures=_reasons(
                [run for run in runs if run.status in ("failed", "declined")]
            ),
            confidence=tuple(_band(n, runs) for n, runs in enumerate(self._bands)),
            file_work=len(work),
            file_work_locally=own_work,
            local_implementation_ratio=own_work / len(work) if work else None,
            labels=dict(Counter(run.label for run in runs if run.label)),
            models=_shares(runs, "model"),
            repositories=_shares(runs, "place"),
            local_tokens=_local_tokens(done),
            cloud_runs_priced=len(priced := _priced(done)),
            cloud_cost_usd=sum(run.cost_usd for run in priced),
            replays=self.replays,
            replays_cost_usd=self.replays_cost_usd,
        )

    def _date(self, seconds: float) -> str:
        quarter = seconds // _QUARTER
        if quarter not in self._dates:
            self._dates[quarter] = _date(seconds, self._zone)
        return self._dates[quarter]


def percentile(ordered: Sequence[float], part: float) -> float:
    """The value that `part` of the values do not exceed; `ordered` has at least one."""
    return ordered[max(ceil(part * len(ordered)) - 1, 0)]


def _date(seconds: float, zone: tzinfo | None) -> str:
    try:
        return datetime.fromtimestamp(seconds, zone).date().isoformat()
    except (OverflowError, ValueError, OSError):
        # A row from a broken clock is counted all the same.
        return "1970-01-01"


def _day(date: str, runs: Sequence[Facets]) -> Day:
    done = [run for run in runs if run.status == "done"]
    seconds = sorted(run.seconds for run in done if run.seconds is not None)
    return Day(
        date,
        dict(Counter(run.route or NOBODY for run in runs)),
        len(runs),
        len(done),
        sum(run.route == "local" for run in done),
        sum(run.cost_usd for run in runs),
        percentile(seconds, 0.5) if seconds else None,
    )


def _latencies(done: Sequence[Facets]) -> tuple[Latency, ...]:
    seconds: defaultdict[str, list[float]] = defaultdict(list)
    for run in done:
        if run.seconds is not None:
            seconds[run.route or NOBODY].append(run.seconds)
    ordered = sorted(seconds.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple(_latency(route, sorted(values)) for route, values in ordered)


def _latency(route: str, ordered: Sequence[float]) -> Latency:
    p50, p90, p99 = (percentile(ordered, part) for part in (0.5, 0.9, 0.99))
    return Latency(route, len(ordered), p50, p90, p99)


def _shares(runs: Sequence[Facets], by: Literal["model", "place"]) -> tuple[Share, ...]:
    groups: defaultdict[str, list[Facets]] = defaultdict(list)
    for run in runs:
        groups[(run.model if by == "model" else run.place) or NOBODY].append(run)
    ordered = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple(_share(name, some) for name, some in ordered)


def _share(name: str, runs: Sequence[Facets]) -> Share:
    done = [run for run in runs if run.status == "done"]
    seconds = sorted(run.seconds for run in done if run.seconds is not None)
    labels = Counter(run.label for run in runs)
    return Share(
        name,
        len(runs),
        len(done),
        sum(run.route == "local" for run in done),
        sum(run.escalated for run in runs),
        sum(run.cost_usd for run in runs),
        sum(run.tokens for run in runs),
        percentile(seconds, 0.5) if seconds else None,
        percentile(seconds, 0.9) if seconds else None,
        labels["good"],
        labels["bad"],
    )


def _local_tokens(done: Sequence[Facets]) -> LocalTokens:
    local = [run for run in done if run.route == "local"]
    counted = [run for run in local if run.read is not None]
    return LocalTokens(
        len(counted),
        len(local) - len(counted),
        sum(run.read or 0 for run in counted),
        sum(min(run.cached, run.read or 0) for run in counted),
        sum(run.written for run in counted),
        sum(run.cost_usd for run in counted),
    )


def _priced(done: Sequence[Facets]) -> list[Facets]:
    return [run for run in done if run.route in CLOUD_ROUTES and run.cost_usd > 0]


def _reasons(runs: Sequence[Facets]) -> tuple[ReasonCount, ...]:
    counts = Counter(run.reason or NOBODY for run in runs)
    return tuple(ReasonCount(reason, count) for reason, count in counts.most_common())


def _band(number: int, runs: Sequence[Facets]) -> Band:
    local = [run for run in runs if run.status == "done" and run.route == "local"]
    verdicts = Counter(run.verdict for run in local)
    return Band(
        number / 10,
        (number + 1) / 10,
        len(runs),
        len(local),
        sum(run.escalated for run in runs),
        verdicts["pass"] + verdicts["fail"],
        verdicts["pass"],
    )
