"""One request through the proxy, from arrival to end, as a fact.

It is what the ledger keeps, what the proxy's panel shows, and what `mux proxy` prints.
"""

from dataclasses import dataclass
from typing import Literal

ExchangeKind = Literal["turn", "side", "count", "warm"]
"""`turn`: an inference for the user. `side`: a title and its like, answered without the
model. `count`: tokens were counted. `warm`: the prompt cache was filled beforehand."""

ExchangeStatus = Literal["running", "done", "failed", "cancelled"]

ProxyRoute = Literal["local", "cloud", "none"]
"""`cloud`: relayed to the real API. `none`: answered by the proxy itself."""

ProxyReason = Literal[
    "local_preferred",
    "side_call",
    "context_too_large",
    "local_busy",
    "local_unavailable",
    "user_unhappy",
    "effort_tier",
    "sticky",
    "cloud_not_allowed",
    "no_credentials",
]
"""Why a request went where it went. The last two stay local although another reason
spoke for the cloud."""


@dataclass(frozen=True)
class Cut:
    """Something that was trimmed away."""

    what: str
    """Which part, such as `tool Workflow` or `result of Read, turn 3`."""

    why: str
    before: int
    """Characters it had."""

    after: int


@dataclass(frozen=True)
class Exchange:
    """One request and what came of it."""

    id: str
    """Unique; sortable by time."""

    kind: ExchangeKind = "turn"
    status: ExchangeStatus = "running"
    session_id: str = ""
    """The client's conversation."""

    agent_id: str = ""
    """The client's sub-agent; empty: its main conversation."""

    model_asked: str = ""
    model: str = ""
    """Who answered."""

    streamed: bool = False
    route: ProxyRoute = "local"
    reason: ProxyReason = "local_preferred"
    sentence: str = ""
    """The reason, for people."""

    bytes_in: int = 0
    """Size of the client's body."""

    bytes_sent: int = 0
    """Size of the body that went upstream, trimmed and translated."""

    cuts: tuple[Cut, ...] = ()
    tokens_sent: int | None = None
    """Tokens of the prompt by our own count."""

    tokens_counted: int | None = None
    """Tokens of the prompt by the server's; far fewer than sent: it cut the prompt."""

    tokens_cached: int | None = None
    """Part of `tokens_counted` that the server did not read again."""

    tokens_out: int | None = None
    first_token_seconds: float | None = None
    seconds: float = 0.0
    stop_reason: str = ""
    tool_calls: int = 0
    repairs: int = 0
    """Tool calls whose arguments had to be mended."""

    prefix_break: str = ""
    """What changed at the beginning of the prompt since the last turn, so that it had
    to be read again; empty: nothing."""

    http_status: int = 200
    error: str = ""
    """One line; empty: none."""

    notes: tuple[str, ...] = ()
