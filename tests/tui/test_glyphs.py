"""Marks and bars."""

from dataclasses import fields

import pytest

from mux_tui.tui.glyphs import ASCII, UNICODE, choose_glyphs


def test_every_mark_is_one_cell_and_the_twins_are_plain() -> None:
    for field in fields(UNICODE):
        mark, twin = getattr(UNICODE, field.name), getattr(ASCII, field.name)
        if field.name == "levels":
            assert len(mark) == len(twin)
        elif field.name != "ascii":
            assert len(mark) == len(twin) == 1
        assert field.name == "ascii" or twin.isascii()


def test_different_states_have_different_marks() -> None:
    for glyphs in (UNICODE, ASCII):
        marks = (glyphs.on, glyphs.half, glyphs.off, glyphs.up, glyphs.good, glyphs.bad)
        assert len(set(marks)) == len(marks)


@pytest.mark.parametrize(
    ("share", "bar"),
    [(0, "...."), (0.5, "##.."), (1, "####"), (7, "####"), (-1, "....")],
)
def test_a_bar_never_leaves_its_width(share: float, bar: str) -> None:
    assert ASCII.bar(share, 4) == bar


def test_a_sparkline_is_scaled_to_its_top() -> None:
    assert UNICODE.spark([0, 5, 10]) == "▁▅█"
    assert UNICODE.spark([0, 0]) == "▁▁"
    assert UNICODE.spark([5, 20], top=10) == "▅█"


@pytest.mark.parametrize(
    ("variables", "plain"),
    [
        ({"LANG": "en_US.UTF-8"}, False),
        ({"LANG": "C"}, True),
        ({"LC_ALL": "C", "LANG": "en_US.UTF-8"}, True),
        ({"LC_CTYPE": "C.utf8", "LANG": "C"}, False),
        ({}, False),
    ],
)
def test_the_locale_chooses(variables: dict[str, str], plain: bool) -> None:
    assert choose_glyphs("auto", variables).ascii is plain
    assert choose_glyphs("ascii", variables) is ASCII
    assert choose_glyphs("unicode", variables) is UNICODE
