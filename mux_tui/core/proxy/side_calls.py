"""Requests that are answered without a model: titles, pings, warm-ups, web searches.

They cost a local model seconds, and throw the conversation out of its prompt cache.
What is recognised is their form, never wording that changes with each release: a
schema that wants a title, one token, a tool that only Anthropic's servers have.
"""

import json
import re
from typing import Any

from mux_tui.core.wire.anthropic import MessagesRequest
from mux_tui.core.wire.anthropic_words import last_words

NO_SEARCH = (
    "Web search is not available: the local model has no search service behind it. "
    "Answer from what is known, or use another tool."
)
_PROBES = frozenset({"quota", "ping", "test", "hi", "hello", "count", "foo", ".", "ok"})
_WARM_UP = "warmup"
_TAGS = re.compile(r"</?[\w-]{1,40}>")
_TITLE_WORDS = 7
_TITLE_LENGTH = 60
_TITLE_FIELDS = frozenset({"title", "branch", "isNewTopic"})


def side_answer(request: MessagesRequest) -> str | None:
    """The text that answers a request of the client's own; None: a model is needed."""
    if _wants_search(request):
        return NO_SEARCH
    if request.tools:
        return "ok" if _words(request).lower() == _WARM_UP else None
    if request.output_schema is not None:
        return _title_object(request, request.output_schema)
    if _wants_topic(request):
        return json.dumps({"isNewTopic": True, "title": _title(request)})

    return "ok" if _is_probe(request) else None


def _wants_search(request: MessagesRequest) -> bool:
    tools = request.tools
    return bool(tools) and all(t.server.startswith("web_search") for t in tools)


def _is_probe(request: MessagesRequest) -> bool:
    words = _words(request).lower()
    return words == _WARM_UP or (request.max_tokens == 1 and words in _PROBES)


def _wants_topic(request: MessagesRequest) -> bool:
    """Older clients ask for a title in words, and name the two fields they want."""
    system = " ".join(request.system)
    return "isNewTopic" in system and "title" in system


def _title_object(request: MessagesRequest, schema: dict[str, Any]) -> str | None:
    """The object the schema wants, where it wants a title and nothing unknown."""
    properties = schema.get("properties")
    wanted: set[str] = set(properties) if isinstance(properties, dict) else set()  # pyright: ignore[reportUnknownArgumentType]
    if "title" not in wanted or not wanted <= _TITLE_FIELDS:
        return None

    title = _title(request)
    known = {"title": title, "branch": _branch(title), "isNewTopic": True}
    return json.dumps({name: known[name] for name in sorted(wanted)})


def _title(request: MessagesRequest) -> str:
    """The first words of what the user wrote, as a heading."""
    words = _words(request).split()[:_TITLE_WORDS]
    title = " ".join(words)[:_TITLE_LENGTH].rstrip(" .,:;!?-")
    return title[:1].upper() + title[1:] or "Conversation"


def _branch(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "conversation"


def _words(request: MessagesRequest) -> str:
    """What the user wrote, without what the client wrote around it."""
    return " ".join(_TAGS.sub(" ", last_words(request)).split())
