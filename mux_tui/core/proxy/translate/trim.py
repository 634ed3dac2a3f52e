"""Making a request fit the model: what is cut, in which order, and a record of it.

A pure function of the request and the model: the same beginning of a conversation
gives the same bytes on every turn, so that the server's prompt cache holds. The user's
words and the project's rules are never cut; `docs/trimming.md` tells the rest.
"""

from dataclasses import replace

from mux_tui.core.config.settings import Proxy
from mux_tui.core.exchange import Cut
from mux_tui.core.proxy.translate.budget import Budget, budget_for
from mux_tui.core.proxy.translate.facts import ModelTraits, Trimmed
from mux_tui.core.proxy.translate.history import fit_history
from mux_tui.core.proxy.translate.reminders import shorter_lists, unwrapped
from mux_tui.core.proxy.translate.sizes import size_of, size_of_tool, size_of_turn
from mux_tui.core.proxy.translate.system_trim import fit_system
from mux_tui.core.proxy.translate.tool_trim import fit_tools
from mux_tui.core.wire.anthropic import Block, MessagesRequest, Text, Tool, Turn


def trim(request: MessagesRequest, traits: ModelTraits, proxy: Proxy) -> Trimmed:
    """Cut the request to what the model can read in time and hold.

    Args:
        request: As the client sent it, from the beginning of the conversation.
        traits: The model. A change of its reading speed changes the prompt from its
            beginning: keep the traits of a conversation until it ends.
        proxy: The settings.

    Returns:
        The request and what was cut. It may still be too long, when the user's words
        and the model's own are; then it is for the client to compact.
    """
    budget = budget_for(traits, proxy)
    # A large model understands what the client wraps around the user's words.
    lean = traits.tier != "large"
    turns, side_cuts = _leaner(request.turns) if lean else (request.turns, ())
    system, tools, head_cuts = _head(request, budget)
    head = _size(system, tools)
    turns, cuts = fit_history(turns, head, budget, clean=lean)
    all_cuts = (*side_cuts, *head_cuts, *cuts)
    if not all_cuts and turns == request.turns:
        return Trimmed(request)

    return Trimmed(replace(request, system=system, tools=tools, turns=turns), all_cuts)


def size_of_request(request: MessagesRequest) -> int:
    """Characters of all that the model will read."""
    head = _size(request.system, request.tools)
    return head + sum(map(size_of_turn, request.turns))


def _size(system: tuple[str, ...], tools: tuple[Tool, ...]) -> int:
    return sum(map(size_of, system)) + sum(map(size_of_tool, tools))


def _head(
    request: MessagesRequest, budget: Budget
) -> tuple[tuple[str, ...], tuple[Tool, ...], tuple[Cut, ...]]:
    """System prompt and tools, cut without a look at the messages, which grow."""
    system = sum(map(size_of, request.system))
    limit = max(budget.tools, budget.head - system)
    tools, tool_cuts = fit_tools(request.tools, limit, request.tool_choice.name)
    rest = budget.head - sum(map(size_of_tool, tools))
    blocks, system_cuts = fit_system(request.system, rest)
    return blocks, tools, (*tool_cuts, *system_cuts)


def _leaner(turns: tuple[Turn, ...]) -> tuple[tuple[Turn, ...], tuple[Cut, ...]]:
    """The messages with the client's remarks unwrapped, and without its nudges."""
    left = tuple(_lean_turn(turn) for turn in turns)
    pairs = [(a, b) for a, b in zip(turns, left, strict=True) if a is not b]
    before = sum(size_of_turn(a) for a, _ in pairs)
    after = sum(size_of_turn(b) for _, b in pairs)
    if after >= before:
        return left, ()

    return left, (Cut("remarks of the client", "not for this model", before, after),)


def _lean_turn(turn: Turn) -> Turn:
    if turn.role == "assistant":
        return turn

    blocks: list[Block] = []
    for block in turn.blocks:
        blocks += _lean_block(block, turn.role == "system")
    same = len(blocks) == len(turn.blocks) and all(map(_is, blocks, turn.blocks))
    return turn if same else replace(turn, blocks=tuple(blocks))


def _is(one: Block, other: Block) -> bool:
    return one is other


def _lean_block(block: Block, of_client: bool) -> list[Block]:
    if not isinstance(block, Text):
        return [block]

    parts = unwrapped(block.text)
    if parts is not None:
        return [Text(part) for part in parts]

    text = shorter_lists(block.text) if of_client else block.text
    return [block] if text == block.text else [Text(text)]
