"""Any server that speaks Chat Completions, as a backend.

This is the face of the `chat_*` modules beside it: the backend, the client it needs,
and the small questions that tell whether a server is there and alive.
"""

from collections.abc import AsyncGenerator

import httpx

from mux_tui.core.backends.base import Request
from mux_tui.core.backends.chat_asking import Question, ask
from mux_tui.core.backends.chat_endpoint import Endpoint, make_client, shown_url
from mux_tui.core.backends.chat_probe import (
    ServedModel,
    TokenProbe,
    list_models,
    probe_token,
)
from mux_tui.core.config.settings import Limits, LocalProvider
from mux_tui.core.events import BackendEvent
from mux_tui.core.task import Route
from mux_tui.core.wire.control_tokens import disarmed
from mux_tui.core.wire.openai import Message

__all__ = [
    "ChatCompletions",
    "Endpoint",
    "ServedModel",
    "TokenProbe",
    "list_models",
    "make_client",
    "probe_token",
    "shown_url",
]


class ChatCompletions:
    """The local model, behind any OpenAI-compatible server."""

    name = "chat_completions"
    route: Route = "local"

    def __init__(
        self,
        client: httpx.AsyncClient,
        endpoint: Endpoint,
        settings: LocalProvider,
        limits: Limits,
    ) -> None:
        """Make a backend; nothing is sent yet.

        Args:
            client: Made by `make_client`; owned, and closed, by the caller.
            endpoint: Who is asked.
            settings: How.
            limits: How large an answer may be.
        """
        self._client = client
        self._endpoint = endpoint
        self._settings = settings
        self._limits = limits

    @property
    def model(self) -> str:
        """The model it asks for, by the name people know it by."""
        return self._endpoint.label or self._endpoint.model

    def run(self, request: Request) -> AsyncGenerator[BackendEvent, None]:
        """Ask, and yield deltas while the answer grows, then one `Completion`."""
        return ask(self._client, self._endpoint, self._question(request))

    def _question(self, request: Request) -> Question:
        settings = self._settings
        system = disarmed(request.system or settings.system_prompt)
        user = Message("user", disarmed(request.prompt))
        most, warmth = request.max_tokens, request.temperature
        return Question(
            (Message("system", system), user) if system else (user,),
            settings.max_tokens if most is None else most,
            settings.temperature if warmth is None else warmth,
            True,
            settings.connect_timeout,
            settings.first_token_timeout,
            settings.stall_timeout,
            self._limits.answer_bytes,
        )
