"""Stop sequences: found wherever the text is cut, and nothing held back for long."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mux_tui.core.proxy.translate.stop import StopWatcher


def watched(pieces: list[str], sequences: list[str]) -> tuple[str, str]:
    watcher = StopWatcher(sequences)
    text = "".join(map(watcher.feed, pieces)) + watcher.flush()
    return text, watcher.matched


@pytest.mark.parametrize(
    ("text", "sequences", "expected"),
    [
        ("one STOP two", ["STOP"], ("one ", "STOP")),
        ("one two", ["STOP"], ("one two", "")),
        ("one STO", ["STOP"], ("one STO", "")),
        ("aab", ["ab"], ("a", "ab")),
        ("xabc", ["abc", "b"], ("xa", "b")),
        ("xab", ["ab", "b"], ("x", "ab")),
        ("STOP", ["STOP"], ("", "STOP")),
        ("a\n\nb", ["\n\n"], ("a", "\n\n")),
        ("text", ["", "zz"], ("text", "")),
        ("text", [], ("text", "")),
    ],
)
def test_text_ends_before_the_first_sequence(
    text: str, sequences: list[str], expected: tuple[str, str]
) -> None:
    assert watched([text], sequences) == expected
    assert watched(list(text), sequences) == expected


@given(
    st.text("abc", max_size=30),
    st.lists(st.text("abc", min_size=1, max_size=4), max_size=3),
    st.lists(st.integers(0, 30), max_size=6),
)
def test_any_split_gives_the_same_end(
    text: str, sequences: list[str], places: list[int]
) -> None:
    edges = [0, *sorted(places), len(text)]
    pieces = [text[a:b] for a, b in zip(edges, edges[1:], strict=False)]

    assert watched(pieces, sequences) == watched([text], sequences)
    shown, matched = watched([text], sequences)
    assert text.startswith(shown + matched)
    assert not any(sequence in shown for sequence in sequences)


def test_only_a_possible_beginning_is_held_back() -> None:
    watcher = StopWatcher(["\nHuman:"])

    assert watcher.feed("hello\n") == "hello"
    assert watcher.feed("there") == "\nthere"
    assert watcher.feed("\nHuman: no") == ""
    assert watcher.matched == "\nHuman:"
    assert watcher.feed("more") == ""
