"""A call that is no use: asked for once more, or shown as it was."""

import pytest

from mux_tui.core.wire.anthropic_events import (
    Counts,
)
from mux_tui.core.wire.openai import Piece, TokenCounts
from tests.core.proxy.grammar import Seen, check
from tests.core.proxy.translate.answering import (
    answer,
    begin,
    part,
    translator,
)

CALL = '<tool_call>{"name": "bash", "arguments": {"command": "ls"}}</tool_call>'
BROKEN = '<tool_call>{"name": "bash", "arguments": {"command": ls -la"}}</tool_call>'
LS = ("bash", {"command": "ls"})
LS_JSON = '{"command": "ls"}'


def kinds(seen: Seen) -> list[str]:
    return [block.kind for block in seen.blocks]


@pytest.mark.parametrize(
    "pieces",
    [
        [Piece(BROKEN)],
        [Piece(f"I look.\n{BROKEN}\nafter")],
        [part("ls -la", "bash")],
        [part("{}", "bash")],
        [part('{"command": ["a"]}', "bash")],
        [Piece(finish="tool_calls")],
        [Piece("I look."), Piece(finish="tool_calls")],
    ],
)
def test_a_call_that_is_no_use_asks_for_a_second_try(pieces: list[Piece]) -> None:
    _, alone = answer(*pieces)
    stream = translator(may_reask=True)
    events = begin(stream)
    for piece in pieces:
        events += stream.feed(piece)
    events += stream.finish()

    assert alone.needs_reask
    assert stream.needs_reask
    assert not stream.ended
    assert "could not be used" in stream.reask

    events += stream.feed(Piece(CALL)) + stream.finish()
    seen = check(events)
    assert seen.calls == [LS]
    assert BROKEN not in seen.text
    assert (stream.needs_reask, stream.repairs) == (False, 1)


def test_a_second_try_that_fails_too_shows_what_there_was() -> None:
    stream = translator(may_reask=True)
    events = begin(stream) + stream.feed(Piece(f"{BROKEN} after")) + stream.finish()
    events += stream.feed(Piece("Sorry.")) + stream.finish()

    seen = check(events)
    assert seen.text == f"Sorry.\n\n{BROKEN} after"
    assert (stream.ended, stream.stop_reason) == (True, "end_turn")


def test_a_second_try_need_not_be_made() -> None:
    stream = translator(may_reask=True)
    events = begin(stream) + stream.feed(part("{}", "bash"))
    events += stream.finish() + stream.finish()

    assert check(events).calls == [("bash", {})]


def test_tokens_of_both_tries_are_counted() -> None:
    stream = translator(may_reask=True)
    told = TokenCounts(prompt=10, completion=5)
    events = begin(stream) + stream.feed(Piece(BROKEN, usage=told)) + stream.finish()
    events += stream.feed(Piece(CALL, usage=told)) + stream.finish()

    assert check(events).counts == Counts(10, 0, 10)


def test_a_call_that_had_to_be_made_and_was_not_asks_again() -> None:
    assert answer(Piece("words"), must_call="bash")[1].needs_reask
    assert answer(Piece("words"), must_call="*")[1].needs_reask
    assert not answer(Piece("words"), must_call="web_search")[1].needs_reask
    assert not answer(Piece(CALL), must_call="*")[1].needs_reask
    assert not answer(Piece("words"))[1].needs_reask
