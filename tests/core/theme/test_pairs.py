"""Whether people can read the shipped themes, and what is told of those they cannot."""

from itertools import combinations
from pathlib import Path

import pytest

from mux_tui.core.paths import shipped
from mux_tui.core.theme.colour import contrast
from mux_tui.core.theme.find import load_themes, theme_files
from mux_tui.core.theme.pairs import PAIRS, least_of, misnamed, weak_pairs
from mux_tui.core.theme.roles import ROLES
from mux_tui.core.theme.theme_file import read_theme
from tests.core.theme.vision import DEUTERANOPIA, PROTANOPIA, Matrix, distance, seen

FILES = theme_files(shipped("themes"))
NAMES = [file.stem for file in FILES]
ROUTES = ("local", "claude", "codex", "gemini", "failed")
TOLD_APART = 20
"""Nearly ten times what is just noticed when both lie side by side."""


def test_the_promised_themes_are_shipped() -> None:
    assert NAMES == [
        "mux-ansi",
        "mux-contrast-dark",
        "mux-contrast-light",
        "mux-dark",
        "mux-deuter",
        "mux-light",
        "mux-mono",
    ]
    assert load_themes([shipped("themes")]).failed == ()


@pytest.mark.parametrize("file", FILES, ids=NAMES)
def test_every_pair_of_a_shipped_theme_can_be_told_apart(file: Path) -> None:
    theme = read_theme(file)
    assert [str(weak) for weak in weak_pairs(theme)] == []
    assert misnamed(theme) == ""
    assert theme.summary


@pytest.mark.parametrize("file", FILES, ids=NAMES)
def test_a_shipped_theme_chooses_each_of_its_colours(file: Path) -> None:
    """Nothing is left to a default that was not looked at."""
    text = file.read_text(encoding="utf-8")
    written = {line.split(" =")[0] for line in text.splitlines() if " = " in line}
    assert written >= {role.key for role in ROLES}


@pytest.mark.parametrize("name", ["mux-contrast-dark", "mux-contrast-light"])
def test_the_high_contrast_themes_keep_seven(name: str) -> None:
    theme = read_theme(shipped("themes") / f"{name}.toml")
    assert theme.high_contrast
    read = [pair for pair in PAIRS if pair.kind == "text"]
    measured = [
        contrast(theme.palette[pair.front], theme.palette[pair.behind]) for pair in read
    ]
    assert min(measured) >= 7


@pytest.mark.parametrize("eyes", [DEUTERANOPIA, PROTANOPIA], ids=["deuter", "prot"])
def test_without_red_and_green_routes_and_verdicts_stay_apart(eyes: Matrix) -> None:
    palette = read_theme(shipped("themes") / "mux-deuter.toml").palette
    routes = [f"route-{name}" for name in ROUTES]
    verdicts = ["mark-pass", "mark-fail", "mark-warn"]
    changes = ["diff-added", "diff-removed"]
    grounds = ["diff-added-ground", "diff-removed-ground"]
    for group in (routes, verdicts, changes, grounds):
        for one, other in combinations(group, 2):
            apart = distance(seen(palette[one], eyes), seen(palette[other], eyes))
            assert apart >= TOLD_APART, f"{one} and {other}: {apart:.0f}"


def test_a_terminals_own_colours_never_stand_on_themselves() -> None:
    """Nothing is known of them but that text is readable on the background."""
    palette = read_theme(shipped("themes") / "mux-ansi.toml").palette
    for pair in PAIRS:
        front, behind = palette[pair.front], palette[pair.behind]
        assert behind == "ansi_default" or front != behind, pair


def test_three_colours_give_a_theme_that_can_be_read(tmp_path: Path) -> None:
    """What a user leaves out is filled in so that it can be read."""
    for name, base in {
        "dark": ("#7aa2f7", "#c0caf5", "#1a1b26"),
        "light": ("#33539e", "#343b58", "#fdfdf5"),
    }.items():
        file = tmp_path / f"{name}.toml"
        keys = zip(("primary", "foreground", "background"), base, strict=True)
        file.write_text("".join(f'{key} = "{colour}"\n' for key, colour in keys))
        assert [str(weak) for weak in weak_pairs(read_theme(file))] == []


def test_a_weak_pair_is_told_with_its_numbers(tmp_path: Path) -> None:
    file = tmp_path / "faint.toml"
    file.write_text(
        'primary = "#8ab8e8"\nforeground = "#d5dce6"\nbackground = "#14191f"\n'
        '[lines]\nplain = "#14191f"\n'
    )
    weak = weak_pairs(read_theme(file))
    assert str(weak[0]) == "line on background: 1.00, needs 3 (mark)"
    assert {found.pair.front for found in weak} == {"line"}


def test_a_theme_that_calls_its_night_day_is_told(tmp_path: Path) -> None:
    file = tmp_path / "odd.toml"
    file.write_text(
        'dark = false\nprimary = "#8ab8e8"\nforeground = "#d5dce6"\n'
        'background = "#14191f"\n'
    )
    assert misnamed(read_theme(file)) == (
        "dark = false, but the background #14191f is not"
    )


def test_what_is_needed_depends_on_the_promise() -> None:
    assert [least_of(kind, False) for kind in ("text", "mark")] == [4.5, 3]
    assert [least_of(kind, True) for kind in ("text", "mark")] == [7, 4.5]
