"""Every setting, its default, its bounds and its meaning.

The docstring under a field is its entry in the manual. `config.toml` at the top of the
project holds the same names and defaults as text; a test keeps the two equal.
"""

from dataclasses import dataclass, field
from typing import Literal

from mux_tui.core.choices import CLOUD_ROUTES, Route
from mux_tui.core.config.bounds import bounded
from mux_tui.core.config.file_work import LocalExecutor, Workflow
from mux_tui.core.config.server import Server
from mux_tui.core.config.telemetry import Telemetry
from mux_tui.core.config.ui import Ui

Escalation = Literal[
    "low_confidence",
    "verification_failures",
    "high_complexity",
    "context_too_large",
    "local_unavailable",
    "local_failed",
]


@dataclass(frozen=True)
class Router:
    """When a task stays on this machine."""

    min_confidence: float = bounded(0.6, 0, 1)
    """An answer scored below this is not trusted, and escalates."""

    keywords: tuple[str, ...] = (
        "multi-file",
        "architecture",
        "migration",
        "security",
        "performance",
        "ambiguous",
        "refactor",
        "concurrency",
    )
    """Words that mark a hard task; each is matched as a whole word, in any case."""

    keyword_threshold: int = bounded(1, 1, 100)
    """How many different keywords make a task go to the cloud at once."""

    escalate_on: tuple[Escalation, ...] = (
        "low_confidence",
        "verification_failures",
        "high_complexity",
        "context_too_large",
        "local_unavailable",
        "local_failed",
    )
    """Which reasons may send a task to the cloud. One that is left out ends the task
    with the local answer, or without one."""

    max_local_retries: int = bounded(1, 0, 10)
    """How often the local model is asked again after a failed verification."""


@dataclass(frozen=True)
class LocalProvider:
    """The model on this machine, or any server that speaks Chat Completions."""

    base_url: str = ""
    """Where an OpenAI-compatible server answers, ending in `/v1`; empty: the server
    that mux starts itself."""

    model: str = ""
    """Its id there, or an MLX model's directory; empty: the starter, or the first."""

    endpoints: tuple[str, ...] = ()
    """Servers of one model, with one key: the least busy is asked, and when it does not
    answer, the next. `base_url`, where set, is the first of them."""

    api_key_env: str = ""
    """Name of the environment variable that holds the server's key; empty: none."""

    context_window: int = bounded(0, 0, 10_000_000)
    """Tokens the model can hold; 0: as the model's files or the server tell."""

    system_prompt: str = "You are a coding assistant. Be concise and actionable."
    """What the model is told before every task."""

    temperature: float = bounded(0.2, 0, 2)
    """Sampling temperature; 0: always the likeliest token."""

    max_tokens: int = bounded(1200, 1, 1_000_000)
    """Most tokens of one answer."""

    connect_timeout: float = bounded(5.0, 0.1, 60)
    """Seconds to wait for a connection."""

    first_token_timeout: float = bounded(300.0, 1, 3600)
    """Seconds to wait for the first token; reading a long prompt counts."""

    stall_timeout: float = bounded(120.0, 1, 3600)
    """Seconds without a token, once the first has come."""

    def __post_init__(self) -> None:
        if self.endpoints and not self.base_url:
            # What `base_url` says of servers that mux did not start is true of these.
            object.__setattr__(self, "base_url", self.endpoints[0])


@dataclass(frozen=True)
class CliProvider:
    """One cloud CLI."""

    command: str = ""
    """The program: a name to look up on PATH, or a path; empty: the CLI's own name."""

    model: str = ""
    """The model to ask for; empty: the CLI's own default."""

    args: tuple[str, ...] = ()
    """More arguments, placed before the prompt."""

    pass_env: tuple[str, ...] = ()
    """More environment variables the CLI may see, besides those it is known to need."""

    time_limit: float = bounded(300.0, 1, 86_400, narrows="smaller")
    """Seconds for a whole answer."""

    stall_timeout: float = bounded(180.0, 1, 3600)
    """Seconds without any output; Codex says nothing while it thinks."""


@dataclass(frozen=True)
class Providers:
    """Who can do a task."""

    local: LocalProvider = field(default_factory=LocalProvider)
    """The local model."""

    claude: CliProvider = field(default_factory=CliProvider)
    """Claude Code."""

    codex: CliProvider = field(default_factory=CliProvider)
    """OpenAI Codex."""

    gemini: CliProvider = field(default_factory=CliProvider)
    """Gemini CLI."""


@dataclass(frozen=True)
class Cloud:
    """What may leave this machine."""

    permission: Literal["allow", "ask", "never"] = bounded(
        "allow", narrows="later_choice"
    )
    """May a task go to a cloud CLI: `allow`, `ask` each time (without a terminal that
    is a no), `never`."""

    order: tuple[Route, ...] = bounded(
        CLOUD_ROUTES, narrows="subset", choices=CLOUD_ROUTES
    )
    """Which CLIs are asked, first to last."""


@dataclass(frozen=True)
class LocalRuntime:
    """The health of a server that mux did not start."""

    health_url: str = ""
    """What to GET for a first sign of life; empty: `base_url` + `/models`."""

    health_retries: int = bounded(2, 0, 100)
    """How often to look again after a restart."""

    health_retry_delay: float = bounded(2.0, 0, 300)
    """Seconds between two looks."""

    restart_command: tuple[str, ...] = ()
    """What restarts the server, run without a shell; empty: nothing does."""

    restart_timeout: float = bounded(180.0, 1, 3600)
    """Seconds the restart command may take."""


@dataclass(frozen=True)
class Verification:
    """What proves an answer."""

    commands: tuple[str, ...] = ()
    """Commands that must exit 0; split like a shell does, run without one. They get an
    answer in text on standard input, in the work directory; file work is tried in a
    copy of it, where they take the place of the project's own tests."""

    time_limit: float = bounded(600.0, 1, 86_400, narrows="smaller")
    """Seconds for each command."""

    parse_code: bool = True
    """Check that Python, JSON and TOML in the answer's code blocks parse, and that
    changed files do."""

    strict: bool = False
    """Treat a verdict of `unknown` as a failure."""


@dataclass(frozen=True)
class Ledger:
    """The record of every task."""

    path: str = ""
    """Where the database is; empty: `mux/ledger.db` in the data directory."""

    store_prompts: bool = bounded(True, narrows="off")
    """Keep the texts of tasks and answers; without them only sizes are kept."""

    keep_days: int = bounded(0, 0, 36_500)
    """Days after which runs, and requests through the proxy, are deleted; 0: never."""

    busy_timeout: float = bounded(5.0, 0.1, 60)
    """Seconds to wait while another mux writes."""

    filters: tuple[str, ...] = ()
    """Queries kept for the cockpit's ledger, each `NAME: QUERY`."""

    baseline_model: str = "claude-sonnet-5"
    """The model that would have done what the local model did: what was saved is told
    against its price. Only its name; change the three prices with it."""

    baseline_input_price: float = bounded(2.0, 0, 10_000)
    """US dollars for a million tokens that it reads; its list price of October 2026."""

    baseline_cached_price: float = bounded(0.2, 0, 10_000)
    """The same for tokens that it reads from its cache."""

    baseline_output_price: float = bounded(10.0, 0, 10_000)
    """The same for tokens that it writes."""


@dataclass(frozen=True)
class Proxy:
    """Claude Code on the local model."""

    port: int = bounded(3456, 0, 65_535)
    """The port on 127.0.0.1; 0: a free one."""

    on_exit: Literal["ask", "stop", "keep"] = "ask"
    """What happens to proxy and model server when Claude Code ends."""

    idle_minutes: float = bounded(30.0, 0, 10_080)
    """Minutes without a request after which the proxy ends; 0: never."""

    profile: Literal["auto", "full", "core", "bare"] = "auto"
    """What Claude Code gets: all its tools, its core tools, the least; `auto`: what the
    model can take."""

    prefill_seconds: float = bounded(8.0, 0.5, 600)
    """How long reading a prompt may take, once speed is known; longer ones are cut."""

    small_budget: int = bounded(14_000, 1000, 10_000_000)
    """Characters of a prompt for up to 8 billion parameters, until speed is known."""

    medium_budget: int = bounded(7000, 1000, 10_000_000)
    """The same for 9 to 32 billion parameters."""

    large_budget: int = bounded(100_000, 1000, 10_000_000)
    """The same for more than 32 billion parameters."""

    small_max_tokens: int = bounded(2048, 1, 1_000_000)
    """Most tokens of an answer of a small model."""

    medium_max_tokens: int = bounded(4096, 1, 1_000_000)
    """Most tokens of an answer of a medium model."""

    large_max_tokens: int = bounded(8192, 1, 1_000_000)
    """Most tokens of an answer of a large model."""

    prewarm: bool = True
    """Let the model read a project's last system prompt before the first turn."""

    relay: bool = bounded(False, narrows="off")
    """Allow requests to go on to the real API, with Claude Code's own login."""

    relay_url: str = "https://api.anthropic.com"
    """The real API, where relayed requests go."""

    when_busy: Literal["wait", "cloud"] = "wait"
    """What a request does while the local model answers another one."""

    tier_low: str = "local"
    """Who answers small talk: `local`, or a Claude model's name."""

    tier_medium: str = "local"
    """Who answers simple coding: `local`, or a Claude model's name."""

    tier_high: str = "local"
    """Who answers hard questions: `local`, or a Claude model's name."""

    cloud_model: str = "claude-sonnet-5"
    """Whom the real API is asked for when neither a tier nor the client names one."""

    keep_last: bool = True
    """Keep the last request, as it came and as it was translated, for debugging."""


@dataclass(frozen=True)
class Limits:
    """What is too much."""

    task_bytes: int = bounded(1_000_000, 1, 100_000_000, narrows="smaller")
    """Longest task, in bytes of UTF-8."""

    answer_bytes: int = bounded(8_388_608, 1024, 1_073_741_824, narrows="smaller")
    """Most bytes kept of one answer or of one command's output."""


@dataclass(frozen=True)
class Settings:
    """All settings, by section."""

    router: Router = field(default_factory=Router)
    """When a task stays on this machine."""

    providers: Providers = field(default_factory=Providers)
    """Who can do a task."""

    cloud: Cloud = field(default_factory=Cloud)
    """What may leave this machine."""

    local_runtime: LocalRuntime = field(default_factory=LocalRuntime)
    """The health of a server that mux did not start."""

    server: Server = field(default_factory=Server)
    """The model server that mux starts."""

    verification: Verification = field(default_factory=Verification)
    """What proves an answer."""

    workflow: Workflow = field(default_factory=Workflow)
    """How file work is done."""

    local_executor: LocalExecutor = field(default_factory=LocalExecutor)
    """How the local model writes files."""

    ledger: Ledger = field(default_factory=Ledger)
    """The record of every task."""

    proxy: Proxy = field(default_factory=Proxy)
    """Claude Code on the local model."""

    telemetry: Telemetry = field(default_factory=Telemetry)
    """Traces and metrics for an OpenTelemetry collector; `mux-tui[otel]`."""

    ui: Ui = field(default_factory=Ui)
    """How the cockpit looks and feels."""

    limits: Limits = field(default_factory=Limits)
    """What is too much."""
