"""Results of tools, matched with the calls they answer.

Clients send results in any order, several for one call, none, or for calls that nobody
knows any more. A template wants exactly one for each call, in the calls' order.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from mux_tui.core.proxy.translate.parts import Part, parts_of
from mux_tui.core.wire.anthropic import Block, Image, ToolResult, ToolUse

NO_OUTPUT = "(no output)"
NO_RESULT = "(no result: the call was interrupted)"
_BELOW = "(see the picture below)"


@dataclass(slots=True)
class Call:
    """A call of the assistant's, with an id that no other call of its turn has."""

    id: str
    use: ToolUse


@dataclass(slots=True)
class Answered:
    """A call and what it brought."""

    call: Call
    text: str = ""
    is_error: bool = False
    results: int = 0
    """How many came for it; 0: the text says that there was none."""

    images: list[Part] = field(default_factory=list[Part])
    """Pictures that have to be shown in a message of the user's."""


def calls_of(blocks: Iterable[Block]) -> list[Call]:
    """The calls of one turn; an id that is used again gets a number."""
    calls: list[Call] = []
    seen: dict[str, int] = {}
    for block in blocks:
        if isinstance(block, ToolUse):
            number = seen[block.id] = seen.get(block.id, 0) + 1
            id = block.id if number == 1 else f"{block.id}_{number}"
            calls.append(Call(id, block))

    return calls


def matched(
    calls: Sequence[Call], blocks: Iterable[Block], *, images: bool
) -> tuple[list[Answered], list[Part]]:
    """Give every call its result; what belongs to no call is returned as parts.

    Several results for one id go to the calls with that id, one each, and the rest to
    the last of them.
    """
    answers = [Answered(call) for call in calls]
    by_id: dict[str, list[Answered]] = {}
    for answer in answers:
        by_id.setdefault(answer.call.use.id, []).append(answer)

    orphans: list[Part] = []
    for block in blocks:
        if not isinstance(block, ToolResult):
            continue
        parts = parts_of(block.content, images=images)
        if waiting := by_id.get(block.tool_use_id):
            _take(waiting.pop(0) if len(waiting) > 1 else waiting[0], block, parts)
        else:
            orphans += _orphan(parts)
    for answer in answers:
        _complete(answer)
    return answers, orphans


def _take(answer: Answered, result: ToolResult, parts: list[Part]) -> None:
    texts = [part for part in parts if isinstance(part, str)]
    answer.text = "\n\n".join([*([answer.text] if answer.text else []), *texts])
    answer.images += [part for part in parts if isinstance(part, Image)]
    answer.is_error |= result.is_error
    answer.results += 1


def _complete(answer: Answered) -> None:
    if not answer.results:
        answer.text = NO_RESULT
    elif not answer.text:
        answer.text = _BELOW if answer.images else NO_OUTPUT
    if answer.is_error and not answer.text.startswith("Error"):
        answer.text = f"Error: {answer.text}"


def _orphan(parts: list[Part]) -> list[Part]:
    return ["Result of an earlier tool call:", *(parts or [NO_OUTPUT])]
