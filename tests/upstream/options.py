"""What can be set for a whole server."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from tests.upstream.exchange import Exchange

Framing = Literal["chunked", "eof"]
"""How streams end on the wire. `eof`: HTTP/1.0, the connection is closed, and a crash
looks like an end, as with `mlx_lm.server`."""

ModelsMode = Literal[
    "ok", "empty", "blank", "huge", "hang", "500", "html", "garbage", "hostile"
]
"""How the list of models is answered; `blank` is a body of no bytes."""


@dataclass(frozen=True)
class Options:
    """The defaults suit tests inside one process."""

    mode: str = "ok"
    """For requests that choose none."""

    sequence: tuple[str, ...] = ()
    """One mode for each such request in turn; the last one stays."""

    framing: Framing = "chunked"
    model: str = "upstream-model"
    text: str = "The quick brown fox jumps over the lazy dog."
    texts: str = ""
    """One text for each completion in turn, with form feeds between them; the last one
    stays. Empty: `text`."""

    pieces: int = 8
    """How many pieces the text is streamed in."""

    tool: str = ""
    """The tool that is called; empty: the first one the client offers, or `bash`."""

    tool_arguments: str = '{"command": "echo hi"}'
    delay: float = 0.0
    """Seconds between pieces."""

    first_delay: float = 0.0
    """Seconds before the first byte."""

    hang: float = 3600.0
    """Length of a hang, in seconds."""

    drip: float = 0.05
    """Seconds between the pieces of a slow answer."""

    retry_after: int = 2
    size: int = 300_000
    """Characters of a big answer."""

    events: int = 5000
    """How many events are many."""

    bomb: int = 64 * 1024 * 1024
    """Bytes a small compressed answer grows to."""

    redirect_to: str = "http://127.0.0.1:9/elsewhere"
    play: Callable[["Exchange"], Awaitable[None]] | None = None
    """Answers completions itself, in place of any mode; None: the modes do."""

    api_key: str = ""
    """The key that is required; empty: none."""

    refuses: tuple[str, ...] = ()
    """Fields of a request that are answered with status 400."""

    models_mode: ModelsMode = "ok"
    load_seconds: float = 0.0
    """How long the model loads: until then, every completion is a 503."""

    crash_after: int = 0
    """The process exits after so many requests; 0: never."""
