"""The fields of documents about the machine, its models and its servers.

As in `shapes`.
"""

from typing import Annotated, Literal, NotRequired, TypedDict

from mux_tui.core.catalog.capacity import Capacity
from mux_tui.core.hardware.facts import MachineFacts
from mux_tui.core.hardware.sample import Sample
from mux_tui.core.machine.installed import Installed
from mux_tui.core.machine.overview import ModelRow
from mux_tui.core.setup.choices import Choices, ModelChoice
from mux_tui.core.setup.facts import (
    Downloaded,
    DownloadFound,
    FoundCli,
    FoundServer,
    Proof,
)
from mux_tui.core.setup.steps import Step
from mux_tui.core.setup.ways import Way
from mux_tui.core.setup.writing import CommandPlan, Done


class PressureSource(TypedDict):
    """What told the memory's pressure."""

    pressure_source: str


class Hardware(TypedDict):
    """The machine, what it has for a model, and how it is now."""

    facts: MachineFacts
    capacity: Capacity
    now: Annotated[Sample, PressureSource]


class Unfinished(TypedDict):
    """A download that was broken off."""

    id: str
    directory: str
    bytes: int


class ModelsList(TypedDict):
    """The models on this machine's disk."""

    models: list[Installed]
    unfinished: NotRequired[list[Unfinished]]


class FitSentence(TypedDict):
    """How it fits."""

    sentence: str | None


class Recommended(TypedDict):
    """What to take."""

    id: str | None
    """Null: nothing fits."""

    sentence: str


class ModelsFit(TypedDict):
    """Which models fit a machine, and how fast they would be."""

    context: int
    """Tokens that shall fit."""

    capacity: Capacity
    recommendation: Recommended
    models: list[Annotated[ModelRow, FitSentence]]


class ModelsBench(TypedDict):
    """How fast the model that is served is here."""

    model: str
    """The name of its directory."""

    reading: float | None
    """Tokens a second of a prompt that the server has not seen before; null: the server
    does not tell."""

    writing: float | None
    """Tokens a second; null: the server does not tell."""


class PullFacts(TypedDict):
    """A model at the hub."""

    id: str
    revision: str
    commit: str
    licence: str
    bytes: int


class PulledFile(TypedDict):
    """A file of a model."""

    name: str
    size: int


class PullPlan(TypedDict):
    """What a download brings."""

    files: list[PulledFile]
    missing: int
    """Bytes that have to be fetched."""

    free: int
    """Bytes on the disk."""


class PullPace(TypedDict):
    """How fast it goes; null: not known yet."""

    per_second: float | None
    seconds_left: float | None


class PullEnd(TypedDict):
    """Where the model is."""

    files: int
    already: bool
    """It was there before."""

    directory: str


class ModelsRemove(TypedDict):
    """What was removed."""

    id: str
    bytes: int
    directories: list[str]


class Setting(TypedDict):
    """What the settings say from now on."""

    setting: str


class ServerStop(TypedDict):
    """The model server that was stopped."""

    stopped: bool
    """False: none was running."""

    pid: int | None
    model: str


class ServerLogs(TypedDict):
    """The end of a log."""

    path: str
    lines: list[str]


class ProxyStart(TypedDict):
    """The proxy that runs."""

    url: str
    pid: int
    port: int


class ProxyStop(TypedDict):
    """The proxy that was stopped."""

    stopped: bool
    """False: none was running."""

    pid: int | None


class ProxyCurl(TypedDict):
    """The last request, as a command."""

    request: str
    """Its id."""

    command: str


class Recalled(TypedDict):
    """A request that was over before anybody watched."""

    started_at: float
    """Seconds since 1970, UTC."""


class SetupRecommended(TypedDict):
    """What is recommended for this machine."""

    id: str | None
    sentence: str
    context: int
    suggested: ModelChoice | None


class SetupFound(TypedDict):
    """What was found; null: not looked at."""

    hardware: MachineFacts | None
    capacity: Capacity | None
    servers: list[FoundServer] | None
    recommended: SetupRecommended | None
    clis: list[FoundCli] | None


class SetupFile(TypedDict):
    """A file that is written."""

    file: str
    new: bool
    diff: list[str]


class SetupPlanned(TypedDict):
    """What is to be written and run."""

    files: list[SetupFile]
    commands: list[CommandPlan]
    notes: list[str]


class SetupFailure(TypedDict):
    """What went wrong, and how to go on."""

    step: Step
    fault: str
    what: str
    why: str
    next_step: str
    ways: list[Way]
    log: list[str]


class Setup(TypedDict):
    """All that was found, chosen, measured and written."""

    status: Literal["done", "planned", "failed"]
    step: Step
    found: SetupFound
    chosen: Choices
    download: Downloaded | DownloadFound | None
    measured: Proof | None
    planned: SetupPlanned | None
    written: list[Done]
    failure: SetupFailure | None
