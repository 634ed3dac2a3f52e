"""What is reported while things happen.

One union a story: `RunEvent` for a task, `ServerEvent` for the model server,
`ProxyEvent` for a request through the proxy, `BackendEvent` for one attempt. Consumers
match on the class and end with `assert_never`. `as_json` is the form scripts read.
"""

import dataclasses
import math
import re
from pathlib import Path
from typing import Any, Literal

from mux_tui.core.change import ChangeSet
from mux_tui.core.exchange import Exchange
from mux_tui.core.proposal import Proposal
from mux_tui.core.task import (
    Attempt,
    Check,
    Completion,
    Confidence,
    Decision,
    Outcome,
    Reason,
    Route,
    Task,
    Verdict,
)
from mux_tui.core.work import Finding, Material, Work

ServerPhase = Literal["starting", "loading", "warming", "ready", "stopping", "stopped"]
"""`loading`: the process is up, the model is not. `warming`: the first token is due."""


@dataclasses.dataclass(frozen=True)
class TextDelta:
    """The answer grew."""

    text: str


@dataclasses.dataclass(frozen=True)
class ReasoningDelta:
    """The model's thinking grew."""

    text: str


@dataclasses.dataclass(frozen=True)
class Prefilled:
    """The model has read so much of the prompt."""

    tokens: int
    total: int


BackendEvent = TextDelta | ReasoningDelta | Prefilled | Completion
"""What a backend yields: any number of the first three, then one `Completion`."""


@dataclasses.dataclass(frozen=True)
class Started:
    """A task was accepted and has a row in the ledger."""

    task: Task


@dataclasses.dataclass(frozen=True)
class Decided:
    """The route is known; nothing has been generated yet."""

    decision: Decision


@dataclasses.dataclass(frozen=True)
class AttemptStarted:
    """A backend was asked."""

    number: int
    route: Route
    backend: str
    model: str


@dataclasses.dataclass(frozen=True)
class AttemptEnded:
    """An attempt is over: judged, or failed with `attempt.fault`."""

    attempt: Attempt


@dataclasses.dataclass(frozen=True)
class Answered:
    """A backend's answer is complete."""

    number: int
    completion: Completion


@dataclasses.dataclass(frozen=True)
class Scored:
    """The answer's confidence is known."""

    number: int
    confidence: Confidence


@dataclasses.dataclass(frozen=True)
class Verified:
    """The checks have spoken."""

    number: int
    verdict: Verdict


@dataclasses.dataclass(frozen=True)
class Gathered:
    """What of the project the local model is shown."""

    material: Material


@dataclasses.dataclass(frozen=True)
class Drafted:
    """An answer was read as changes of files, or could not be."""

    number: int
    work: Work


@dataclasses.dataclass(frozen=True)
class Checked:
    """One check of a proof has spoken; `Verified` says what all of them say."""

    number: int
    check: Check


@dataclasses.dataclass(frozen=True)
class Reviewed:
    """A cloud CLI has read the changes; told again when its findings were worked in."""

    route: Route
    findings: tuple[Finding, ...]


@dataclasses.dataclass(frozen=True)
class Proposed:
    """Changes are ready to be written; nothing of them is yet."""

    proposal: Proposal


@dataclasses.dataclass(frozen=True)
class Written:
    """The user's files were changed, in one step; it can be taken back."""

    files: tuple[str, ...]
    notes: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Retrying:
    """The same backend is asked once more, told what was wrong."""

    number: int
    why: str


@dataclasses.dataclass(frozen=True)
class Escalated:
    """The task goes to a stronger model."""

    route: Route
    reason: Reason
    sentence: str
    brief: str
    """What is handed over."""


@dataclasses.dataclass(frozen=True)
class Notice:
    """Something the user should know, which changes nothing."""

    text: str


@dataclasses.dataclass(frozen=True)
class Finished:
    """The end; the outcome is already in the ledger."""

    outcome: Outcome


@dataclasses.dataclass(frozen=True)
class ServerChanged:
    """The model server went on to another phase."""

    phase: ServerPhase
    text: str = ""


@dataclasses.dataclass(frozen=True)
class Progressed:
    """A long step, such as a download, is so far along."""

    step: str
    done: int
    total: int | None = None
    """None: not known."""

    unit: str = "bytes"


@dataclasses.dataclass(frozen=True)
class ExchangesOpen:
    """The requests under way when somebody begins to watch; always told first."""

    exchanges: tuple[Exchange, ...]


@dataclasses.dataclass(frozen=True)
class ExchangeStarted:
    """A request reached the proxy and was decided; its sizes are known."""

    exchange: Exchange


@dataclasses.dataclass(frozen=True)
class ExchangePrefilled:
    """The model has read so much of a request's prompt."""

    id: str
    tokens: int
    total: int
    seconds_left: float | None = None
    """Estimated; None: too early to tell."""


@dataclasses.dataclass(frozen=True)
class ExchangeProgressed:
    """An answer has come so far; told at its first token, then a few times a second."""

    id: str
    tokens_out: int | None
    """As many as the server sent pieces, a token each as a rule; None: not known."""

    first_token_seconds: float
    seconds: float
    """Since the request arrived."""


@dataclasses.dataclass(frozen=True)
class ExchangeEnded:
    """A request is over; it is in the ledger, or on its way there."""

    exchange: Exchange


ProxyEvent = (
    ExchangesOpen
    | ExchangeStarted
    | ExchangePrefilled
    | ExchangeProgressed
    | ExchangeEnded
)

FileWorkEvent = Gathered | Drafted | Checked | Reviewed | Proposed | Written
"""What happens to changes of files, besides what happens to every task."""

RunEvent = (
    Started
    | Decided
    | AttemptStarted
    | TextDelta
    | ReasoningDelta
    | Prefilled
    | AttemptEnded
    | Answered
    | Scored
    | Verified
    | FileWorkEvent
    | Retrying
    | Escalated
    | Notice
    | ServerChanged
    | Finished
)

ServerEvent = ServerChanged | Progressed

Event = RunEvent | Progressed | ProxyEvent

_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


def name_of(event: Event) -> str:
    """The event's name for scripts: `TextDelta` is `text_delta`."""
    return _CAPITAL.sub("_", type(event).__name__).lower()


def as_json(event: Event) -> dict[str, Any]:
    """The event as one flat JSON object, `{"event": NAME, ...}`.

    An event whose only field is a fact gives that fact's own fields, so that a script
    reads `.reason` and not `.decision.reason`. The token log-probabilities are in
    `attempt_ended` alone, the patch in `drafted`, `proposed` and once in `finished`;
    elsewhere they would only be long. The contents of files are nowhere.
    """
    event = _shortened(event)
    fields = dataclasses.fields(event)
    only = getattr(event, fields[0].name) if len(fields) == 1 else None
    value = plain(only if dataclasses.is_dataclass(only) else event)
    if isinstance(event, Proposed):
        del value["changes"]
    return {"event": name_of(event)} | value


def _shortened(event: Event) -> Event:
    match event:
        case Answered(number, completion):
            return Answered(number, _short(completion))
        case AttemptEnded(attempt):
            work = attempt.work and attempt.work.without_patch()
            return AttemptEnded(dataclasses.replace(attempt, work=work))
        case Proposed(proposal):
            return Proposed(dataclasses.replace(proposal, changes=ChangeSet()))
        case Finished(outcome):
            return Finished(_without_repetition(outcome))
        case _:
            return event


def _short(completion: Completion) -> Completion:
    return dataclasses.replace(completion, logprobs=())


def _without_repetition(outcome: Outcome) -> Outcome:
    attempts = tuple(
        dataclasses.replace(
            attempt,
            completion=attempt.completion and _short(attempt.completion),
            work=attempt.work and attempt.work.without_patch(),
        )
        for attempt in outcome.attempts
    )
    return dataclasses.replace(outcome, attempts=attempts)


def plain(value: Any) -> Any:
    """Any fact as JSON values: dataclasses and mappings as objects, tuples as lists.

    Numbers that JSON cannot write (NaN, infinity) become None.
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)
        }
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None

    return value
