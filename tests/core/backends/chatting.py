"""Asking an upstream, and gathering what comes."""

from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from mux_tui.core.backends.base import Request
from mux_tui.core.backends.chat_completions import (
    ChatCompletions,
    Endpoint,
    make_client,
)
from mux_tui.core.config.settings import Limits, LocalProvider
from mux_tui.core.errors import BackendError
from mux_tui.core.events import BackendEvent, Prefilled, ReasoningDelta, TextDelta
from mux_tui.core.task import Completion
from tests.upstream import Upstream, upstream

PATIENT = LocalProvider(
    connect_timeout=60.0, first_token_timeout=60.0, stall_timeout=60.0, max_tokens=50
)


@dataclass
class Heard:
    """Everything one request brought."""

    events: list[BackendEvent] = field(default_factory=list[BackendEvent])
    error: BackendError | None = None

    @property
    def completion(self) -> Completion:
        """The last event, which must be the only one of its kind."""
        assert self.error is None, str(self.error)
        kinds = [isinstance(event, Completion) for event in self.events]
        assert kinds.index(True) == len(kinds) - 1
        last = self.events[-1]
        assert isinstance(last, Completion)
        return last

    @property
    def text(self) -> str:
        """What the text deltas make together."""
        return "".join(e.text for e in self.events if isinstance(e, TextDelta))

    @property
    def reasoning(self) -> str:
        """What the reasoning deltas make together."""
        return "".join(e.text for e in self.events if isinstance(e, ReasoningDelta))

    @property
    def prefilled(self) -> list[Prefilled]:
        """How the prompt was read."""
        return [event for event in self.events if isinstance(event, Prefilled)]

    @property
    def fault(self) -> str:
        """The reason code; empty when there was an answer."""
        return self.error.fault if self.error else ""


@asynccontextmanager
async def backend_at(
    base_url: str, limits: Limits | None = None, **settings: Any
) -> AsyncGenerator[ChatCompletions, None]:
    """A backend that asks this server; `settings` may set shorter time limits."""
    model = settings.pop("model", "m")
    endpoint = Endpoint(base_url, model, settings.pop("api_key", ""))
    provider = replace(PATIENT, **settings)
    async with make_client(base_url) as client:
        yield ChatCompletions(client, endpoint, provider, limits or Limits())


async def hear(backend: ChatCompletions, prompt: str = "hi") -> Heard:
    """Ask, and read to the end."""
    heard = Heard()
    request = Request(prompt, Path("/"))
    try:
        async with aclosing(backend.run(request)) as events:
            async for event in events:
                heard.events.append(event)
    except BackendError as error:
        heard.error = error

    return heard


async def hear_mode(
    mode: str,
    limits: Limits | None = None,
    asked: dict[str, Any] | None = None,
    **opts: Any,
) -> tuple[Heard, Upstream]:
    """Ask a server in one mode; `asked` changes the backend, `opts` the server."""
    async with upstream(mode, **opts) as server:
        async with backend_at(server.base_url, limits, **(asked or {})) as backend:
            heard = await hear(backend)
        if mode != "no-read":
            await server.ended()

    return heard, server
