"""From pieces to events: order, calls, counts, ends."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mux_tui.core.proxy.translate.facts import ChatRequest
from mux_tui.core.proxy.translate.stream import StreamTranslator
from mux_tui.core.wire.anthropic_events import (
    AnswerEvent,
    BlockDelta,
    Counts,
    Failure,
    MessageStart,
)
from mux_tui.core.wire.openai import Piece, TokenCounts, ToolCallPart
from tests.core.proxy.grammar import Seen, check
from tests.core.proxy.translate.answering import (
    BASH,
    ESTIMATE,
    MODEL,
    answer,
    begin,
    part,
    said,
    translator,
)
from tests.core.proxy.translate.offering import READ, tool

CALL = '<tool_call>{"name": "bash", "arguments": {"command": "ls"}}</tool_call>'
BROKEN = '<tool_call>{"name": "bash", "arguments": {"command": ls -la"}}</tool_call>'
LS = ("bash", {"command": "ls"})
LS_JSON = '{"command": "ls"}'


def kinds(seen: Seen) -> list[str]:
    return [block.kind for block in seen.blocks]


def test_blocks_come_in_order_thinking_text_calls() -> None:
    seen, stream = answer(
        Piece(reasoning="hm"),
        Piece(" \n"),
        Piece("I look."),
        Piece(f"\n{CALL}\n"),
        Piece(finish="stop"),
    )

    assert kinds(seen) == ["thinking", "text", "tool_use"]
    assert (seen.thinking, seen.text, seen.calls) == ("hm", " \nI look.\n", [LS])
    assert (stream.tool_calls, stream.repairs, stream.stop_reason) == (1, 0, "tool_use")


def test_words_are_shown_as_they_come() -> None:
    stream = translator()
    begin(stream)

    shown = [stream.feed(Piece(word)) for word in ("One ", "two ", "three.")]

    deltas = [[e.text for e in es if isinstance(e, BlockDelta)] for es in shown]
    assert deltas == [["One "], ["two "], ["three."]]


def test_thinking_in_tags_is_told_apart_wherever_it_is_cut() -> None:
    seen = said(f"<think>why</think>\n\nBecause.\n{CALL}")

    assert (seen.thinking, seen.text, seen.calls) == ("why", "Because.\n", [LS])


def test_white_space_at_the_start_is_kept_and_alone_is_no_block() -> None:
    assert said("\n  indented").text == "\n  indented"
    assert kinds(said(f"\n\n{CALL}\n\n{CALL}\n")) == ["tool_use", "tool_use"]


def test_text_behind_a_call_is_not_lost() -> None:
    seen = said(f"a\n{CALL}\nb")

    assert (seen.text, seen.calls) == ("a\n\nb", [LS])


def test_a_call_in_the_field_and_in_the_text_is_made_once() -> None:
    seen, _ = answer(
        Piece(f"a {CALL}"), part('{"command":"ls"}', "bash"), Piece(finish="tool_calls")
    )

    assert (seen.text, seen.calls) == ("a ", [LS])


def test_another_call_in_the_text_is_made_too() -> None:
    seen, _ = answer(Piece(CALL), part('{"command": "id"}', "bash"))

    assert seen.calls == [LS, ("bash", {"command": "id"})]


def test_ids_are_our_own_and_never_twice() -> None:
    ids: set[str] = set()
    for _ in range(3):
        seen, _ = answer(
            part(LS_JSON, "bash", 0, "call_0"), part(LS_JSON, "bash", 1, "call_0")
        )
        ids |= {block.tool_id for block in seen.blocks}

    assert len(ids) == 6


def native(*parts: tuple[str, str, str], index: int = 0) -> list[tuple[str, object]]:
    """Calls of parts (id, name, arguments) that all say the same index."""
    pieces = [Piece(tool_calls=(ToolCallPart(index, *given),)) for given in parts]
    seen, _ = answer(*pieces, Piece(finish="tool_calls"), tools=(BASH, READ))
    return [(name, given) for name, given in seen.calls]


def test_calls_without_numbers_are_told_apart() -> None:
    read = ("Read", {"file_path": "a"})

    assert native(("", "bash", LS_JSON), ("", "bash", LS_JSON)) == [LS, LS]
    assert native(("", "bash", LS_JSON), ("", "Read", '{"file_path":"a"}')) == [
        LS,
        read,
    ]
    assert native(("a", "bash", ""), ("b", "bash", LS_JSON)) == [("bash", {}), LS]


@pytest.mark.parametrize(
    "parts",
    [
        [("", "ba", ""), ("", "sh", ""), ("", "", LS_JSON)],
        [("x", "bash", ""), ("", "bash", LS_JSON[:5]), ("", "bash", LS_JSON[5:])],
        [("x", "bash", LS_JSON[:5]), ("y", "", LS_JSON[5:])],
        [("x", "bash", ""), ("x", "bash", LS_JSON)],
        [("", "", LS_JSON[:3]), ("", "bash", LS_JSON[3:])],
        [("", "BASH", LS_JSON)],
        [("", "bash", json.dumps(LS_JSON))],
    ],
)
def test_one_call_in_odd_pieces_is_one_call(parts: list[tuple[str, str, str]]) -> None:
    assert native(*parts) == [LS]


def test_halves_of_characters_in_arguments_are_joined() -> None:
    seen, _ = answer(part('{"command": "\ud83d', "bash"), part('\ude00"}'))

    assert seen.calls == [("bash", {"command": "\U0001f600"})]


def test_without_parallel_calls_only_the_first_is_made() -> None:
    seen, stream = answer(
        part(LS_JSON, "bash", 0), part(LS_JSON, "bash", 1), parallel=False
    )

    assert seen.calls == [LS]
    assert stream.notes == ["left out 1 calls after the first"]


def test_what_was_mended_is_counted_and_noted() -> None:
    _, stream = answer(part('{"cmd": "ls",}', "Bash"))

    assert stream.repairs == 1
    assert "cmd is command" in stream.notes[0]


def test_without_tools_nothing_is_a_call() -> None:
    assert said(CALL, tools=()).text == CALL

    seen, _ = answer(part(LS_JSON, "bash"), Piece(finish="tool_calls"), tools=())
    assert kinds(seen) == ["text"]
    assert LS_JSON in seen.text


@pytest.mark.parametrize(
    ("finish", "reason"),
    [
        ("stop", "end_turn"),
        ("length", "max_tokens"),
        ("content_filter", "end_turn"),
        ("tool_calls", "end_turn"),
        ("eos", "end_turn"),
        ("", "end_turn"),
    ],
)
def test_the_reason_for_the_end_is_translated(finish: str, reason: str) -> None:
    assert said("words", finish).stop_reason == reason


@pytest.mark.parametrize("arguments", ['{"command": "ls', '{"command": "ls"', "", "{"])
def test_a_call_cut_by_the_output_limit_is_shown(arguments: str) -> None:
    seen, stream = answer(part(arguments, "bash"), Piece(finish="length"))

    assert (seen.calls, seen.stop_reason) == ([], "max_tokens")
    assert f"bash {arguments}".strip() in seen.text
    assert not stream.needs_reask


def test_a_whole_call_before_a_cut_one_is_made() -> None:
    seen, _ = answer(
        part(LS_JSON, "bash", 0), part('{"comm', "bash", 1), Piece(finish="length")
    )

    assert (seen.calls, seen.stop_reason) == ([LS], "tool_use")
    assert '{"comm' in seen.text


def test_an_answer_that_says_nothing_says_so() -> None:
    assert "no answer" in said("").text
    assert "no answer" in said("  \n ").text
    assert "output limit" in said("", "length").text
    assert "output limit" in said("<think>all of it", "length").text


def test_a_stop_sequence_ends_the_text_and_is_told() -> None:
    seen = said(f"one\nEND two {CALL}", stop_sequences=("END",))

    assert (seen.text, seen.stop_reason) == ("one\n", "stop_sequence")
    assert (seen.stop_sequence, seen.calls) == ("END", [])


def test_a_stop_sequence_means_nothing_inside_of_a_call() -> None:
    seen = said(f"EN{CALL}D", stop_sequences=("END", "ls"))

    assert (seen.text, seen.calls) == ("END", [LS])


def test_the_server_need_not_go_on_after_a_stop_sequence() -> None:
    stream = translator(stop_sequences=("END",))
    begin(stream)

    stream.feed(Piece("a EN"))
    assert not stream.done
    stream.feed(Piece("D b"))
    assert stream.done
    assert stream.feed(Piece("more", reasoning="more")) == []


def test_counts_are_the_server_s_or_estimates_but_never_zero() -> None:
    told = TokenCounts(prompt=100, completion=7, cached=60)

    assert answer(Piece("text", usage=told))[0].counts == Counts(40, 60, 7)
    assert answer(Piece("eight ch"))[0].counts == Counts(20, 0, 2)
    junk = TokenCounts(prompt=0, completion=0, cached=9)
    assert answer(Piece("text", usage=junk))[0].counts == Counts(20, 0, 1)
    all_cached = TokenCounts(prompt=10, completion=1, cached=99)
    assert answer(Piece("text", usage=all_cached))[0].counts == Counts(0, 10, 1)


def test_the_first_event_is_never_without_counts() -> None:
    events = StreamTranslator(ChatRequest({})).start("msg_1", MODEL, Counts())

    assert events == [MessageStart("msg_1", MODEL, Counts(input=1))]


def test_a_failure_is_the_end() -> None:
    stream = translator()
    events = begin(stream) + stream.feed(Piece("half"))
    events += stream.fail("api_error", "the server closed\nthe stream")

    assert check(events).failure == Failure("api_error", "the server closed the stream")
    assert (
        stream.feed(Piece("x")) + stream.finish() + stream.fail("api_error", "x") == []
    )


# A call that is no use, and the second try.


def test_one_good_call_is_enough() -> None:
    seen, stream = answer(Piece(f"{BROKEN}{CALL}"), may_reask=True)

    assert (seen.calls, stream.needs_reask) == ([LS], False)
    assert BROKEN in seen.text


def test_an_unknown_tool_is_passed_on_under_a_safe_name() -> None:
    seen, stream = answer(part("{}", "no such\ntool!"))

    assert seen.calls == [("no_such_tool_", {})]
    assert not stream.needs_reask


def test_a_schema_that_is_none_is_no_reason_to_fail() -> None:
    odd = tool("odd")
    odd.schema["properties"] = ["junk"]
    odd.schema["required"] = 7
    seen, _ = answer(part('{"a": 1}', "odd"), tools=(odd,))

    assert seen.calls == [("odd", {"a": 1})]


PIECES = st.one_of(
    st.sampled_from(
        [
            *("words", " ", "\n", "<think>", "</think>", "STOP", "ST", CALL, BROKEN),
            *(CALL[:30], CALL[30:], "```json\n", "```", "<", "{", "\ud83d", "\ude00"),
        ]
    ).map(Piece),
    st.sampled_from(["hm", " ", "\ud83d"]).map(lambda text: Piece(reasoning=text)),
    st.builds(
        part,
        st.sampled_from(["", LS_JSON, "{", "}", '{"a":', "x", "\ude00"]),
        st.sampled_from(["", "bash", "ba", "other tool"]),
        st.integers(0, 2),
        st.sampled_from(["", "a", "b"]),
    ),
    st.sampled_from(["stop", "length", "tool_calls", "x"]).map(
        lambda word: Piece(finish=word)
    ),
    st.builds(TokenCounts, st.integers(0, 9), st.integers(0, 9), st.integers(0, 9)).map(
        lambda told: Piece(usage=told)
    ),
)


@given(st.lists(PIECES, max_size=10), st.lists(PIECES, max_size=4), st.booleans())
def test_any_pieces_make_an_answer_by_the_grammar(
    first: list[Piece], second: list[Piece], failing: bool
) -> None:
    stream = translator(may_reask=True, stop_sequences=("STOP",))
    events: list[AnswerEvent] = begin(stream)
    for piece in first:
        events += stream.feed(piece)
    if failing:
        assert check(events + stream.fail("api_error", "cut")).failure
        return

    events += stream.finish()
    if not stream.ended:
        for piece in second:
            events += stream.feed(piece)
        events += stream.finish()
    if not stream.ended:
        events += stream.finish()
    seen = check(events)

    assert len(seen.calls) == stream.tool_calls
    assert seen.stop_reason == stream.stop_reason
    assert seen.counts == stream.counts


def test_the_estimate_is_what_the_start_tells() -> None:
    assert begin(translator()) == [MessageStart("msg_1", MODEL, ESTIMATE)]
