"""From the body of an Anthropic Messages request to facts.

What a client may legally send is never refused: unknown fields, unknown blocks, cache
marks, signatures. What has the wrong shape is refused with one line that names the
field, because the client shows that line to its user.
"""

import codecs
import json
import re
from typing import Any, cast

import orjson

from mux_tui.core.wire import anthropic_check as check
from mux_tui.core.wire.anthropic import MessagesRequest, Other, Text, Turn
from mux_tui.core.wire.anthropic_blocks import parse_blocks
from mux_tui.core.wire.anthropic_check import BadRequest
from mux_tui.core.wire.anthropic_tools import parse_tool_choice, parse_tools
from mux_tui.core.wire.anthropic_words import last_words
from mux_tui.core.wire.documents import as_object, as_text
from mux_tui.core.wire.surrogates import SurrogateJoiner

__all__ = ["BadRequest", "last_words", "parse_request"]

_BILLING = "x-anthropic-billing-header"
_ROLES = frozenset(("user", "assistant", "system"))
_NOT_IN_SESSIONS = re.compile(r"[^\w.:-]")
_OLD_SESSION = re.compile(r"_session_([\w-]{1,100})$")


def parse_request(body: bytes, *, counting: bool = False) -> MessagesRequest:
    """Read the body of `POST /v1/messages`.

    Args:
        body: The bytes, not compressed.
        counting: It is a body for counting tokens, which tells no `max_tokens`.

    Raises:
        BadRequest: It is no such request; one line says where and what is allowed.
    """
    top = _document(body)
    output = as_object(top.get("output_config"))
    return MessagesRequest(
        model=check.filled(top, "model"),
        turns=_turns(top.get("messages")),
        max_tokens=_max_tokens(top, counting),
        system=_system(top.get("system")),
        tools=parse_tools(top.get("tools")),
        tool_choice=parse_tool_choice(top.get("tool_choice")),
        temperature=check.number(top, "temperature", 2),
        top_p=check.number(top, "top_p", 1),
        top_k=check.count(top, "top_k", 0),
        stop_sequences=_stop_sequences(top.get("stop_sequences")),
        stream=check.flag(top, "stream"),
        thinking=as_object(top.get("thinking")).get("type") in ("enabled", "adaptive"),
        effort=as_text(output.get("effort"))[:20],
        output_schema=_output_schema(output.get("format") or top.get("output_format")),
        session_id=_session_id(as_object(top.get("metadata")).get("user_id")),
    )


def _document(body: bytes) -> dict[str, Any]:
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        document = _again(body, str(error))
    if not isinstance(document, dict):
        raise BadRequest("body: must be a JSON object")

    return cast(dict[str, Any], document)


def _again(body: bytes, why: str) -> object:
    """Read what the quick parser refuses although clients send it: a byte order mark,
    and half a character written as an escape, which becomes U+FFFD."""
    body = body.removeprefix(codecs.BOM_UTF8)
    try:
        text = body.decode()
        if "\\ud" in text or "\\uD" in text:
            joiner = SurrogateJoiner()
            loose = json.loads(text, parse_constant=_refuse_constant)
            text = joiner.feed(json.dumps(loose, ensure_ascii=False)) + joiner.flush()
        return orjson.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadRequest(f"body: must be JSON in UTF-8 ({why})") from error


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON")


def _turns(messages: object) -> tuple[Turn, ...]:
    if not isinstance(messages, list) or not messages:
        raise BadRequest("messages: must be a list with at least one message")

    items = cast(list[object], messages)
    return tuple(_turn(place, item) for place, item in enumerate(items))


def _turn(place: int, item: object) -> Turn:
    if not isinstance(item, dict):
        raise BadRequest(f"messages.{place}: must be an object with role and content")

    message = cast(dict[str, Any], item)
    role = message.get("role")
    if not isinstance(role, str) or role not in _ROLES:
        raise BadRequest(f"messages.{place}.role: must be user, assistant or system")
    try:
        return Turn(role, parse_blocks(message.get("content")))
    except BadRequest as error:
        raise BadRequest(f"messages.{place}.{error}") from error


def _max_tokens(top: dict[str, Any], counting: bool) -> int:
    found = check.count(top, "max_tokens", 1)
    if found is not None:
        return found
    if counting:
        return 1

    raise BadRequest("max_tokens: must be a whole number of at least 1")


def _system(system: object) -> tuple[str, ...]:
    if system is None:
        return ()
    try:
        blocks = parse_blocks(system)
    except BadRequest as error:
        found = str(error).removeprefix("content").removeprefix(":").strip()
        raise BadRequest(f"system{'' if found[:1] == '.' else ': '}{found}") from error

    texts = (b.text for b in blocks if isinstance(b, (Text, Other)))
    return tuple(text for text in texts if text and not text.startswith(_BILLING))


def _stop_sequences(sequences: object) -> tuple[str, ...]:
    if sequences is None:
        return ()
    if isinstance(sequences, list):
        found = cast(list[object], sequences)
        texts = tuple(one for one in found if isinstance(one, str))
        if len(texts) == len(found):
            return tuple(text for text in texts if text)

    raise BadRequest("stop_sequences: must be a list of strings")


def _output_schema(form: object) -> dict[str, Any] | None:
    found = as_object(form)
    schema = found.get("schema")
    if found.get("type") != "json_schema" or not isinstance(schema, dict):
        return None

    return cast(dict[str, Any], check.sendable(schema, "output_config.format.schema"))


def _session_id(user_id: object) -> str:
    """The client's conversation, out of JSON in a string, or in the older form."""
    told = as_text(user_id)
    try:
        found = as_text(as_object(orjson.loads(told)).get("session_id"))
    except orjson.JSONDecodeError:
        old = _OLD_SESSION.search(told)
        found = old[1] if old else ""

    return _NOT_IN_SESSIONS.sub("_", found[:128])
