"""Every colour of a theme: where a file names it, what it is for, and its default.

This is the only list. The loader's keys, the stylesheets' variables, the defaults for
files that leave things out, and the table in `themes/README.md` are all made from it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from mux_tui.core.theme.colour import mix, readable

Colours = Mapping[str, str]
"""By the role's variable."""

TEXT = 4.5
"""The least contrast of what is read."""

MARK = 3.0
"""The least contrast of what is only seen: marks, borders, what is switched off."""

GROUNDS = ("background", "surface", "panel")
"""What everything stands on."""

_ROWS = ("cursor-ground", "cursor-rest-ground")


@dataclass(frozen=True)
class Role:
    """One colour of a theme."""

    section: str
    """The table it stands in; empty: at the top of the file."""

    key: str
    """Its name there."""

    variable: str
    """Its name in stylesheets, without the `$`."""

    meaning: str
    default: Callable[[Colours], str] | None
    """Works it out of the roles before it; None: every file has to give it."""

    ansi: str = "ansi_default"
    """Its default where a terminal's own colours are used."""


@dataclass(frozen=True)
class Palette:
    """All colours of a theme, those included that its file left out."""

    colours: Colours
    """`#rrggbb` or a terminal's own, for every role."""

    def __getitem__(self, variable: str) -> str:
        return self.colours[variable]


def complete(given: Colours, ansi: bool = False) -> Palette:
    """The whole palette of what a file gives.

    Args:
        given: By variable; those without a default among them.
        ansi: Whether they are a terminal's own colours.
    """
    colours: dict[str, str] = {}
    for role in ROLES:
        if role.variable in given:
            colours[role.variable] = given[role.variable]
        elif ansi or role.default is None:
            colours[role.variable] = role.ansi
        else:
            colours[role.variable] = role.default(colours)

    return Palette(MappingProxyType(colours))


def _raised(share: float) -> Callable[[Colours], str]:
    """A ground a little nearer to the text than the background is."""
    return lambda c: mix(c["background"], c["foreground"], share)


def _text(variable: str, least: float = TEXT) -> Callable[[Colours], str]:
    """Another role's colour, readable on every ground."""
    return lambda c: readable(c[variable], (c[ground] for ground in GROUNDS), least)


def _faded(share: float, least: float) -> Callable[[Colours], str]:
    """Text a little nearer to the background, still readable wherever it stands."""

    def faded(c: Colours) -> str:
        wanted = mix(c["foreground"], c["background"], share)
        return readable(wanted, (c[ground] for ground in (*GROUNDS, *_ROWS)), least)

    return faded


def _tinted(variable: str, share: float) -> Callable[[Colours], str]:
    """The background with a little of another colour."""
    return lambda c: mix(c["background"], c[variable], share)


def _on(ground: str, variable: str) -> Callable[[Colours], str]:
    """Another role's colour, readable on one ground."""
    return lambda c: readable(c[variable], (c[ground],), TEXT)


def _base() -> Iterator[Role]:
    yield _top("background", "what everything stands on", None)
    yield _top("foreground", "text", None)
    yield _top("primary", "headings, links, what is chosen", None, "ansi_cyan")
    yield _top("surface", "boxes and fields", _raised(0.04))
    yield _top("panel", "bars at the top and the bottom", _raised(0.09))
    yield _top("secondary", "a second colour", _text("primary"), "ansi_magenta")
    yield _top("accent", "what asks to be looked at", _text("primary"), "ansi_cyan")
    yield _top("success", "good news", _news("#4fae6a"), "ansi_green")
    yield _top("warning", "what to look at", _news("#d0a03c"), "ansi_yellow")
    yield _top("error", "what went wrong", _news("#e0685f"), "ansi_red")


def _top(
    key: str,
    meaning: str,
    default: Callable[[Colours], str] | None,
    ansi: str = "ansi_default",
) -> Role:
    return Role("", key, key, meaning, default, ansi)


def _news(colour: str) -> Callable[[Colours], str]:
    """A fixed colour, readable on every ground."""
    return lambda c: readable(colour, (c[ground] for ground in GROUNDS), TEXT)


def _text_and_lines() -> Iterator[Role]:
    yield Role("text", "soft", "text-soft", "words beside", _faded(0.35, TEXT))
    yield Role("text", "faint", "text-faint", "what is off", _faded(0.55, MARK))
    yield Role("text", "key", "text-key", "keys to press", _text("accent"), "ansi_cyan")
    yield Role("lines", "plain", "line", "borders", _faded(0.6, MARK))
    yield Role(
        "lines",
        "focus",
        "line-focus",
        "the border of what has the focus",
        _text("accent"),
        "ansi_cyan",
    )


def _cursor() -> Iterator[Role]:
    yield Role("cursor", "ground", "cursor-ground", "the row of the cursor", _row(0.22))
    yield Role(
        "cursor",
        "text",
        "cursor-text",
        "text there",
        _on("cursor-ground", "foreground"),
    )
    yield Role(
        "cursor",
        "rest_ground",
        "cursor-rest-ground",
        "that row in a list without the focus",
        _row(0.12),
    )
    yield Role(
        "cursor",
        "rest_text",
        "cursor-rest-text",
        "text there",
        _on("cursor-rest-ground", "foreground"),
    )
    yield Role(
        "selection",
        "ground",
        "selection-ground",
        "text that is selected",
        _row(0.35),
        "ansi_cyan",
    )
    yield Role(
        "selection",
        "text",
        "selection-text",
        "its letters",
        _on("selection-ground", "foreground"),
        "ansi_black",
    )


def _row(share: float) -> Callable[[Colours], str]:
    return _tinted("primary", share)


def _routes() -> Iterator[Role]:
    where = [
        ("local", "the model on this machine", "accent", "ansi_cyan"),
        ("claude", "Claude Code", "warning", "ansi_yellow"),
        ("codex", "Codex", "secondary", "ansi_magenta"),
        ("gemini", "Gemini CLI", "primary", "ansi_blue"),
        ("failed", "nobody could do it", "error", "ansi_red"),
    ]
    for key, meaning, like, ansi in where:
        yield Role("routes", key, f"route-{key}", meaning, _mark(like, TEXT), ansi)


def _marks() -> Iterator[Role]:
    signs = [
        ("pass", "● ✓ good, done", "success", "ansi_green"),
        ("fail", "✗ broken, refused", "error", "ansi_red"),
        ("warn", "▲ look at this", "warning", "ansi_yellow"),
        ("busy", "◐ under way", "accent", "ansi_cyan"),
        ("idle", "○ not there, not asked", "text-soft", "ansi_default"),
    ]
    for key, meaning, like, ansi in signs:
        yield Role("marks", key, f"mark-{key}", meaning, _mark(like, MARK), ansi)


def _mark(like: str, least: float) -> Callable[[Colours], str]:
    """Another role's colour, to be seen on every ground and on the cursor's row."""
    grounds = (*GROUNDS, *_ROWS)
    return lambda c: readable(c[like], (c[ground] for ground in grounds), least)


def _diff() -> Iterator[Role]:
    for key, like, ansi in [
        ("added", "success", "ansi_green"),
        ("removed", "error", "ansi_red"),
    ]:
        ground = f"diff-{key}-ground"
        yield Role(
            "diff",
            f"{key}_ground",
            ground,
            f"behind a line that was {key}",
            _tinted(like, 0.14),
        )
        yield Role(
            "diff",
            key,
            f"diff-{key}",
            f"a line that was {key}",
            _on(ground, like),
            ansi,
        )
    yield Role(
        "diff",
        "hunk",
        "diff-hunk",
        "where a hunk begins",
        _text("primary"),
        "ansi_cyan",
    )
    yield Role("diff", "gutter", "diff-gutter", "line numbers", _gutter)


def _gutter(c: Colours) -> str:
    grounds = ("background", "diff-added-ground", "diff-removed-ground")
    return readable(c["text-soft"], (c[ground] for ground in grounds), TEXT)


def _bars() -> Iterator[Role]:
    yield Role(
        "bars",
        "fill",
        "bar-fill",
        "the full part of a bar",
        _text("accent", MARK),
        "ansi_cyan",
    )
    yield Role("bars", "track", "bar-track", "the rest of it", _text("line", MARK))


ROLES: tuple[Role, ...] = (
    *_base(),
    *_cursor(),
    *_text_and_lines(),
    *_routes(),
    *_marks(),
    *_diff(),
    *_bars(),
)
"""In the order in which defaults are worked out."""
