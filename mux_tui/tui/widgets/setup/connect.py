"""Step 5: what may leave this machine, who answers Claude Code, and who may use mux."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from typing import ClassVar, TypeVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from mux_tui.core.permission import Permission
from mux_tui.core.setup.choices import HERE, Choices
from mux_tui.core.setup.facts import ConnectFound, FoundCli
from mux_tui.core.task import Route
from mux_tui.core.text import one_line
from mux_tui.tui.glyphs import Glyphs
from mux_tui.tui.host import Host
from mux_tui.tui.keys import key
from mux_tui.tui.widgets.fit import fit
from mux_tui.tui.widgets.options import Options

LOOKING = "Looking for claude, codex and gemini, and whether they are logged in."

_PERMISSIONS: dict[Permission, str] = {
    "allow": "without asking",
    "ask": "after asking each time",
    "never": "never: everything stays on this machine",
}
_TIERS = (
    ("low", "Small talk of Claude Code"),
    ("medium", "Simple coding"),
    ("high", "Hard questions"),
)
_NAME = 33

T = TypeVar("T")


@dataclass(frozen=True)
class Row:
    """One thing to choose."""

    name: str
    value: str
    """As it is chosen now."""

    about: str
    """What it means, and what exactly it would do."""

    turned: Callable[[int], Choices]
    """The choices with its next value, or the one before."""

    checked: bool | None = None
    """Of a box; None: it is none."""


def rows_of(choices: Choices, found: ConnectFound, cloud_model: str) -> tuple[Row, ...]:
    """Everything that can be chosen.

    Args:
        choices: What is chosen now.
        found: The CLIs that are here.
        cloud_model: The Claude model that answers what is not answered here.
    """
    return (
        _permission(choices),
        _order(choices),
        *(_tier(choices, name, title, cloud_model) for name, title in _TIERS),
        *(_mcp(choices, cli) for cli in found.clis if cli.register),
    )


def _permission(choices: Choices) -> Row:
    words = tuple(_PERMISSIONS)

    def turned(by: int) -> Choices:
        return replace(choices, permission=_next(words, choices.permission, by))

    about = (
        "When the local model is not good enough, a task can go to a cloud CLI, with "
        "its text and the files it names. Written as cloud.permission."
    )
    shown = _PERMISSIONS[choices.permission]
    return Row("Tasks leave this machine", shown, about, turned)


def _order(choices: Choices) -> Row:
    some = choices.order or ("claude", "codex", "gemini")
    ways: list[tuple[Route, ...]] = sorted(permutations(some))

    def turned(by: int) -> Choices:
        return replace(choices, order=_next(ways, tuple(some), by))

    shown = ", ".join(choices.order) or "nobody is asked"
    about = "Who is asked first, and who when that fails. Written as cloud.order."
    return Row("They are asked in this order", shown, about, turned)


def _tier(choices: Choices, name: str, title: str, cloud_model: str) -> Row:
    present: str = getattr(choices.tiers, name)
    known = list(dict.fromkeys((HERE, cloud_model, present)))

    def turned(by: int) -> Choices:
        tiers = replace(choices.tiers, **{name: _next(known, present, by)})
        return replace(choices, tiers=tiers)

    local = present == HERE
    shown = "the local model" if local else one_line(present, 60)
    about = (
        "Who answers such a request when Claude Code runs as `mux claude`. A Claude "
        f"model means the real API, with its own login. Written as proxy.tier_{name}; "
        "other models can be named there."
    )
    return Row(title, shown, about, turned)


def _mcp(choices: Choices, cli: FoundCli) -> Row:
    route = cli.route
    here = route in choices.mcp

    def turned(_: int) -> Choices:
        rest = tuple(one for one in choices.mcp if one != route)
        return replace(choices, mcp=rest if here else (*rest, route))

    about = f"Runs: {one_line(cli.register, 400)}"
    shown = "yes" if here else "no"
    return Row(f"mux as a tool in {route}", shown, about, turned, here)


def _next(words: Sequence[T], present: T, by: int) -> T:
    at = words.index(present) if present in words else 0
    return words[(at + by) % len(words)]


def cli_lines(found: ConnectFound, glyphs: Glyphs) -> list[Content]:
    """The cloud CLIs, one line each."""
    return [_cli(cli, glyphs) for cli in found.clis]


def _cli(cli: FoundCli, glyphs: Glyphs) -> Content:
    status, soft = cli.status, "$text-soft"
    name = f"{cli.route:8}"
    version = one_line(status.version or "version not told", 40)
    detail = one_line(status.detail, 120)
    if status.found is None:
        how = one_line(cli.install, 120)
        told = (f"not installed; to install it: {how}", soft)
        return Content.assemble((f"{glyphs.off} ", "$mark-idle"), name, told)
    if status.logged_in is False:
        how = f"{version}, not logged in; to log in: {one_line(cli.log_in, 80)}"
        return Content.assemble((f"{glyphs.warn} ", "$mark-warn"), name, how)

    mark, style = (glyphs.on, "$mark-pass")
    if status.logged_in is None:
        mark, style = (glyphs.half, "$mark-idle")
    told = f"{version}, {detail or 'logged in'}"
    return Content.assemble((f"{mark} ", style), name, told)


class ConnectList(Options, inherit_bindings=False):
    """The things to choose; `space` and the arrows go through their values."""

    app = getters.app(Host)
    jump_letter = "n"
    BINDINGS: ClassVar[list[BindingType]] = [
        key(
            "space,right",
            "turn(1)",
            "change",
            "Next value",
            id="connect.next",
            label="space",
        ),
        key(
            "left",
            "turn(-1)",
            "before",
            "Value before",
            id="connect.before",
            show=False,
        ),
        key("down,j", "cursor_down", "down", "Go down", id="connect.down", show=False),
        key("up,k", "cursor_up", "up", "Go up", id="connect.up", show=False),
        key("home,g", "first", "first", "First one", id="connect.first", show=False),
        key("end,G", "last", "last", "Last one", id="connect.last", show=False),
    ]

    @dataclass
    class Turned(Message):
        """Something else is chosen."""

        choices: Choices

    def __init__(self) -> None:
        """Make an empty one."""
        super().__init__(id="connections", markup=False, compact=True)
        self.rows: tuple[Row, ...] = ()

    @property
    def row(self) -> Row | None:
        """What the cursor is on."""
        at = self.highlighted
        return self.rows[at] if at is not None and at < len(self.rows) else None

    def show(self, rows: tuple[Row, ...]) -> None:
        """Show these; the cursor stays where it is."""
        at = self.highlighted or 0
        self.rows = rows
        lines = [Option(_shown(row, self.app.glyphs)) for row in rows]
        self.set_options(lines)
        self.highlighted = min(at, len(rows) - 1) if rows else None

    def action_turn(self, by: int) -> None:
        """Choose its next value, or the one before."""
        if self.row is not None:
            self.post_message(self.Turned(self.row.turned(by)))


def _shown(row: Row, glyphs: Glyphs) -> Content:
    if row.checked is not None:
        box = f"[{glyphs.good if row.checked else ' '}] "
        return Content.assemble(box, row.name.ljust(_NAME), row.value)

    turns = f"{row.value} {glyphs.open}"
    return Content.assemble(" " * 4, row.name.ljust(_NAME), turns)


class ConnectPane(Vertical):
    """The CLIs that are here, the choices, and what the one with the cursor does."""

    HELP = """
## 5 Connect other programs

All of it is optional, and nothing is written or run before the last step. `space` and
`→` go through the values of a line; below stands what it means, and for a box the exact
command that is run.

Claude Code needs nothing here: `mux claude` runs it on the local model.
"""
    app = getters.app(Host)
    connections = getters.query_one(ConnectList)
    found: ConnectFound | None = None

    def compose(self) -> ComposeResult:
        """From the top."""
        yield Static(id="clis")
        yield ConnectList()
        yield Static(id="connect-about")

    def on_mount(self) -> None:
        """Nothing is known yet."""
        self.query_one("#clis", Static).update(Content(LOOKING))

    def show(self, found: ConnectFound, choices: Choices, cloud_model: str) -> None:
        """Show the CLIs, and what is chosen."""
        self.found = found
        self.draw()
        self.connections.show(rows_of(choices, found, cloud_model))
        self._about()

    def draw(self) -> None:
        """Draw the CLIs to the width."""
        if self.found is None:
            return

        glyphs, clis = self.app.glyphs, self.query_one("#clis", Static)
        width = max(clis.content_size.width, 20)
        lines = [*cli_lines(self.found, glyphs)]
        if self.found.claude_code:
            told = one_line(self.found.claude_code, 300)
            lines.append(Content.styled(told, "$text-soft"))
        clis.update(Content("\n").join(fit(line, width, glyphs) for line in lines))

    @on(OptionList.OptionHighlighted)
    def _about(self) -> None:
        row = self.connections.row
        text = Content(one_line(row.about, 600)) if row else Content("")
        self.query_one("#connect-about", Static).update(text)
