"""One theme file: what it gives, and how it is told that it is wrong."""

from pathlib import Path

import pytest

from mux_tui.core.errors import ConfigError
from mux_tui.core.theme.roles import ROLES
from mux_tui.core.theme.theme_file import read_theme

SMALL = 'primary = "#8ab8e8"\nforeground = "#d5dce6"\nbackground = "#14191f"\n'


def _file(folder: Path, text: str, name: str = "mine.toml") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def _problems(folder: Path, text: str) -> list[str]:
    """What is told of `text`, without the folder."""
    file = _file(folder, text)
    with pytest.raises(ConfigError) as caught:
        read_theme(file)
    return [problem.removeprefix(f"{folder}/") for problem in caught.value.problems]


def test_three_colours_are_a_theme(tmp_path: Path) -> None:
    """Everything else follows from them."""
    theme = read_theme(_file(tmp_path, SMALL))
    assert (theme.name, theme.dark, theme.ansi) == ("mine", True, False)
    assert (theme.summary, theme.syntax, theme.variables) == ("", "theme", {})
    assert [*theme.palette.colours] == [role.variable for role in ROLES]
    assert theme.palette["primary"] == "#8ab8e8"


def test_a_file_says_what_it_wants(tmp_path: Path) -> None:
    theme = read_theme(
        _file(
            tmp_path,
            'summary = "Mine"\ndark = false\nhigh_contrast = true\n'
            + SMALL
            + '[routes]\nlocal = "#010203"\n[diff]\nadded_ground = "#040506"\n'
            + '[variables]\nborder = "#070809 50%"\nlink-style = "bold underline"\n'
            + '[syntax]\nstyle = "monokai"\n',
        )
    )
    assert (theme.summary, theme.dark, theme.high_contrast) == ("Mine", False, True)
    assert theme.palette["route-local"] == "#010203"
    assert theme.palette["diff-added-ground"] == "#040506"
    assert theme.variables == {
        "border": "#070809 50%",
        "link-style": "bold underline",
    }
    assert theme.syntax == "monokai"


def test_a_terminals_own_colours_have_defaults_of_their_own(tmp_path: Path) -> None:
    text = (
        "ansi = true\n"
        'primary = "ansi_blue"\n'
        'foreground = "ansi_default"\nbackground = "ansi_default"\n'
    )
    theme = read_theme(_file(tmp_path, text))
    assert theme.ansi
    assert theme.palette["route-failed"] == "ansi_red"
    assert all(colour.startswith("ansi_") for colour in theme.palette.colours.values())


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (
            'primry = "#123456"',
            "unknown key primry, nearest is primary",
        ),
        (
            '[routes]\nlocl = "#123456"',
            "unknown key routes.locl, nearest is routes.local",
        ),
        ('[rotes]\nlocal = "#123456"', "unknown key rotes, nearest is routes"),
        (
            '[marks]\nlocal = "#123456"',
            "unknown key marks.local, nearest is routes.local",
        ),
        ("accent = 5", "accent must be text in quotes"),
        (
            'accent = "red"',
            'accent = "red": must be a colour such as #1b2028',
        ),
        (
            'accent = "ansi_red"',
            'accent = "ansi_red": must be #rrggbb (names need ansi = true at the top)',
        ),
        ('dark = "yes"', "dark must be true or false"),
        ('summary = "a\\nb"', "summary must be one line of at most 100 characters"),
        ("routes = 1", "routes is a table: write [routes]"),
        (
            '[syntax]\nstyle = "monokay"',
            'syntax.style = "monokay": must be theme, or the name of a Pygments style, '
            "nearest is monokai",
        ),
        (
            '[variables]\nborder = "red; } * { display: none"',
            'variables.border = "red; } * { display: none": must be #rrggbb, '
            "ansi_NAME or transparent",
        ),
        (
            '[variables]\nlink-style = "blink"',
            'variables.link-style = "blink": must be words of '
            "bold, dim, italic, none, not, reverse, strike, underline",
        ),
        (
            '[variables]\nfotter-key-foreground = "#123456"',
            "unknown key variables.fotter-key-foreground, "
            "nearest is variables.footer-key-foreground",
        ),
    ],
)
def test_a_fault_is_told_with_its_line_and_key(
    line: str, told: str, tmp_path: Path
) -> None:
    at = 4 + line.count("\n")
    problems = _problems(tmp_path, f"{SMALL}{line}\n")
    assert problems in ([f"mine.toml:{at}: {told}"], [f"mine.toml:4: {told}"])


def test_every_fault_is_told_at_once_in_the_order_of_the_lines(tmp_path: Path) -> None:
    problems = _problems(
        tmp_path, 'foreground = 1\n[marks]\npass = "green"\nzzzzzzzz = 1\n'
    )
    assert problems == [
        "mine.toml: background is missing; every theme gives it",
        "mine.toml: primary is missing; every theme gives it",
        "mine.toml:1: foreground must be text in quotes",
        'mine.toml:3: marks.pass = "green": must be a colour such as #1b2028',
        "mine.toml:4: unknown key marks.zzzzzzzz",
    ]


def test_foreign_text_is_told_without_its_control_bytes(tmp_path: Path) -> None:
    problems = _problems(tmp_path, SMALL + 'accent = "\\u001b[31m"\n"\\u001b" = 1\n')
    assert "\x1b" not in "".join(problems)
    assert len(problems) == 2


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("primary = \n", "mine.toml:1: is not TOML: Invalid value"),
        ("a = 1\na = 2\n", "mine.toml:2: is not TOML: the same key twice"),
    ],
)
def test_what_is_no_toml_is_told_with_its_line(
    text: str, told: str, tmp_path: Path
) -> None:
    assert _problems(tmp_path, text) == [told]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("auto.toml", "auto means that mux chooses; call the theme something else"),
        ("My Theme.toml", "a theme's name has small letters, digits, - and _"),
        ("mine.txt", "a theme's file ends in .toml"),
    ],
)
def test_a_name_that_cannot_be_chosen_is_told(
    name: str, told: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match=told):
        read_theme(_file(tmp_path, SMALL, name))


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no such file"):
        read_theme(tmp_path / "mine.toml")
