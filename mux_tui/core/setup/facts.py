"""What the steps find out and do, as facts that a screen or a document shows.

Texts in them that come from elsewhere (models' and servers' names, answers, logs) are
made safe for a line, except where it says foreign.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from mux_tui.core.backends.login import CliStatus
from mux_tui.core.catalog.capacity import Capacity
from mux_tui.core.errors import MuxError
from mux_tui.core.events import Progressed, ServerChanged
from mux_tui.core.hardware.facts import MachineFacts
from mux_tui.core.machine.advice import Advice
from mux_tui.core.machine.overview import ModelRow
from mux_tui.core.machine.report import Line
from mux_tui.core.model_server.speed import Speed
from mux_tui.core.setup.choices import ModelChoice
from mux_tui.core.setup.steps import Step
from mux_tui.core.setup.ways import Way
from mux_tui.core.task import Route

TrialName = Literal["start", "first_token", "reply", "tool_call", "speed", "context"]
"""What is tried with a model, in this order."""

TrialWord = Literal["running", "ok", "bad", "left"]
"""`left`: not tried, and the words say why."""


@dataclass(frozen=True)
class Trial:
    """One thing that is tried, as it goes on; each comes first as `running`."""

    name: TrialName
    word: TrialWord
    text: str = ""
    """What came of it."""


SetupEvent = Progressed | ServerChanged | Trial
"""What a step reports while it runs."""


@dataclass(frozen=True)
class FoundServer:
    """A usual place of a model server, looked at."""

    name: str
    """Whose usual place it is: `Ollama`."""

    base_url: str
    answers: bool
    models: tuple[str, ...] = ()
    """Their ids, as the server tells; safe to show."""

    problem: str = ""
    """Why it cannot be used as it is, as one clause; empty: it can, or is not there."""

    @property
    def usable(self) -> bool:
        """Whether it can be taken as the local model's server."""
        return self.answers and not self.problem


@dataclass(frozen=True)
class HardwareFound:
    """Step 1."""

    facts: MachineFacts
    capacity: Capacity
    lines: tuple[Line, ...]
    """Name, value and source of each fact; unknown ones say why."""

    servers: tuple[FoundServer, ...]


@dataclass(frozen=True)
class Offer:
    """One thing that can be chosen in step 2."""

    choice: ModelChoice
    title: str
    words: str
    """Fit, size and speed, or what it is, on one line."""

    row: ModelRow | None = None
    """With its numbers; None: it is no model of this machine."""

    suggested: bool = False
    """What Enter takes when nothing was chosen before."""


@dataclass(frozen=True)
class ModelFound:
    """Step 2."""

    offers: tuple[Offer, ...]
    """Servers that run, models on disk, those that could be fetched, cloud only."""

    advice: Advice
    """What to take here, and why; with what differs in a few others."""

    context: int
    """Tokens for which fit was worked out."""

    problems: tuple[str, ...] = ()
    """What is wrong with the user's own table of models."""

    @property
    def suggested(self) -> Offer | None:
        """The offer that Enter takes; None: nothing fits, and nothing runs."""
        return next((offer for offer in self.offers if offer.suggested), None)


@dataclass(frozen=True)
class DownloadFound:
    """Step 3, before anything is fetched."""

    model: ModelChoice
    title: str
    bytes: int
    """Of the whole download, exactly."""

    missing: int
    """Of those, what is not here yet."""

    already: bool
    """It is installed: there is nothing to do."""

    disk: int
    """Bytes that it needs free on the disk, with what must stay free."""

    free: int
    licence: str
    """Empty: not told."""

    words: str = ""
    """What the model can do, where that has to be said before."""

    files: tuple[tuple[str, int], ...] = ()
    """Names and bytes."""

    @property
    def enough(self) -> bool:
        """Whether the disk has room."""
        return self.already or self.disk <= self.free


@dataclass(frozen=True)
class Downloaded:
    """Step 3, done."""

    model: ModelChoice
    directory: Path
    bytes: int
    """That were fetched now."""

    seconds: float


@dataclass(frozen=True)
class ServeFound:
    """Step 4, before anything is started."""

    model: ModelChoice
    title: str
    running: bool
    """Somebody serves it already."""

    warning: str = ""
    """Why it may not fit into memory now; empty: nothing speaks against it."""


ToolWord = Literal["parsed", "in_text", "none", "unknown"]
"""`parsed`: the server gave a tool call. `in_text`: the model wrote one into its
answer, and mux reads it there. `none`: it called nothing. `unknown`: no answer."""


@dataclass(frozen=True)
class ToolProbe:
    """Whether the model calls a tool that it is asked to call."""

    word: ToolWord
    sentence: str
    seconds: float = 0.0


ContextWord = Literal["whole", "cut", "refused", "untold", "unanswered"]
"""`whole`: the server counted the tokens that were sent. `cut`: it counted fewer, and
so has dropped some without a word. `refused`: it said that they are too many.
`untold`: it does not count."""


@dataclass(frozen=True)
class ContextProbe:
    """One long prompt."""

    sent: int
    """Tokens, worked out from how the server counts a short prompt."""

    counted: int | None
    word: ContextWord
    seconds: float


@dataclass(frozen=True)
class Proof:
    """Step 4, done: the model answers."""

    model: ModelChoice
    base_url: str
    model_id: str
    """What it is asked for; safe to show."""

    first_token_seconds: float
    reply: str
    """What it answered to a small task, safe to show; it may hold line ends."""

    tools: ToolProbe
    contexts: tuple[ContextProbe, ...]
    speed: Speed
    context_window: int | None = None
    """Tokens it can hold, as files or server tell."""

    started: bool = False
    """The wizard has started the server; it goes when the wizard is cancelled."""


@dataclass(frozen=True)
class FoundCli:
    """One cloud CLI."""

    route: Route
    status: CliStatus
    install: str
    """The command that installs it."""

    log_in: str
    """What logs in."""

    register: str
    """The command that registers mux in it as a tool; empty: cannot be done."""

    @property
    def usable(self) -> bool:
        """Whether tasks can be handed to it, as far as can be known."""
        return self.status.found is not None and self.status.logged_in is not False


@dataclass(frozen=True)
class ConnectFound:
    """Step 5."""

    clis: tuple[FoundCli, ...]
    claude_code: str = ""
    """How Claude Code is run on the local model, as one sentence."""


Found = HardwareFound | ModelFound | DownloadFound | ServeFound | ConnectFound
Ran = Downloaded | Proof


@dataclass(frozen=True)
class Failure:
    """A step could not be done, and how to go on."""

    step: Step
    error: MuxError
    ways: tuple[Way, ...]
    log: tuple[str, ...] = ()
    """The end of the server's log, safe to show."""

    @property
    def sentence(self) -> str:
        """What, why and what next, on one line."""
        return str(self.error)


@dataclass
class Findings:
    """What is known so far; None: not looked at, or not done."""

    hardware: HardwareFound | None = None
    model: ModelFound | None = None
    download: DownloadFound | None = None
    serve: ServeFound | None = None
    connect: ConnectFound | None = None
    downloaded: Downloaded | None = None
    proof: Proof | None = None
    failures: dict[Step, Failure] = field(default_factory=dict[Step, Failure])
    """Of the last try of each step."""
