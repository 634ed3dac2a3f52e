"""What answers at a URL the user gave: a model server, which one, with which models.

Whatever answers, the result is a value with a problem in words; nothing here raises
because of what a server does.
"""

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from mux_tui.core.errors import ServerError
from mux_tui.core.model_server.probe import (
    DEFAULT_MODEL,
    Answer,
    ClientFactory,
    ask,
    first_token,
    web_client,
)
from mux_tui.core.model_server.speed import Speed, measure
from mux_tui.core.text import one_line
from mux_tui.core.wire.documents import (
    NotJson,
    as_count,
    as_list,
    as_object,
    as_text,
    parse,
)

if TYPE_CHECKING:
    from httpx import AsyncClient

ServerKind = Literal[
    "mlx_lm.server", "llama-server", "vllm", "ollama", "lm-studio", "unknown"
]

_MODELS = 500
_OWNERS: dict[str, ServerKind] = {
    "llamacpp": "llama-server",
    "vllm": "vllm",
    "library": "ollama",
    "organization_owner": "lm-studio",
}
_NUM_CTX = re.compile(r"^num_ctx\s+(\d{1,9})\s*$", re.MULTILINE)


@dataclass(frozen=True)
class EndpointModel:
    """One model that a server offers."""

    id: str
    """What to ask for; foreign text."""

    context_window: int | None = None
    """Tokens it can hold there; None: not told."""


@dataclass(frozen=True)
class Endpoint:
    """What was found at a URL."""

    base_url: str
    """Ends in `/v1`, or as the user wrote it."""

    problem: str = ""
    """Why it cannot be used, as one sentence; empty: it can."""

    kind: ServerKind = "unknown"
    needs_key: bool = False
    models: tuple[EndpointModel, ...] = ()
    model: str = ""
    """The model that gave a token."""

    first_token_seconds: float | None = None
    speed: Speed | None = None
    """Measured on one small request; None: not measured."""


async def examine(
    base_url: str,
    *,
    model: str = "",
    key: str = "",
    timeout: float = 10.0,
    token_timeout: float = 120.0,
    with_speed: bool = False,
    clients: ClientFactory = web_client,
) -> Endpoint:
    """Find out what answers at `base_url`, down to a real token.

    Args:
        base_url: Where to look, as `base_url_of` gives it.
        model: The model to try; empty: the first that is offered.
        key: The server's key; empty: none.
        timeout: Seconds for each question but those that generate.
        token_timeout: Seconds for the first token; a model may have to be loaded.
        with_speed: Measure reading and writing too.
        clients: Makes the HTTP client.
    """
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    async with clients() as client:
        try:
            answer = await ask(client, f"{base_url}/models", timeout, headers=headers)
        except ServerError as error:
            return Endpoint(base_url, f"No model server answers: {error.why}.")
        if problem := _problem(answer):
            needs_key = answer.status in (401, 403)
            return Endpoint(base_url, problem, needs_key=needs_key)

        kind = _kind(answer)
        told = _asker(client, base_url.removesuffix("/v1"), timeout, headers)
        models = await _models(_entries(answer), kind, told)
        found = Endpoint(base_url, kind=kind, models=models)
        chosen = model or (models[0].id if models else "")
        if not chosen:
            problem = "A model server answers, and offers no model."
            return replace(found, problem=problem)

        found = await _tried(client, found, chosen, token_timeout, headers)
        if with_speed and not found.problem:
            speed = await measure(client, base_url, chosen, token_timeout, headers)
            return replace(found, speed=speed)
        return found


async def _tried(
    client: "AsyncClient",
    found: Endpoint,
    model: str,
    timeout: float,
    headers: dict[str, str],
) -> Endpoint:
    try:
        token = await first_token(
            client, found.base_url, model, timeout, headers=headers
        )
    except ServerError as error:
        problem = f"{one_line(model, 80)} gives no token: {error.why}."
        # Some servers list their models to everybody.
        needs_key = error.why.startswith(("HTTP 401", "HTTP 403"))
        return replace(found, problem=problem, needs_key=needs_key)

    return replace(found, model=model, first_token_seconds=token.seconds)


def _problem(answer: Answer) -> str:
    page = answer.body.lstrip()[:1] == b"<"
    if answer.status in (401, 403):
        return "The server asks for a key."
    if 300 <= answer.status < 400:
        where = one_line(answer.headers.get("location", "another address"), 120)
        return f"It only points to {where}."
    if answer.status != 200:
        kind = " and a web page" if page else ""
        return f"No model server: it answers with HTTP {answer.status}{kind}."
    if page:
        return "A web page answers, not a model server."
    if answer.cut:
        return "No model server: the answer has no end."
    if not answer.body:
        # mlx_lm.server lists nothing when nothing was ever downloaded.
        return "" if _says_python(answer) else "No model server: the answer is empty."
    try:
        document = parse(answer.body)
    except NotJson as error:
        return f"No model server: the answer is {error}."
    if not isinstance(as_object(document).get("data"), list):
        return "No OpenAI-compatible server: there is no list of models."

    return ""


def _says_python(answer: Answer) -> bool:
    return answer.headers.get("server", "").startswith("BaseHTTP/")


def _kind(answer: Answer) -> ServerKind:
    if "llama.cpp" in answer.headers.get("server", "").lower():
        return "llama-server"

    owners = (as_text(entry.get("owned_by")) for entry in _entries(answer))
    for owner in owners:
        if owner in _OWNERS:
            return _OWNERS[owner]
    return "mlx_lm.server" if _says_python(answer) else "unknown"


def _entries(answer: Answer) -> list[dict[str, Any]]:
    if not answer.body:
        return []

    data = as_list(as_object(parse(answer.body)).get("data"))
    return [as_object(entry) for entry in data[:_MODELS]]


Told = Callable[..., Awaitable[dict[str, Any]]]
"""Asks the server at a path, with a JSON body or without; {} when it does not tell."""


def _asker(
    client: "AsyncClient", root: str, timeout: float, headers: dict[str, str]
) -> Told:
    async def told(path: str, body: object = None) -> dict[str, Any]:
        data = None if body is None else json.dumps(body).encode()
        try:
            found = await ask(
                client, f"{root}{path}", timeout, body=data, headers=headers
            )
            return as_object(parse(found.body)) if found.status == 200 else {}
        except (ServerError, NotJson):
            return {}

    return told


async def _models(
    entries: list[dict[str, Any]], kind: ServerKind, told: Told
) -> tuple[EndpointModel, ...]:
    entries = [entry for entry in entries if as_text(entry.get("id"))]
    if kind == "mlx_lm.server":
        # Asked for any other name, it drops the model that it holds.
        entries.insert(0, {"id": DEFAULT_MODEL})

    windows = await _windows(entries, kind, told)
    return tuple(
        EndpointModel(entry["id"], windows.get(entry["id"]) or _own_window(entry))
        for entry in entries
    )


async def _windows(
    entries: list[dict[str, Any]], kind: ServerKind, told: Told
) -> dict[str, int | None]:
    """Context windows that the list of models does not give, by model."""
    match kind:
        case "llama-server":
            props = await told("/props")
            settings = as_object(props.get("default_generation_settings"))
            window = as_count(settings.get("n_ctx")) or as_count(props.get("n_ctx"))
            return {entry["id"]: window for entry in entries}
        case "lm-studio":
            listed = as_list((await told("/api/v0/models")).get("data"))
            models = [as_object(item) for item in listed[:_MODELS]]
            return {as_text(m.get("id")): _lm_studio_window(m) for m in models}
        case "ollama":
            # One question a model: only the first few, which the user will see.
            return {
                entry["id"]: _ollama_window(
                    await told("/api/show", {"model": entry["id"]})
                )
                for entry in entries[:8]
            }
        case "mlx_lm.server" | "vllm" | "unknown":
            return {}


def _own_window(entry: dict[str, Any]) -> int | None:
    names = ("max_model_len", "context_window", "context_length")
    return next((found for name in names if (found := as_count(entry.get(name)))), None)


def _lm_studio_window(model: dict[str, Any]) -> int | None:
    loaded = as_count(model.get("loaded_context_length"))
    return loaded or as_count(model.get("max_context_length"))


def _ollama_window(shown: dict[str, Any]) -> int | None:
    # What is set for the model counts; what it was trained for is only the most.
    if found := _NUM_CTX.search(as_text(shown.get("parameters"))):
        return int(found[1])

    info = as_object(shown.get("model_info"))
    lengths = (info[name] for name in info if name.endswith(".context_length"))
    return next((n for value in lengths if (n := as_count(value))), None)
