"""A cockpit to which everything foreign is hostile: models, files, ledger, machine.

Run as `python -m tests.tui.pty.hostile SCREEN`; `zoo` is a screen with one of each
widget, fed without any care, so that only the last defence is left.
"""

import sys
import types
from collections.abc import Sequence
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any, Union, cast, get_args, get_origin, get_type_hints

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import (
    Button,
    Collapsible,
    DataTable,
    Input,
    Label,
    ListItem,
    ListView,
    Log,
    Markdown,
    OptionList,
    RichLog,
    Static,
    Tab,
    Tabs,
    TextArea,
    Tree,
)

from mux_tui.cli.app import run
from mux_tui.cli.bare import Call
from mux_tui.core.backends.scripted import Script
from mux_tui.core.routing.situation import LocalState
from mux_tui.tui.app import MuxApp
from mux_tui.tui.keys import key
from mux_tui.tui.launch import run_app
from mux_tui.tui.screens.base import MuxScreen
from mux_tui.tui.screens.registry import SCREENS
from tests.tui.doctor_stage import BAD, doctor_desk
from tests.tui.fixed_machine import CODER, READY, mac, machine_desk
from tests.tui.ledger_runs import TOLD, record
from tests.tui.proxy_stage import live, past, proxy_desk, running
from tests.tui.stage import StageDesk, make_desk

PAYLOADS = {
    "clears the screen": "\x1b[2J\x1b[H",
    "clipboard": "\x1b]52;c;UFdORUQ=\x07",
    "link": "\x1b]8;;file:///etc/passwd\x1b\\here\x1b]8;;\x1b\\",
    "title": "\x1b]0;PWNED\x07",
    "device control": '\x1bP$q"p\x1b\\\x1b_PWNED\x1b\\',
    "asks for the cursor": "\x1b[6n\x1b[c",
    "reset": "\x1bc",
    "C1": "\x9b2J\x9d0;PWNED\x9c",
    "backspaces": "safe\x08\x08\x08\x08evil",
    "carriage return": "shown\rhidden",
    "direction": "\u202egnp.exe\u202c\u2066x\u2069\u200b",
    "click": "[@click=app.quit]click[/]",
    "path": "[/usr/bin] [red]red[/red] [b",
    "mode": "\x1b[?1049l\x1b[?1000l\x1b[?25h",
    "zero": "a\x00b\x07c\x7f",
}
OURS = {"since"}
"""Texts that mux itself writes, in a form that it reads again."""

ALL = " ".join(f"{name}:{payload}" for name, payload in PAYLOADS.items())
MARKUP = f"{PAYLOADS['click']} {PAYLOADS['path']}"
"""What settings may hold, which take no control bytes."""


def poisoned(value: Any, hint: Any = None, text: str = ALL) -> Any:
    """The value with hostile text behind each text that may be anything.

    Args:
        value: A dataclass, or what may be in one.
        hint: Its annotation; fixed words stay as they are.
        text: What is added.
    """
    if is_dataclass(value) and not isinstance(value, type):
        hints = get_type_hints(type(value), localns={"Any": Any})
        changed = {
            field.name: poisoned(getattr(value, field.name), hints[field.name], text)
            for field in fields(value)
            if field.init and not field.name.startswith("_") and field.name not in OURS
        }
        return replace(value, **changed)
    if get_origin(hint) in (types.UnionType, Union):
        kinds = get_args(hint)
        hint = next((kind for kind in kinds if kind is not types.NoneType), hint)
    if isinstance(value, str) and hint is str:
        return f"{value} {text}" if value else value
    if isinstance(value, tuple):
        many = cast(tuple[Any, ...], value)
        inner = get_args(hint)[0] if get_args(hint) else None
        return tuple(poisoned(one, inner, text) for one in many)
    return value


class Zoo(MuxScreen):
    """One of each widget."""

    MODE = "cockpit"
    BINDINGS: list[BindingType] = [
        key("f10", "toast", "toast", "Say it", id="zoo.toast"),
    ]

    def compose_body(self) -> ComposeResult:
        """All of them, fed with text as it came."""
        table: DataTable[Text] = DataTable()
        table.add_column(Text(ALL))
        table.add_row(Text(ALL))
        tree: Tree[None] = Tree(Text(ALL))
        tree.root.add_leaf(Text(ALL))
        tree.root.expand()
        static = Static(Content(ALL))
        static.border_title = Content(ALL)  # pyright: ignore[reportAttributeAccessIssue]
        static.border_subtitle = Content(ALL)  # pyright: ignore[reportAttributeAccessIssue]
        static.styles.border = ("heavy", "red")
        with VerticalScroll() as body:
            body.can_focus = False
            yield static
            yield Static(Text.from_ansi(ALL))
            yield Static(Text(ALL, style="link file:///etc/passwd\x1b]52;c;QUFB\x07"))
            yield Label(Content(ALL))
            yield Button(Content(ALL))
            yield Collapsible(Static(Content(ALL)), title="x")
            yield OptionList(Content(ALL))
            yield ListView(ListItem(Label(Content(ALL))))
            yield Tabs(Tab(Content(ALL)))
            yield Input(ALL)
            yield TextArea(ALL)
            yield table
            yield tree
            yield Markdown(f"{ALL}\n\n[{ALL}](file:///etc/passwd)\n\n```\n{ALL}\n```")
            yield RichLog(id="rich")
            yield Log(id="log")

    def on_mount(self) -> None:
        """Write into the logs, and into everything that has a title."""
        self.query_one("#rich", RichLog).write(Text(ALL))
        self.query_one("#log", Log).write_line(ALL)
        for widget in self.query("VerticalScroll > *"):
            if not isinstance(widget, Static):
                widget.styles.height = 3
        self.app.title = self.app.sub_title = self.title = self.sub_title = ALL

    def action_toast(self) -> None:
        """Say it in a corner."""
        self.app.tell(ALL, "error")
        self.app.notify(ALL, title=ALL.replace("[", "("), markup=False)


async def _fill(ledger: Any) -> None:
    for told in TOLD:
        await record(ledger, poisoned(replace(told, reason="local_preferred")))


def _folder(call: Call) -> Path:
    """A home whose names are hostile, as far as names can be."""
    folder = call.cwd / "[red]\x1b[2J\u202ex"
    folder.mkdir(exist_ok=True)
    (folder / "shop").mkdir(exist_ok=True)
    for name in ("\x1b]52;c;QUFB\x07.py", "[@click=app.quit]x[", "\u202egnp.py"):
        (folder / "shop" / name).touch()
    return folder


def _desk(screen: str, call: Call) -> StageDesk:
    folder = _folder(call)
    settings: dict[str, object] = {
        "ledger.filters": [f"{MARKUP}: failed"],
        "verification.commands": [f"echo '{MARKUP}'"],
    }
    match screen:
        case "proxy":
            facts: Sequence[Any] = [running(), *past(), *live()]
            return proxy_desk(folder, *map(poisoned, facts))
        case "hardware":
            world = mac()
            world.known = poisoned(world.known)
            world.installed = tuple(map(poisoned, world.installed))
            world.status = poisoned(replace(READY, model=f"/hub/{CODER.id}"))
            return machine_desk(folder, world)
        case "doctor":
            return doctor_desk(folder, poisoned(BAD))
        case _:
            answer = f"# {ALL}\n\n{ALL}\n\n[{ALL}](javascript:x)\n\n```sh\n{ALL}\n```"
            said = Script(f"{answer}\n\n| a | b |\n|---|---|\n| {ALL} | x |\n", ALL)
            return make_desk(
                folder,
                local=(said,),
                cloud={"claude": (said,)},
                state=LocalState("ready", ALL, ALL, 32_768, ALL),
                settings=settings,
                fill=_fill,
            )


def cockpit(call: Call) -> int:
    """Open the cockpit at the wanted screen."""
    screen = sys.argv[1]
    desk = _desk(screen, call)
    if screen == "zoo":
        SCREENS["cockpit"] = Zoo
    return run_app(MuxApp(desk, "cockpit" if screen == "zoo" else screen))


if __name__ == "__main__":
    sys.exit(run([], cockpit))
