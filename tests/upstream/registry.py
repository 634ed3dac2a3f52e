"""The modes, by name."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from tests.upstream.exchange import Exchange

Group = Literal[
    "good",
    "sse",
    "end",
    "cut",
    "time",
    "status",
    "json",
    "shape",
    "size",
    "tool",
    "text",
]
Answering = Callable[[Exchange], Awaitable[None]]


@dataclass(frozen=True)
class Mode:
    """One way to answer a completion."""

    name: str
    group: Group
    meaning: str
    answer: Answering


MODES: dict[str, Mode] = {}


def mode(name: str, group: Group, meaning: str) -> Callable[[Answering], Answering]:
    """Register a function that answers one request, under a name."""

    def register(answer: Answering) -> Answering:
        if name in MODES:
            raise ValueError(f"two modes named {name}")
        MODES[name] = Mode(name, group, meaning, answer)
        return answer

    return register
