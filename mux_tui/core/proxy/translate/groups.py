"""Turns, merged until user and assistant alternate, as chat templates want them."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

from mux_tui.core.wire.anthropic import Block, Other, Text, Thinking, Turn

_REMINDER = "<system-reminder>"


@dataclass(slots=True)
class Group:
    """What one side says before the other one speaks again."""

    role: Literal["user", "assistant"]
    blocks: list[Block] = field(default_factory=list[Block])


def grouped(turns: Iterable[Turn], *, thinking: bool) -> list[Group]:
    """Merge turns of the same role; a turn that says nothing is left out.

    A system turn amid the conversation becomes a reminder in the user's words, at its
    place: most templates refuse it, and moving it would change the prompt's beginning.
    Thinking counts as nothing unless it is given back.
    """
    groups: list[Group] = []
    for turn in turns:
        said = [b for b in _folded(turn) if _says_something(b, thinking)]
        if not said:
            continue
        role = "assistant" if turn.role == "assistant" else "user"
        if groups and groups[-1].role == role:
            groups[-1].blocks += said
        else:
            groups.append(Group(role, said))

    return groups


def _says_something(block: Block, thinking: bool) -> bool:
    if isinstance(block, Thinking):
        return thinking and bool(block.text)

    return not isinstance(block, (Text, Other)) or bool(block.text)


def _folded(turn: Turn) -> Iterable[Block]:
    if turn.role != "system":
        return turn.blocks

    return (_reminder(b) if isinstance(b, Text) else b for b in turn.blocks)


def _reminder(block: Text) -> Text:
    if not block.text.strip() or block.text.lstrip().startswith(_REMINDER):
        return block

    return replace(block, text=f"{_REMINDER}\n{block.text}\n</system-reminder>")
