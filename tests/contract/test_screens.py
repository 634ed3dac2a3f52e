"""What every screen, window and pane of the cockpit promises about keys and help."""

import inspect
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode
from textual.screen import ModalScreen, Screen
from textual.widget import Widget
from textual.widgets import Input, TextArea

from mux_tui.tui.app import MuxApp
from mux_tui.tui.dialogs.help import help_of
from mux_tui.tui.dialogs.jump import RESERVED
from mux_tui.tui.host import ALL_MODES
from mux_tui.tui.key_check import Owned, bindings_of, field_keys, owners
from mux_tui.tui.keys_here import everything_of, is_ours
from mux_tui.tui.screens.base import MuxScreen
from mux_tui.tui.widgets.key_line import KeyLine
from tests.tui.fixed_machine import mac, machine_desk
from tests.tui.setup_stage import setup_desk
from tests.tui.stage import SMALL, WIDE, StageDesk, make_desk, on_stage, until

MODES = [mode.name for mode in ALL_MODES]
SCREENS = [*MODES, "setup"]
"""Those without a key of their own too."""


def desk_for(mode: str, folder: Path) -> StageDesk:
    """A desk; what looks at the machine finds the same on every one."""
    if mode == "setup":
        return setup_desk(folder)
    # Real probes would be children that the end of the test cuts off.
    return machine_desk(folder, mac()) if mode == "hardware" else make_desk(folder)


NEVER = {"ctrl+b", "ctrl+h", "ctrl+i", "ctrl+m", "ctrl+z"}
"""tmux's own, what terminals send for backspace, tab and enter, and the shell's."""

OWNERS = owners()
ALL = [owned for kind in OWNERS for owned in bindings_of(kind)]


def named(owned: Owned) -> str:
    """A binding, for messages."""
    return f"{owned.owner.__name__}: {owned.binding.key} {owned.id}"


def breaking(rule: Callable[[Owned], bool]) -> list[str]:
    """The bindings for which a rule does not hold."""
    return [named(owned) for owned in ALL if not rule(owned)]


def test_a_binding_has_an_id_of_area_and_action() -> None:
    assert len(ALL) > 40
    assert not breaking(lambda o: bool(re.fullmatch(r"[a-z]+\.[a-z0-9_]+", o.id)))


def test_a_binding_has_a_word_for_the_key_line() -> None:
    assert not breaking(lambda o: 1 <= len(o.binding.description) <= 24)


def test_a_binding_has_a_sentence_for_help_and_palette() -> None:
    assert not breaking(lambda o: o.binding.tooltip[:1].isupper())
    assert not breaking(lambda o: o.binding.tooltip[-1] not in ".:")
    assert not breaking(lambda o: len(o.binding.tooltip) <= 80)


def test_an_id_stands_for_one_action_of_one_class() -> None:
    meanings: dict[str, set[tuple[str, str]]] = {}
    for owned in ALL:
        place = (owned.owner.__qualname__, owned.binding.action)
        meanings.setdefault(owned.id, set()).add(place)
    assert {id: m for id, m in meanings.items() if len(m) > 1} == {}


def test_no_binding_takes_a_key_that_terminals_use() -> None:
    assert not breaking(lambda o: o.binding.key not in NEVER)


def test_no_binding_that_works_while_one_types_takes_a_key_from_text_fields() -> None:
    """Enter in a window ends it: there is nothing else to type there."""

    def rule(owned: Owned) -> bool:
        binding = owned.binding
        above = binding.priority and is_a(owned, Screen)
        ends = {"enter"} if is_a(owned, ModalScreen) else set[str]()
        taken = binding.key in field_keys() - ends or len(binding.key) == 1
        return not (taken and (above or is_app(owned)))

    assert not breaking(rule)


def test_a_text_field_of_ours_keeps_the_keys_of_the_one_it_is_made_from() -> None:
    """Up and down may lead on where the cursor is at the edge and could not move."""

    def rule(owned: Owned) -> bool:
        bases = [kind for kind in (Input, TextArea) if issubclass(owned.owner, kind)]
        kept = {b.key for base in bases for b in Binding.make_bindings(base.BINDINGS)}
        return owned.binding.key not in kept - {"up", "down"}

    assert not breaking(rule)


def is_a(owned: Owned, kind: type[DOMNode]) -> bool:
    """Whether a binding stands in a class of that kind."""
    return issubclass(owned.owner, kind)


def is_app(owned: Owned) -> bool:
    """Whether a binding is the app's."""
    return is_a(owned, App)


def test_a_binding_has_an_action_to_run() -> None:
    screens: list[type[DOMNode]] = [k for k in OWNERS if issubclass(k, Screen)]

    def rule(owned: Owned) -> bool:
        where, _, name = owned.binding.action.partition("(")[0].rpartition(".")
        app: list[type[DOMNode]] = [MuxApp]
        here = app if is_app(owned) else [owned.owner]
        kinds = {"": here, "app": app, "screen": screens}[where]
        names = (f"action_{name}", f"_action_{name}")
        return any(hasattr(kind, name) for kind in kinds for name in names)

    assert not breaking(rule)


def test_every_action_of_ours_can_be_reached_by_a_key() -> None:
    bound = {o.binding.action.partition("(")[0].rpartition(".")[2] for o in ALL}
    made = {
        f"{kind.__name__}.{name.removeprefix('action_')}"
        for kind in classes()
        for name, value in vars(kind).items()
        if name.startswith("action_") and inspect.isfunction(value)
    }
    inherited = {
        binding.action.rpartition(".")[2]
        for kind in (Input, TextArea, Screen, Widget)
        for binding in Binding.make_bindings(kind.BINDINGS)
    }
    known = bound | inherited
    assert {name for name in made if name.partition(".")[2] not in known} == set()


def classes() -> set[type[DOMNode]]:
    """All of our widgets, screens and apps."""
    found: set[type[DOMNode]] = set()
    waiting: list[type[DOMNode]] = [DOMNode]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            if kind not in found:
                found.add(kind)
                waiting.append(kind)
    return {kind for kind in found if kind.__module__.startswith("mux_tui.")}


def who(pane: Widget) -> str:
    """A pane, for messages."""
    return f"{type(pane).__name__}#{pane.id}"


def with_inside(pane: Widget) -> list[Widget]:
    """A pane and everything in it."""
    return [pane, *pane.query(Widget)]


def helped(pane: Widget) -> bool:
    """Whether a pane, or what fills it, has help."""
    return any(help_of(type(widget)) for widget in with_inside(pane))


def letter_of(widget: Widget) -> str:
    """Its letter in the jump overlay; empty: it has none."""
    return getattr(widget, "jump_letter", "")


def can_be_entered(pane: Widget) -> bool:
    """Whether something in it can have the focus."""
    return any(widget.can_focus for widget in with_inside(pane))


@pytest.mark.parametrize("mode", SCREENS)
async def test_every_pane_one_can_enter_has_help_and_a_letter(
    mode: str, tmp_path: Path
) -> None:
    async with on_stage(desk_for(mode, tmp_path), WIDE, mode) as (app, _):
        panes = list(app.screen.query(".pane"))
        assert panes
        entered = [pane for pane in panes if can_be_entered(pane)]
        assert [who(pane) for pane in entered if not helped(pane)] == []
        mute = [p for p in entered if not any(map(letter_of, with_inside(p)))]
        assert [who(pane) for pane in mute] == []
        letters = [letter for w in app.screen.query(Widget) if (letter := letter_of(w))]
        assert {c for c in letters if len(c) != 1 or c in RESERVED} == set()
        assert [c for c, count in Counter(letters).items() if count > 1] == []
        assert isinstance(app.screen, MuxScreen)
        assert help_of(type(app.screen))


def test_every_window_with_keys_of_its_own_has_help() -> None:
    windows: list[type[DOMNode]] = [k for k in OWNERS if issubclass(k, ModalScreen)]
    windows = [kind for kind in windows if kind.__name__ != "Window"]
    assert [kind.__name__ for kind in windows if not help_of(kind)] == []


@pytest.mark.parametrize("mode", SCREENS)
async def test_keys_of_a_screen_do_not_hide_behind_its_text_fields(
    mode: str, tmp_path: Path
) -> None:
    """Letters are typed there; but other keys must mean one thing on a screen."""
    async with on_stage(desk_for(mode, tmp_path), WIDE, mode) as (app, _):
        for field in (*app.screen.query(Input), *app.screen.query(TextArea)):
            own = {binding.key for binding in Binding.make_bindings(field.BINDINGS)}
            own = {key for key in own if key not in ("enter", "up", "down", "escape")}
            for node in field.ancestors:
                if is_ours(type(node)):
                    taken = {o.binding.key for o in bindings_of(type(node))}
                    assert taken & own == set(), type(node).__name__


@pytest.mark.parametrize("mode", SCREENS)
@pytest.mark.parametrize("size", [SMALL, WIDE, (160, 48)], ids=str)
async def test_what_the_key_line_shows_is_not_cut(
    mode: str, size: tuple[int, int], tmp_path: Path
) -> None:
    async with on_stage(desk_for(mode, tmp_path), size, mode) as (app, pilot):
        line = app.screen.query_one(KeyLine)
        await until(pilot, lambda: "palette" in str(line.content))
        text = str(line.content)
        assert len(text.rstrip()) < size[0]
        assert text.rstrip().endswith("^p palette")
        assert "f1 help" in text
        words = {
            f"{app.get_key_display(active.binding)} {active.binding.description}"
            for active in app.screen.active_bindings.values()
        }
        assert set(re.split(r" {2,}", text.strip())) <= words


@pytest.mark.parametrize("mode", SCREENS)
async def test_whatever_has_a_key_is_in_the_palette(mode: str, tmp_path: Path) -> None:
    async with on_stage(desk_for(mode, tmp_path), WIDE, mode) as (app, _):
        offered = {key.id for key in everything_of(app.screen, app)}
        works = {
            active.binding.id
            for active in app.screen.active_bindings.values()
            if active.enabled and active.binding.id
        }
        assert works <= offered
        assert {f"app.{name}" for name in MODES} <= offered
