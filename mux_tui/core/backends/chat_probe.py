"""Small questions to a model server: which models, and does it really generate?"""

import asyncio
import time
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import httpx

from mux_tui.core.backends.chat_asking import Question, ask
from mux_tui.core.backends.chat_endpoint import Endpoint
from mux_tui.core.backends.chat_faults import (
    as_backend_errors,
    bad_response,
    from_status,
)
from mux_tui.core.backends.chat_http import (
    Patience,
    prepared,
    refusal,
    sent,
    whole_body,
)
from mux_tui.core.errors import BackendError
from mux_tui.core.text import one_line
from mux_tui.core.wire.documents import (
    NotJson,
    as_count,
    as_list,
    as_object,
    as_text,
    parse,
)
from mux_tui.core.wire.openai import Message, parse_fault

_LIST_BYTES = 16 * 1024 * 1024
_MOST_MODELS = 1000
_LONGEST_ID = 500
_WINDOWS = ("max_model_len", "max_context_length", "context_length", "context_window")


@dataclass(frozen=True)
class ServedModel:
    """One model that a server offers."""

    id: str
    context_window: int | None = None
    """Tokens it can hold; None: not told."""


@dataclass(frozen=True)
class TokenProbe:
    """A server that has generated a token."""

    seconds: float
    model: str
    """The model's own name, as the server tells it."""


async def list_models(
    client: httpx.AsyncClient, base_url: str, api_key: str = "", timeout: float = 5.0
) -> tuple[ServedModel, ...]:
    """Ask which models are offered.

    An empty body is an empty list: `mlx_lm.server` answers so when nothing has been
    downloaded. Ids that could not be shown safely, or are absurdly long, are left out.

    Args:
        client: Made by `make_client`.
        base_url: Ends in `/v1`.
        api_key: The server's key; empty: none.
        timeout: Seconds for the whole answer.

    Raises:
        BackendError: There is no such list; the fault says why.
    """
    endpoint = Endpoint(base_url, api_key=api_key)
    patience = Patience(timeout)
    try:
        with as_backend_errors(endpoint):
            request = prepared(client, endpoint, "models", timeout)
            async with sent(client, request, patience) as response:
                if response.status_code != 200:
                    fault = parse_fault(await refusal(response, endpoint, patience))
                    raise from_status(response.status_code, fault, endpoint)
                body = await whole_body(response, endpoint, patience, _LIST_BYTES)
    except TimeoutError as error:
        raise _silent(endpoint, "no list of models", timeout) from error

    return _models(body, endpoint) if body.strip() else ()


async def probe_token(
    client: httpx.AsyncClient, endpoint: Endpoint, timeout: float
) -> TokenProbe:
    """Have one real token generated: a dead model may still list itself.

    Args:
        client: Made by `make_client`.
        endpoint: Who is asked.
        timeout: Seconds for all of it, loading of the model included.

    Raises:
        BackendError: No token came; the fault says why.
    """
    message = Message("user", "Say ok.")
    question = Question(
        (message,), 1, 0.0, False, timeout, timeout, timeout, _LIST_BYTES
    )
    started = time.monotonic()
    model = ""
    try:
        async with asyncio.timeout(timeout):
            async with aclosing(ask(client, endpoint, question)) as events:
                async for event in events:
                    model = getattr(event, "model", model)
    except TimeoutError as error:
        raise _silent(endpoint, "no token", timeout) from error

    return TokenProbe(time.monotonic() - started, model)


def _silent(endpoint: Endpoint, what: str, timeout: float) -> BackendError:
    return BackendError("stalled", f"{what} from {endpoint.shown} within {timeout:g} s")


def _models(body: bytes, endpoint: Endpoint) -> tuple[ServedModel, ...]:
    try:
        document = parse(body)
    except NotJson as error:
        page = body.lstrip().startswith(b"<")
        why = "it sends a web page" if page else f"its list of models is {error}"
        raise bad_response(endpoint, why) from error

    if not isinstance(document, dict):
        raise bad_response(endpoint, "its list of models is no JSON object")
    listed = as_list(as_object(document).get("data"))[:_MOST_MODELS]  # pyright: ignore[reportUnknownArgumentType]
    models = (_model(as_object(entry)) for entry in listed)
    return tuple(model for model in models if model.id)


def _model(entry: dict[str, Any]) -> ServedModel:
    name = as_text(entry.get("id"))
    if one_line(name, _LONGEST_ID) != name:
        name = ""

    meta = as_object(entry.get("meta"))
    told = [as_count(entry.get(key)) for key in _WINDOWS] + [
        as_count(meta.get("n_ctx"))
    ]
    return ServedModel(name, next((window for window in told if window), None))
