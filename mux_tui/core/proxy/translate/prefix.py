"""Whether a prompt goes on where the last one of its conversation ended.

A server reads again everything behind the first difference, so the first difference is
what matters: which message it is in, and what put it there. Of earlier prompts only
hashes and beginnings are kept.
"""

import re
from collections import OrderedDict
from dataclasses import dataclass
from os.path import commonprefix
from typing import Any

import orjson

from mux_tui.core.proxy.translate.facts import ChatRequest
from mux_tui.core.proxy.translate.markup import RESULT_OPEN
from mux_tui.core.text import one_line
from mux_tui.core.wire.documents import as_list, as_object, as_text

SESSIONS_KEPT = 64
_CONTENT = b'"content":"'
_MESSAGES_KEPT = 5000
_SYSTEM_KEPT = 200_000
_BEGINNING_KEPT = 160
_LINE_SHOWN = 60
_NUMBERS = re.compile(r"[0-9a-f]*[0-9][0-9a-f]*", re.IGNORECASE)
_MONTHS = re.compile(
    r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun)"
    r"[a-z]*\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Message:
    hash: int
    size: int
    """Of its JSON, in bytes."""

    role: str
    beginning: str
    """Of its text; the whole text of a system prompt."""

    text_at: int
    """Where in its JSON the text begins; 0: the text is in parts."""


@dataclass(frozen=True, slots=True)
class _Prompt:
    tools: tuple[tuple[str, int], ...]
    """Name and hash of each, in order."""

    messages: tuple[_Message, ...]


class PrefixWatch:
    """Remembers the last prompt of each conversation, the newest conversations only."""

    def __init__(self, sessions: int = SESSIONS_KEPT) -> None:
        """Remember so many conversations."""
        self._sessions = sessions
        self._last: OrderedDict[str, _Prompt] = OrderedDict()

    def compare(self, session: str, chat: ChatRequest) -> str:
        """Remember a prompt, and say what differs from the one before it.

        Args:
            session: The conversation; sub-agents have their own.
            chat: What is going to be sent.

        Returns:
            Empty: there was none, or this one begins with all of it, or it is a
            beginning of it. Otherwise one sentence on the first difference.
        """
        now = _prompt(chat)
        before = self._last.pop(session, None)
        self._last[session] = now
        while len(self._last) > self._sessions:
            self._last.popitem(last=False)

        return _difference(before, now) if before else ""


def _prompt(chat: ChatRequest) -> _Prompt:
    tools = tuple(
        (_tool_name(tool), hash(orjson.dumps(tool)))
        for tool in as_list(chat.body.get("tools"))
    )
    messages = as_list(chat.body.get("messages"))[:_MESSAGES_KEPT]
    return _Prompt(tools, tuple(_message(as_object(one)) for one in messages))


def _tool_name(tool: object) -> str:
    return as_text(as_object(as_object(tool).get("function")).get("name"))


def _message(message: dict[str, Any]) -> _Message:
    data = orjson.dumps(message)
    role = as_text(message.get("role"))
    content = message.get("content")
    text = content if isinstance(content, str) else _first_text(as_list(content))
    limit = _SYSTEM_KEPT if role == "system" else _BEGINNING_KEPT
    text_at = data.find(_CONTENT) + len(_CONTENT) if isinstance(content, str) else 0
    return _Message(hash(data), len(data), role, text[:limit], text_at)


def _first_text(parts: list[Any]) -> str:
    texts = (as_text(as_object(part).get("text")) for part in parts)
    return next((text for text in texts if text), "")


def _difference(before: _Prompt, now: _Prompt) -> str:
    # Chat templates put the tools in front, or behind the system prompt.
    if before.tools != now.tools:
        return _of_tools(dict(before.tools), dict(now.tools))

    pairs = zip(before.messages, now.messages, strict=False)
    for place, (old, new) in enumerate(pairs, 1):
        if old.hash != new.hash:
            at = sum(message.size for message in before.messages[: place - 1])
            at += _same_bytes(old, new)
            return f"Message {place}, from byte {at:,}: {_culprit(old, new)}."

    return ""


def _same_bytes(old: _Message, new: _Message) -> int:
    """How far the two JSON texts agree, as far as beginnings tell."""
    if old.role != new.role or not old.text_at or old.text_at != new.text_at:
        return 0

    same = commonprefix((old.beginning, new.beginning))
    return old.text_at + len(orjson.dumps(same)) - len(b'""')


def _of_tools(before: dict[str, int], now: dict[str, int]) -> str:
    gone = [name for name in before if name not in now]
    come = [name for name in now if name not in before]
    changed = [name for name in now if name in before and now[name] != before[name]]
    if gone or come:
        names = [*(f"{n} gone" for n in gone), *(f"{n} new" for n in come)]
        return f"Tool definitions: {_listed(names)}."
    if changed:
        return f"Tool definitions: {_listed(changed)} changed."

    return "Tool order: the same tools, in another order."


def _listed(names: list[str]) -> str:
    shown = ", ".join(one_line(name, 50) for name in names[:3])
    return f"{shown} and {len(names) - 3} more" if len(names) > 3 else shown


def _culprit(old: _Message, new: _Message) -> str:
    line, other = _first_lines(old.beginning, new.beginning)
    shown = repr(one_line(other or line, _LINE_SHOWN))
    if line != other and _masked(line) == _masked(other):
        return f"a date or counter line, {shown}"
    if old.role == new.role == "system":
        return f"the system prompt, {shown}"
    if old.role == new.role and (old.role == "tool" or _is_result(old)):
        again = "was cut again" if new.size < old.size else "changed"
        return f"an earlier result {again}"
    if old.role != new.role:
        return f"{one_line(new.role, 20)} instead of {one_line(old.role, 20)}"
    if old.role == "assistant":
        return "an earlier answer came back differently"

    cut = " and is shorter" if new.size < old.size else ""
    return f"an earlier {one_line(old.role, 20)} message changed{cut}"


def _is_result(message: _Message) -> bool:
    """Models without tools of their own are shown results as text."""
    return message.beginning.lstrip().startswith(RESULT_OPEN)


def _first_lines(old: str, new: str) -> tuple[str, str]:
    """The first line that differs, in both; empty where one ends before."""
    ours, theirs = old.split("\n"), new.split("\n")
    ours += [""] * (len(theirs) - len(ours))
    theirs += [""] * (len(ours) - len(theirs))
    pairs = zip(ours, theirs, strict=True)
    return next(((a, b) for a, b in pairs if a != b), ("", ""))


def _masked(line: str) -> str:
    return _MONTHS.sub("a", _NUMBERS.sub("0", line))
