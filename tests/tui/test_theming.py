"""Themes on the screen: what stylesheets find, which is worn, and live changes."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pygments.token import Token
from rich.color import Color
from textual.app import ComposeResult
from textual.pilot import Pilot
from textual.theme import BUILTIN_THEMES
from textual.widgets import Static

from mux_tui.core.paths import shipped
from mux_tui.core.theme.colour import contrast, is_hex
from mux_tui.core.theme.find import theme_files
from mux_tui.core.theme.roles import ROLES
from mux_tui.core.theme.theme_file import read_theme
from mux_tui.core.theme.variables import NAMES
from mux_tui.tui import theme_keeper
from mux_tui.tui.code_colours import code_colours
from mux_tui.tui.desk import Desk
from mux_tui.tui.host import Host
from mux_tui.tui.theme_keeper import ThemeKeeper
from mux_tui.tui.theming import choose, defaults_of, to_textual
from tests.tui.stage import make_desk, until

FILES = theme_files(shipped("themes"))
SHIPPED = [file.stem for file in FILES]
MINE = 'primary = "#8ab8e8"\nforeground = "#d5dce6"\nbackground = "#14191f"\n'

MEETING = [
    ("block-cursor-foreground", "block-cursor-background"),
    ("block-cursor-blurred-foreground", "block-cursor-blurred-background"),
    ("button-color-foreground", "primary"),
    ("button-color-foreground", "success"),
    ("button-color-foreground", "warning"),
    ("button-color-foreground", "error"),
    ("button-foreground", "surface"),
    ("footer-foreground", "footer-background"),
    ("footer-key-foreground", "footer-background"),
    ("footer-description-foreground", "footer-background"),
    ("input-cursor-foreground", "input-cursor-background"),
    ("input-selection-foreground", "input-selection-background"),
    ("screen-selection-foreground", "screen-selection-background"),
    ("link-color", "background"),
    ("link-color-hover", "link-background-hover"),
    ("markdown-h1-color", "background"),
    ("markdown-h6-color", "background"),
    ("text-muted", "panel"),
]
"""Variables of Textual that its widgets lay upon each other, as text."""


class Wardrobe(Host):
    """An app that only has clothes; its stylesheet names every role."""

    CSS = "\n".join(
        f"#r{n} {{ color: ${role.variable}; background: ${role.variable}; }}"
        for n, role in enumerate(ROLES)
    )

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        super().__init__()
        self.keeper = ThemeKeeper(self)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return defaults_of(self.current_theme)

    def compose(self) -> ComposeResult:
        for n, _ in enumerate(ROLES):
            yield Static("x", id=f"r{n}")

    def on_mount(self) -> None:
        self.keeper.start()

    @property
    def toasts(self) -> list[str]:
        """What was told."""
        return [note.message for note in self._notifications]


@asynccontextmanager
async def wearing(
    folder: Path, **settings: object
) -> AsyncGenerator[tuple[Wardrobe, Pilot[int]], None]:
    """A wardrobe that runs; settings are those of `ui`."""
    wanted = {f"ui.{name}": value for name, value in settings.items()}
    app = Wardrobe(make_desk(folder, settings=wanted))
    async with app.run_test() as pilot:
        await until(pilot, lambda: set(SHIPPED) <= set(app.available_themes))
        yield app, pilot


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """The user's folder of themes, as the stage has it."""
    folder = tmp_path / "mux" / "config" / "themes"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at the files much more often."""
    monkeypatch.setattr(theme_keeper, "LOOK_SECONDS", 0.02)


async def test_every_role_is_in_every_theme(tmp_path: Path) -> None:
    """The stylesheet could not be read otherwise."""
    async with wearing(tmp_path) as (app, pilot):
        assert set(SHIPPED) | set(BUILTIN_THEMES) <= set(app.available_themes)
        for name in sorted(app.available_themes):
            app.theme = name
            await pilot.pause()
            assert {role.variable for role in ROLES} <= app.theme_variables.keys()


@pytest.mark.parametrize("name", sorted(BUILTIN_THEMES))
def test_roles_of_textuals_own_themes_can_be_seen(name: str) -> None:
    theme = BUILTIN_THEMES[name]
    roles = defaults_of(theme)
    for role in ("text-soft", "route-claude", "mark-fail", "line", "diff-added"):
        if is_hex(roles["background"]):
            assert contrast(roles[role], roles["background"]) >= 3
        else:
            assert roles[role].startswith("ansi_")


@pytest.mark.parametrize("file", FILES, ids=SHIPPED)
def test_what_textual_lays_upon_each_other_can_be_read(file: Path) -> None:
    theme = read_theme(file)
    worn = to_textual(theme)
    variables = worn.to_color_system().generate() | worn.variables
    least = 7 if theme.high_contrast else 4.5
    for front, behind in MEETING:
        if not theme.ansi:
            measured = contrast(variables[front], variables[behind])
            assert measured >= least, f"{front} on {behind}: {measured:.2f}"
    assert defaults_of(worn) == {}


def test_the_names_in_the_manual_are_textuals() -> None:
    generated = BUILTIN_THEMES["textual-dark"].to_color_system().generate()
    assert generated.keys() >= NAMES


@pytest.mark.parametrize("file", FILES, ids=SHIPPED)
def test_code_can_be_read_on_its_ground(file: Path) -> None:
    theme = read_theme(file)
    worn = to_textual(theme)
    variables = worn.to_color_system().generate() | worn.variables
    code = code_colours(variables)
    for token in (Token.Keyword, Token.String.Doc, Token.Comment.Single, Token.Error):
        colour = code.get_style_for_token(token).color
        assert colour
        if not theme.ansi:
            assert colour.triplet
            for ground in ("background", "surface"):
                assert contrast(colour.triplet.hex, variables[ground]) >= 4.5
        else:
            assert colour.triplet is None


def test_a_named_style_is_that_of_pygments() -> None:
    style = code_colours({}, "monokai").get_style_for_token(Token.Keyword)
    assert style.color == Color.parse("#66d9ef")


@pytest.mark.parametrize(
    ("wanted", "variables", "worn"),
    [
        ("auto", {"COLORTERM": "truecolor"}, "mux-dark"),
        ("auto", {"COLORTERM": "24bit"}, "mux-dark"),
        ("auto", {"TERM": "xterm-kitty"}, "mux-dark"),
        ("auto", {"TERM": "xterm-direct"}, "mux-dark"),
        ("auto", {"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"}, "mux-dark"),
        ("auto", {"TERM": "xterm-256color"}, "mux-ansi"),
        ("auto", {"TERM_PROGRAM": "Apple_Terminal"}, "mux-ansi"),
        ("auto", {}, "mux-ansi"),
        ("auto", {"NO_COLOR": "1", "COLORTERM": "truecolor"}, "mux-mono"),
        ("auto", {"NO_COLOR": "", "COLORTERM": "truecolor"}, "mux-dark"),
        ("mux-light", {"NO_COLOR": "1"}, "mux-light"),
        ("mux-light", {}, "mux-light"),
    ],
)
def test_auto_wears_what_the_terminal_can_show(
    wanted: str, variables: dict[str, str], worn: str
) -> None:
    assert choose(wanted, variables) == worn


async def test_the_settings_theme_is_worn_from_the_first_frame(tmp_path: Path) -> None:
    async with wearing(tmp_path, theme="mux-light") as (app, _):
        assert app.theme == "mux-light"
        assert app.has_class("-light-mode")
        assert app.theme_variables["route-local"] == "#0b6a60"
        assert not app.native_ansi_color
        app.keeper.wear("auto")
        assert app.theme == "mux-dark"


async def test_the_terminals_colours_reach_it_as_its_own(tmp_path: Path) -> None:
    async with wearing(tmp_path, theme="mux-ansi") as (app, pilot):
        await until(pilot, lambda: app.native_ansi_color, "colours are converted")
        place = [role.variable for role in ROLES].index("mark-fail")
        assert app.query_one(f"#r{place}").styles.color.ansi == 1


async def test_an_unknown_theme_is_told_and_auto_is_worn(tmp_path: Path) -> None:
    async with wearing(tmp_path, theme="[/no]") as (app, pilot):
        assert app.theme == "mux-dark"
        await until(pilot, lambda: app.toasts != [], "nothing is told")
        assert app.toasts == ["No theme is called [/no]; see: mux themes list"]


@pytest.mark.usefixtures("quick")
async def test_a_changed_file_is_worn_at_once(tmp_path: Path, own: Path) -> None:
    file = own / "mine.toml"
    file.write_text(MINE)
    async with wearing(tmp_path, theme="mine") as (app, pilot):
        first = app.query_one("#r0")
        assert first.styles.color.hex.lower() == "#14191f"
        file.write_text(MINE.replace("#14191f", "#0a0b0c"))
        await until(
            pilot,
            lambda: first.styles.color.hex.lower() == "#0a0b0c",
            "the new colour is not worn",
        )


@pytest.mark.usefixtures("quick")
async def test_a_file_that_breaks_is_told_with_its_line_and_stays_worn(
    tmp_path: Path, own: Path
) -> None:
    file = own / "mine.toml"
    file.write_text(MINE)
    async with wearing(tmp_path, theme="mine") as (app, pilot):
        file.write_text(f"{MINE}accent = 1\n")
        await until(pilot, lambda: app.toasts != [], "nothing is told")
        assert app.toasts == [
            f"A theme cannot be used: {file}:4: accent must be text in quotes"
        ]
        assert app.theme == "mine"
        assert app.theme_variables["primary"].lower() == "#8ab8e8"


@pytest.mark.usefixtures("quick")
async def test_a_new_file_can_be_chosen_and_a_lost_one_is_left(
    tmp_path: Path, own: Path
) -> None:
    async with wearing(tmp_path) as (app, pilot):
        (own / "mine.toml").write_text(MINE)
        await until(pilot, lambda: "mine" in app.keeper.names, "it is not found")
        app.keeper.wear("mine")
        assert app.theme == "mine"
        (own / "mine.toml").unlink()
        await until(pilot, lambda: app.theme == "mux-dark", "it is still worn")
        assert "mine" not in app.available_themes
