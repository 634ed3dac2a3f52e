"""Chat Completions, as its many servers really speak it.

Requests are built strictly: what is not set is not sent. Answers are read tolerantly:
a field of the wrong type counts as absent, and only what is no JSON object at all is
an error. A chunk of a stream and a whole answer are the same thing, a `Piece`.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from mux_tui.core.wire.documents import (
    NotJson,
    as_count,
    as_list,
    as_number,
    as_object,
    as_text,
    parse,
)

DONE = b"[DONE]"
"""The data of a stream's last event."""

# Rounding may lift the logarithm of a certain token just above zero.
_MOST_LOGPROB = 1e-3
_PROGRESS = re.compile(r"keepalive (\d{1,12})/(\d{1,12})")


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class ToolCallPart:
    """A piece of a tool call; pieces with the same index belong together."""

    index: int
    id: str = ""
    name: str = ""
    arguments: str = ""
    """A piece of the arguments' JSON text; not checked."""


@dataclass(frozen=True, slots=True)
class TokenCounts:
    """What a server tells of its tokens; None: it does not, or tells nonsense."""

    prompt: int | None = None
    completion: int | None = None
    cached: int | None = None
    """Part of `prompt`."""

    reasoning: int | None = None
    """Part of `completion`."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of an answer, or the whole of it. Only the first choice is read."""

    text: str = ""
    reasoning: str = ""
    tool_calls: tuple[ToolCallPart, ...] = ()
    finish: str = ""
    """The server's own word for why it ended; empty: it goes on."""

    usage: TokenCounts | None = None
    logprobs: tuple[float, ...] = ()
    """Natural log-probability of each token, as far as they are told."""

    model: str = ""
    has_choice: bool = True
    """Whether there was a first choice; some chunks carry only token counts."""


@dataclass(frozen=True, slots=True)
class ServerFault:
    """An error that the server tells, in whatever shape."""

    message: str
    """The server's words, foreign and of any length."""

    kind: str = ""
    """Its type and code, joined by a space, if it tells them."""

    prompt_tokens: int | None = None
    context_tokens: int | None = None
    """What the prompt needs and what the model has, if that was the trouble."""


def build_request(
    model: str,
    messages: Sequence[Message],
    *,
    max_tokens: int,
    temperature: float | None = None,
    stream: bool = True,
    logprobs: bool = False,
) -> bytes:
    """Write the body of a request; nothing in it is ever null.

    Args:
        model: The model's id; empty: left out, for the server to choose.
        messages: The conversation.
        max_tokens: Most tokens of the answer. Always sent: some servers have no
            limit of their own.
        temperature: Sampling temperature; None: the server's default.
        stream: Ask for a stream, with token counts at its end.
        logprobs: Ask for the log-probability of each token.
    """
    body: dict[str, Any] = {"model": model} if model else {}
    body["messages"] = [{"role": m.role, "content": m.content} for m in messages]
    body["max_tokens"] = max_tokens
    if temperature is not None:
        body["temperature"] = temperature
    if logprobs:
        body["logprobs"] = True
    if stream:
        body["stream"] = True
        body["stream_options"] = {"include_usage": True}

    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8", "replace")


def parse_piece(data: bytes) -> Piece | ServerFault:
    """Read the data of one stream event, or a whole answer.

    Raises:
        NotJson: It is no JSON object.
    """
    document = parse(data)
    if not isinstance(document, dict):
        raise NotJson("not a JSON object")

    top = as_object(document)  # pyright: ignore[reportUnknownArgumentType]
    if fault := _fault(top):
        return fault
    return _piece(top)


def parse_fault(data: bytes) -> ServerFault:
    """Read the body of a refused request; never fails, whatever it is."""
    try:
        document = parse(data)
    except NotJson:
        return ServerFault(_plain_message(data))

    top = as_object(document)
    return _fault(top) or ServerFault(
        as_text(top.get("message")) or as_text(top.get("detail"))
    )


def prefill_progress(comment: str) -> tuple[int, int] | None:
    """Tokens read and tokens in all, from a stream's comment; None: another comment."""
    found = _PROGRESS.fullmatch(comment.strip())
    return (int(found[1]), int(found[2])) if found else None


def _fault(top: dict[str, Any]) -> ServerFault | None:
    error = top.get("error")
    if error and isinstance(error, str):
        return ServerFault(error)
    if error and isinstance(error, dict):
        return _fault_object(as_object(error))  # pyright: ignore[reportUnknownArgumentType]
    if top.get("object") == "error" or ("message" in top and "choices" not in top):
        return _fault_object(top)

    return None


def _fault_object(error: dict[str, Any]) -> ServerFault:
    kinds = [error.get("type"), error.get("code")]
    return ServerFault(
        as_text(error.get("message")),
        " ".join(str(kind) for kind in kinds if isinstance(kind, (str, int))),
        as_count(error.get("n_prompt_tokens")),
        as_count(error.get("n_ctx")),
    )


def _plain_message(data: bytes) -> str:
    text = data.decode("utf-8", "replace").strip()
    return "a web page" if text.startswith("<") else text


def _piece(top: dict[str, Any]) -> Piece:
    choice = _first_choice(top.get("choices"))
    usage = top.get("usage")
    counts = _counts(as_object(usage)) if isinstance(usage, dict) else None  # pyright: ignore[reportUnknownArgumentType]
    model = as_text(top.get("model"))
    if choice is None:
        return Piece(usage=counts, model=model, has_choice=False)

    said = as_object(choice.get("delta")) or as_object(choice.get("message"))
    return Piece(
        _content(said.get("content")) or as_text(choice.get("text")),
        as_text(said.get("reasoning")) or as_text(said.get("reasoning_content")),
        _tool_calls(said["tool_calls"]) if "tool_calls" in said else (),
        as_text(choice.get("finish_reason")),
        counts,
        _logprobs(as_object(choice.get("logprobs"))) if "logprobs" in choice else (),
        model,
    )


def _first_choice(choices: object) -> dict[str, Any] | None:
    for choice in as_list(choices):
        if isinstance(choice, dict) and choice.get("index", 0) == 0:  # pyright: ignore[reportUnknownMemberType]
            return as_object(choice)  # pyright: ignore[reportUnknownArgumentType]

    return None


def _content(content: object) -> str:
    if isinstance(content, str):
        return content

    parts = (as_object(part) for part in as_list(content))
    return "".join(as_text(part.get("text")) for part in parts)


def _tool_calls(calls: object) -> tuple[ToolCallPart, ...]:
    return tuple(
        _tool_call(place, as_object(call)) for place, call in enumerate(as_list(calls))
    )


def _tool_call(place: int, call: dict[str, Any]) -> ToolCallPart:
    function = as_object(call.get("function"))
    arguments = function.get("arguments")
    index = as_count(call.get("index"))
    return ToolCallPart(
        place if index is None else index,
        as_text(call.get("id")),
        as_text(function.get("name")),
        # Some servers give the arguments as an object instead of its text.
        json.dumps(arguments) if isinstance(arguments, dict) else as_text(arguments),
    )


def _counts(usage: dict[str, Any]) -> TokenCounts:
    prompt = as_object(usage.get("prompt_tokens_details"))
    completion = as_object(usage.get("completion_tokens_details"))
    return TokenCounts(
        as_count(usage.get("prompt_tokens")),
        as_count(usage.get("completion_tokens")),
        as_count(prompt.get("cached_tokens")),
        as_count(completion.get("reasoning_tokens")),
    )


def _logprobs(logprobs: dict[str, Any]) -> tuple[float, ...]:
    told = [as_object(item).get("logprob") for item in as_list(logprobs.get("content"))]
    numbers = map(as_number, told or as_list(logprobs.get("token_logprobs")))
    return tuple(min(n, 0.0) for n in numbers if n is not None and n < _MOST_LOGPROB)
