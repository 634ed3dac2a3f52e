"""Changes of both sides are kept; where they meet, nobody guesses."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mux_tui.core.workspace.merge import Merged, merged

_NAMES = ("ours", "theirs")
_PIECES = st.sampled_from([b"a\n", b"b\n", b"c\r\n", b"\n", b"d"])
_FILES = st.lists(_PIECES).map(b"".join)


def _lines(text: str) -> bytes:
    return "".join(f"{letter}\n" for letter in text).encode()


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "result"),
    [
        ("abcdef", "aXcdef", "abcdeY", "aXcdeY"),
        ("abcdef", "abcdef", "abef", "abef"),
        ("abcdef", "bcdef", "abcdefg", "bcdefg"),
        ("abcdef", "aXcdef", "aXcdef", "aXcdef"),
        ("", "a", "", "a"),
        ("abcabc", "abcXabc", "abcab", "abcXab"),
        ("aaaa", "aaaaa", "aaaa", "aaaaa"),
    ],
)
def test_changes_in_different_places_are_both_kept(
    base: str, ours: str, theirs: str, result: str
) -> None:
    both = merged(_lines(base), _lines(ours), _lines(theirs), _NAMES)

    assert both == Merged(_lines(result))


def test_changes_in_one_place_stand_between_markers() -> None:
    result = merged(b"a\r\nb\r\n", b"a\r\nX\r\n", b"a\r\nY", _NAMES)

    assert result == Merged(
        b"a\r\n<<<<<<< ours\r\nX\r\n=======\r\nY\r\n>>>>>>> theirs\r\n", 1
    )


def test_what_is_no_text_is_not_merged() -> None:
    assert merged(b"a\0", b"b", b"c", _NAMES) is None


@given(_FILES, _FILES)
def test_a_side_that_changed_nothing_gives_way(base: bytes, other: bytes) -> None:
    assert merged(base, base, other, _NAMES) == Merged(other)
    assert merged(base, other, base, _NAMES) == Merged(other)
    assert merged(base, other, other, _NAMES) == Merged(other)


@given(_FILES, _FILES, _FILES)
def test_the_sides_are_treated_alike(base: bytes, ours: bytes, theirs: bytes) -> None:
    one, other = merged(base, ours, theirs, _NAMES), merged(base, theirs, ours, _NAMES)

    assert one
    assert other
    assert one.conflicts == other.conflicts
    assert one.conflicts or one.content == other.content


def test_a_large_file_of_equal_lines_does_not_take_long() -> None:
    base = b"same\n" * 40_000
    ours, theirs = b"first\n" + base[:-50], base[:100_000] + b"mid\n" + base[100_000:]

    assert merged(base, ours, theirs, _NAMES)


def test_a_large_file_of_different_lines_is_merged() -> None:
    lines = [b"%d\n" % number for number in range(20_000)]
    chance = random.Random(1)
    ours, theirs = list(lines), list(lines)
    for number in range(0, 20_000, 40):
        (ours if chance.random() < 0.5 else theirs)[number] = b"changed\n"

    result = merged(b"".join(lines), b"".join(ours), b"".join(theirs), _NAMES)

    assert result
    assert result.conflicts == 0
    assert result.content.count(b"changed\n") == 500
