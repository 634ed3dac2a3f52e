"""Tools for models without native tools: definitions as text in the system prompt.

Built from the request's own tools, in its order, and from nothing else, so the same
tools always give the same bytes. What does not fit is shortened in steps, for all tools
alike, and only at the very end left out: never without a `Cut`.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from mux_tui.core.exchange import Cut
from mux_tui.core.proxy.translate.harmless import harmless
from mux_tui.core.proxy.translate.markup import (
    CALL_OPEN,
    RESULT_OPEN,
    TOOLS_CLOSE,
    TOOLS_OPEN,
    call_text,
)
from mux_tui.core.proxy.translate.schema_words import Parameter, parameters
from mux_tui.core.wire.anthropic import Tool

_SENTENCE_END = re.compile(r"(?<=[.!?])\s|\n")
_LONGEST_SENTENCE = 200
_MOST_KNOWN = 8
"""Sets of tools whose text is kept: writing it takes longer than all else."""

_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Injection:
    """What the system prompt is told about tools."""

    text: str
    """Definitions and instruction; empty where there is no tool."""

    tools: tuple[Tool, ...] = ()
    """The tools that the model is told of."""

    cuts: tuple[Cut, ...] = ()


@dataclass(frozen=True, slots=True)
class _Told:
    """A tool, and its parameters in words."""

    name: str
    description: str
    parameters: list[Parameter]


def inject(tools: Sequence[Tool], budget: int) -> Injection:
    """Tell a model of `tools` in at most `budget` characters.

    The instruction, about 600 characters, is always there; the budget is kept as far as
    one tool's name allows.
    """
    return _injected(_Known(tools), budget) if tools else Injection("")


class _Known:
    """Tools as a key: the same ones come with every request of a conversation."""

    def __init__(self, tools: Sequence[Tool]) -> None:
        self.tools = tools
        # A schema is a dict, which has no hash; the order of its keys is shown too.
        self._key = tuple((t.name, t.description, repr(t.schema)) for t in tools)

    def __hash__(self) -> int:
        return hash(self._key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Known) and self._key == other._key


@lru_cache(maxsize=_MOST_KNOWN)
def _injected(known: _Known, budget: int) -> Injection:
    tools = known.tools
    told = [_Told(tool.name, tool.description, parameters(tool)) for tool in tools]
    room = budget - len(_text([], told[0]))
    full = shown = [_full(one) for one in told]
    for write, why in _STEPS:
        shown = [write(one) for one in told]
        if _size(shown) <= room:
            cuts = _cuts(full, shown, told, why)
            return Injection(_text(shown, told[0]), tuple(tools), cuts)

    kept = _fitting(shown, room)
    cut = [*shown[:kept], *("" for _ in shown[kept:])]
    cuts = _cuts(full, cut, told, _STEPS[-1][1])
    return Injection(_text(shown[:kept], told[0]), tuple(tools[:kept]), cuts)


def _size(shown: Sequence[str]) -> int:
    return sum(len(one) + 1 for one in shown)


def _fitting(shown: Sequence[str], room: int) -> int:
    """How many of the first ones fit; one always does."""
    kept = 1
    while kept < len(shown) and _size(shown[: kept + 1]) <= room:
        kept += 1

    return kept


def _cuts(
    full: Sequence[str], shown: Sequence[str], told: Sequence[_Told], why: str
) -> tuple[Cut, ...]:
    return tuple(
        Cut(f"tool {one.name}", why if now else "no room", len(was), len(now))
        for one, was, now in zip(told, full, shown, strict=True)
        if len(now) < len(was)
    )


def _text(shown: Sequence[str], first: _Told) -> str:
    example = {one.name: one.example for one in first.parameters if one.required}
    return "\n".join(
        (
            "# Tools",
            "",
            "You can call these tools:",
            TOOLS_OPEN,
            *shown,
            TOOLS_CLOSE,
            "",
            f"To call one, write {CALL_OPEN} with its name and its arguments as JSON,",
            "exactly in this form:",
            call_text(first.name, example),
            "Write one such block for each call, and nothing after the last one. Use",
            "only the names above. The results come to you in the next message, as",
            f"{RESULT_OPEN}> blocks in the order of the calls: never write those.",
        )
    )


def _full(told: _Told) -> str:
    return _definition(told, str.strip)


def _first_sentences(told: _Told) -> str:
    return _definition(told, _first_sentence)


def _definition(told: _Told, shorten: Callable[[str], str]) -> str:
    lines = [shorten(told.description)] if told.description else []
    lines += [_parameter(one, shorten) for one in told.parameters]
    return _element(told.name, "\n".join(("", *lines, "")))


def _parameter(parameter: Parameter, shorten: Callable[[str], str]) -> str:
    optional = "" if parameter.required else ", optional"
    words = shorten(_SPACES.sub(" ", parameter.description))
    said = f": {words}" if words else ""
    return f"- {parameter.name} ({parameter.type}{optional}){said}"


def _signature(told: _Told) -> str:
    return _element(
        told.name,
        ", ".join(
            f"{one.name}{'' if one.required else '?'}: {one.type}"
            for one in told.parameters
        ),
    )


def _element(name: str, inner: str) -> str:
    return f'<tool name="{name}">{harmless(inner)}</tool>'


def _first_sentence(text: str) -> str:
    sentence = _SENTENCE_END.split(text.strip(), maxsplit=1)[0]
    if len(sentence) <= _LONGEST_SENTENCE:
        return sentence

    return sentence[: _LONGEST_SENTENCE - 1] + "…"


_STEPS: tuple[tuple[Callable[[_Told], str], str], ...] = (
    (_full, ""),
    (_first_sentences, "first sentences only, within the budget"),
    (_signature, "names and parameters only, within the budget"),
)
