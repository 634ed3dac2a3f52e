"""A conversation with a local model, made fit for the real API.

The real API refuses thinking that it did not sign, and empty texts, and both are in a
history that a local model had a part in. A body that holds neither goes on as it is,
byte for byte; of any other only what has to go is taken out.
"""

import json
from typing import Any

from mux_tui.core.wire.documents import NotJson, as_list, as_object, as_text, parse

_CLEAR_THINKING = "clear_thinking"


def cloud_body(body: bytes, model: str = "") -> bytes:
    """The body to relay.

    Args:
        body: As the client sent it; what is no JSON object comes back as it is.
        model: The Claude model to ask for; empty: the one in the body.

    Returns:
        `body` itself if nothing in it has to change.
    """
    if not model and b'"assistant"' not in body:
        return body

    request = as_object(_read(body))
    if not request:
        return body

    changed = _named(request, model)
    changed = _without_foreign_parts(request) or changed
    changed = _without_impossible_thinking(request) or changed
    return _written(request) if changed else body


def _named(request: dict[str, Any], model: str) -> bool:
    if not model or request.get("model") == model:
        return False

    request["model"] = model
    return True


def _without_foreign_parts(request: dict[str, Any]) -> bool:
    """Take out what the API would refuse; a turn of which nothing is left goes, too."""
    messages = as_list(request.get("messages"))
    emptied: set[int] = set()
    changed = False
    for message in map(as_object, messages):
        blocks = as_list(message.get("content"))
        good = [block for block in blocks if not _is_foreign(as_object(block))]
        if message.get("role") != "assistant" or len(good) == len(blocks):
            continue
        changed = True
        message["content"] = good
        if not good:
            emptied.add(id(message))
    if emptied:
        request["messages"] = [one for one in messages if id(one) not in emptied]
    return changed


def _is_foreign(block: dict[str, Any]) -> bool:
    match block.get("type"):
        case "thinking":
            return not as_text(block.get("signature")).strip()
        case "text":
            return not as_text(block.get("text")).strip()
        case _:
            return False


def _without_impossible_thinking(request: dict[str, Any]) -> bool:
    """Turn thinking off where the API cannot go on with it.

    With a budget for thinking, a turn in which a tool was called has to begin with
    signed thinking. One that a local model began does not, until the turn is over.
    """
    wanted = as_object(request.get("thinking")).get("type")
    if wanted != "enabled" or not _goes_on_without_thinking(request):
        return False

    del request["thinking"]
    management = as_object(request.get("context_management"))
    edits = as_list(management.get("edits"))
    rest = [edit for edit in edits if not _clears_thinking(as_object(edit))]
    if rest:
        management["edits"] = rest
    elif edits:
        del request["context_management"]
    return True


def _goes_on_without_thinking(request: dict[str, Any]) -> bool:
    turns = [as_object(message) for message in as_list(request.get("messages"))]
    turns = [turn for turn in turns if turn.get("role") in ("user", "assistant")]
    if len(turns) < 2 or "tool_result" not in _kinds(turns[-1]):
        return False

    answers = [turn for turn in turns if turn.get("role") == "assistant"]
    kinds = _kinds(answers[-1]) if answers else []
    return "tool_use" in kinds and kinds[0] not in ("thinking", "redacted_thinking")


def _kinds(turn: dict[str, Any]) -> list[str]:
    blocks = as_list(turn.get("content"))
    return [as_text(as_object(block).get("type")) for block in blocks]


def _clears_thinking(edit: dict[str, Any]) -> bool:
    return as_text(edit.get("type")).startswith(_CLEAR_THINKING)


def _read(body: bytes) -> object:
    # Imported late: only relayed requests need it.
    import orjson

    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        # It is stricter than JSON is: half a surrogate pair is JSON, for one.
        try:
            return parse(body)
        except NotJson:
            return None


def _written(request: dict[str, Any]) -> bytes:
    import orjson

    try:
        return orjson.dumps(request)
    except TypeError:
        return json.dumps(request, separators=(",", ":")).encode()
