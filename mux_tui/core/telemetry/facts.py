"""What is told, as values: without a network, and without OpenTelemetry's packages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from mux_tui.core.exchange import Exchange
from mux_tui.core.task import Decision, Outcome, Task

Value = str | bool | int | float | Sequence[str]
"""What an attribute can hold."""

Attributes = Mapping[str, Value]


@dataclass(frozen=True)
class RunFacts:
    """A task that has ended."""

    task: Task
    decision: Decision | None
    """None: it ended before there was one."""

    outcome: Outcome
    started: float
    """Seconds since 1970, UTC; so are the others."""

    ended: float
    attempts_ended: Mapping[int, float] = field(default_factory=dict[int, float])
    """By their numbers; one that is missing was cut short by the end of the task."""


@dataclass(frozen=True)
class ExchangeFacts:
    """A request through the proxy that has ended."""

    exchange: Exchange
    ended: float
    """Seconds since 1970, UTC."""


@dataclass(frozen=True)
class EventFacts:
    """Something that happened within a span."""

    name: str
    at: float
    """Seconds since 1970, UTC."""

    attributes: Attributes = field(default_factory=dict[str, Value])


@dataclass(frozen=True)
class SpanFacts:
    """A piece of work with a beginning and an end."""

    id: str
    """Unique; the same work sent twice has the same one."""

    name: str
    kind: Literal["internal", "client"]
    """`client`: somebody else was asked."""

    started: float
    ended: float
    attributes: Attributes
    events: tuple[EventFacts, ...] = ()
    failed: bool = False
    failure: str = ""
    """Why it failed, in words; empty: they are not told."""

    children: tuple["SpanFacts", ...] = ()


@dataclass(frozen=True)
class Measure:
    """One value for one metric."""

    metric: str
    value: float
    attributes: Attributes


@dataclass(frozen=True)
class Told:
    """All that is told of one fact."""

    span: SpanFacts
    measures: tuple[Measure, ...] = ()


@dataclass(frozen=True)
class Terms:
    """How much is told."""

    content: bool = False
    """The words of tasks and answers too."""

    address: str = ""
    """The host of the local model's server; empty: it is not told."""

    port: int = 0
