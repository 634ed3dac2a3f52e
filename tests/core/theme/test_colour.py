"""Colours, mixed and measured."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mux_tui.core.theme.colour import (
    contrast,
    hexed,
    is_hex,
    luminance,
    mix,
    readable,
    rgb,
)

HEXES = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#ffffff", 1.0),
        ("#777777", "#ffffff", 4.48),
        ("#ff0000", "#ffffff", 4.0),
        ("#0000ff", "#000000", 2.44),
    ],
)
def test_contrast_is_that_of_wcag(one: str, other: str, expected: float) -> None:
    """Values as the common calculators give them."""
    assert contrast(one, other) == pytest.approx(expected, abs=0.005)  # pyright: ignore[reportUnknownMemberType]


@given(HEXES, HEXES)
def test_contrast_has_no_order_and_stays_in_its_range(one: str, other: str) -> None:
    assert contrast(one, other) == contrast(other, one)
    assert 1 <= contrast(one, other) <= 21.001


@given(HEXES)
def test_a_colour_survives_being_taken_apart(colour: str) -> None:
    assert hexed(*rgb(colour)) == colour
    assert is_hex(colour)


@pytest.mark.parametrize(
    "text", ["", "red", "#12345", "#1234567", "#12345g", " #123456"]
)
def test_only_six_digits_are_a_colour(text: str) -> None:
    assert not is_hex(text)


def test_mixing_goes_from_one_to_the_other() -> None:
    assert mix("#000000", "#ffffff", 0) == "#000000"
    assert mix("#000000", "#ffffff", 0.5) == "#808080"
    assert mix("#000000", "#ffffff", 1) == "#ffffff"


@given(HEXES, st.lists(HEXES, min_size=1, max_size=3))
def test_readable_is_enough_or_the_best_there_is(
    colour: str, grounds: list[str]
) -> None:
    found = min(contrast(readable(colour, grounds, 4.5), g) for g in grounds)
    ends = [min(contrast(end, g) for g in grounds) for end in ("#000000", "#ffffff")]
    assert found >= min(4.5, max(ends))


def test_what_is_readable_already_is_left_alone() -> None:
    assert readable("#d5dce6", ["#14191f"], 4.5) == "#d5dce6"


def test_brightness_is_weighed_by_the_eye() -> None:
    assert luminance("#00ff00") > luminance("#ff0000") > luminance("#0000ff")
