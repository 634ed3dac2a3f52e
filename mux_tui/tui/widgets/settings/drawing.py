"""One setting as text: name, origin, meaning, value, default."""

import os
import textwrap
from collections.abc import Sequence
from typing import Any

from textual.content import Content

from mux_tui.core.config.changes import TAKE_OUT
from mux_tui.core.config.keys import Key
from mux_tui.core.config.notation import written
from mux_tui.core.config.secrets import masked
from mux_tui.core.text import one_line
from mux_tui.tui.glyphs import Glyphs
from mux_tui.tui.widgets.settings.facts import Fact

_SLIDER = 16
_NARROW = 40
_INDENT = 2


def drawn(
    fact: Fact,
    glyphs: Glyphs,
    width: int,
    *,
    full_name: bool = False,
    words: tuple[str, ...] = (),
    effect: str = "",
) -> Content:
    """All lines of a setting.

    Args:
        fact: The setting.
        glyphs: The marks to draw with.
        width: Cells of a line.
        full_name: Whether its table is named as well.
        words: What may be chosen, where the setting itself allows anything.
        effect: What its value would have done, as one sentence.
    """
    lines = [_head(fact, glyphs, width, full_name)]
    lines += [_soft(line) for line in _wrapped(fact.meaning.replace("`", ""), width)]
    lines += _value(fact, glyphs, width, words)
    lines += [_soft(line) for line in _wrapped(effect, width)]
    if fact.locked:
        lines += [_warn(line) for line in _wrapped(fact.locked, width)]
    elif fact.origin.kind == "project":
        why = "a project may only allow less; your own value holds elsewhere"
        lines += [_soft(line) for line in _wrapped(why, width)]
    return Content("\n").join([*lines, Content("")])


def _head(fact: Fact, glyphs: Glyphs, width: int, full_name: bool) -> Content:
    name = fact.name if full_name else fact.name.rpartition(".")[2]
    left = Content.styled(name, "bold")
    if fact.staged is not None:
        left += Content.styled(f"  {glyphs.warn} unsaved", "bold $mark-warn")
    room = max(width - left.cell_length - 2, 0)
    origin = _origin(fact, room)
    gap = " " * max(width - left.cell_length - len(origin), 1)
    colour = "$mark-warn" if fact.locked else "$text-soft"
    return left + Content(gap) + Content.styled(origin, colour)


def _origin(fact: Fact, room: int) -> str:
    origin = fact.origin
    match origin.kind:
        case "shipped":
            return "default"[:room]
        case "variable" | "flag":
            return _cut(f"{origin.place} (locked)", room)
        case "user":
            return _cut_left(f"file {origin.place}", room)
        case "project":
            return _cut_left(f"project {origin.place}", room)


def _cut(text: str, room: int) -> str:
    return one_line(text, max(room, 1))


def _cut_left(text: str, room: int) -> str:
    """Short of room, a file's own name says more than where it is."""
    safe = one_line(text, 400)
    if len(safe) <= room:
        return safe

    kind, _, place = safe.partition(" ")
    return _cut(f"{kind} {os.path.basename(place)}", room)


def _value(
    fact: Fact, glyphs: Glyphs, width: int, words: tuple[str, ...]
) -> list[Content]:
    key = fact.key
    default = _default(fact, glyphs)
    if key.kind == "bool":
        chosen = "on" if fact.shown else "off"
        return [_choices(("on", "off"), chosen, glyphs) + default]
    if key.choices and not key.many:
        line = _choices(key.choices, fact.shown, glyphs) + default
        return [line] if line.cell_length <= width else _tall(fact, glyphs)
    if key.many:
        return _items(fact, width, default)

    value = _plain(fact.shown)
    shown = Content.styled(one_line(value, max(width - 4, 8)) or "empty", _style(value))
    line = Content(" " * _INDENT) + shown
    for more in (_slider(key, fact.shown, glyphs), _soft_of(key, words), default):
        if more and line.cell_length + more.cell_length <= width:
            line += more
    return [line]


def _choices(words: Sequence[str], chosen: Any, glyphs: Glyphs) -> Content:
    parts = [
        Content.styled(f"{glyphs.on} {word}", "$accent")
        if word == chosen
        else Content.styled(f"{glyphs.off} {word}", "$text-soft")
        for word in words
    ]
    return Content(" " * _INDENT) + Content("  ").join(parts)


def _tall(fact: Fact, glyphs: Glyphs) -> list[Content]:
    return [_choices((word,), fact.shown, glyphs) for word in fact.key.choices]


def _items(fact: Fact, width: int, default: Content) -> list[Content]:
    items = masked(fact.shown)
    if not items:
        return [Content.styled("  empty", "$text-soft") + default]

    told = [one_line(item, 80) for item in items]
    if fact.key.choices:
        told = [f"{number} {item}" for number, item in enumerate(told, 1)]
    lines = [Content.styled(line, "$accent") for line in _packed(told, width)]
    lines[-1] += default
    return lines


def _packed(items: Sequence[str], width: int) -> list[str]:
    """Items with commas between them, none broken over two lines."""
    lines: list[str] = []
    for number, item in enumerate(items):
        word = item if number == len(items) - 1 else f"{item}, "
        if lines and len(lines[-1]) + len(word) <= width:
            lines[-1] += word
        else:
            lines.append(" " * _INDENT + word)
    return lines


def _default(fact: Fact, glyphs: Glyphs) -> Content:
    if fact.shown == fact.key.default and fact.staged is not TAKE_OUT:
        return Content("")

    default = fact.key.default
    if fact.key.many:
        items: tuple[str, ...] = default
        text = ", ".join(items) if len(items) < 5 else f"{len(items)} words"
    elif isinstance(default, bool):
        text = "on" if default else "off"
    else:
        text = one_line(_plain(default), 40)
    return Content.styled(f"   default {text or 'empty'}", "$text-soft")


def _slider(key: Key, value: Any, glyphs: Glyphs) -> Content | None:
    """Where a number stands, if it can be anywhere in a small range."""
    if key.kind != "float" or key.low is None or key.high is None:
        return None
    if key.high - key.low > 2:
        return None

    place = round((value - key.low) / (key.high - key.low) * (_SLIDER - 1))
    before, after = glyphs.rule * place, glyphs.rule * (_SLIDER - 1 - place)
    return (
        Content.styled(f"   {key.low:g} {before}", "$text-soft")
        + Content.styled(glyphs.on, "$accent")
        + Content.styled(f"{after} {key.high:g}", "$text-soft")
    )


def _soft_of(key: Key, words: tuple[str, ...]) -> Content | None:
    if words:
        return Content.styled(f"   one of {len(words)}", "$text-soft")
    small = key.kind == "float" and (key.high or 0) - (key.low or 0) <= 2
    if key.low is None or key.high is None or small:
        return None

    return Content.styled(f"   {key.low:,g} to {key.high:,.0f}", "$text-soft")


def _plain(value: Any) -> str:
    hidden = masked(value)
    return hidden if isinstance(hidden, str) else written(hidden)


def _style(value: str) -> str:
    return "$accent" if value else "$text-soft"


def _wrapped(text: str, width: int) -> list[str]:
    if not text:
        return []

    room = max(width, _NARROW // 2)
    indent = " " * _INDENT
    return textwrap.wrap(
        one_line(text, 2000),
        room,
        initial_indent=indent,
        subsequent_indent=indent,
        break_on_hyphens=False,
    )


def _soft(line: str) -> Content:
    return Content.styled(line, "$text-soft")


def _warn(line: str) -> Content:
    return Content.styled(line, "$mark-warn")
