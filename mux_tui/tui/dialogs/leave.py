"""Leaving while something is under way: what each way of leaving means."""

from pathlib import Path
from typing import ClassVar, Literal

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from mux_tui.core.text import one_line
from mux_tui.tui.dialogs.window import Window
from mux_tui.tui.keys import key
from mux_tui.tui.under_way import UnderWay

Choice = Literal["keep", "stop", "stay"]


class Leave(Window[Choice]):
    """Asks whether to leave, and what is to go on; closing it is to stay."""

    HELP = """
Something is under way. What runs here ends with mux and is recorded as interrupted;
the proxy and the model server can go on (`q`) or be stopped as well (`s`). `esc` stays.
"""
    # Not DEFAULT_CSS, which the app's stylesheet overrules.
    CSS = """
    Leave {
        .window { width: 72; max-width: 95%; }
        OptionList {
            height: auto;
            margin-top: 1;
            padding: 0;
            border: none;
            background: $surface;
        }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        key("q", "choose('keep')", "quit", "Quit; services go on", id="leave.keep"),
        key("s", "choose('stop')", "stop", "Quit, and stop services", id="leave.stop"),
    ]

    def __init__(self, under_way: UnderWay) -> None:
        """Ask.

        Args:
            under_way: What would be left behind.
        """
        super().__init__("Quit mux?")
        self.under_way = under_way

    def compose_content(self) -> ComposeResult:
        """What is under way, and the choices, the harmless one first."""
        yield Static(Content("\n".join(facts(self.under_way))))
        yield OptionList(
            *(
                Option(
                    Content.assemble((f"{name}  ", "bold"), (sentence, "$text-soft")),
                    id=choice,
                )
                for choice, name, sentence in choices(self.under_way)
            )
        )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what is asked can be answered."""
        return action != "choose" or parameters[0] in [
            choice for choice, _, _ in choices(self.under_way)
        ]

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self.action_choose(event.option_id or "stay")

    def action_choose(self, choice: str) -> None:
        """Close with that choice."""
        self.dismiss(choice)  # pyright: ignore[reportArgumentType]

    def action_close(self) -> None:
        """Close; that is to stay."""
        self.dismiss("stay")


def facts(under_way: UnderWay) -> list[str]:
    """What is under way, a line each."""
    lines: list[str] = []
    if under_way.tasks:
        lines.append(f"{_count(under_way.tasks, 'task')} under way")
    if under_way.proxy and under_way.proxy_asked:
        port = f" on port {under_way.proxy.port}" if under_way.proxy.port else ""
        busy = f", {_count(under_way.requests, 'request')} open"
        lines.append(f"the proxy{port}{busy if under_way.requests else ', idle'}")
    if under_way.server and under_way.server_asked:
        model = one_line(Path(under_way.server.model).name, 40)
        lines.append(f"the model server{f' of {model}' if model else ''}")
    return lines


def choices(under_way: UnderWay) -> list[tuple[Choice, str, str]]:
    """The choices with a name and what each means; the first one is chosen by Enter."""
    tasks = "tasks end, and are recorded as interrupted" if under_way.tasks else ""
    stay: tuple[Choice, str, str] = ("stay", "Stay", "everything goes on")
    services = _services(under_way)
    if not services:
        return [stay, ("keep", "Quit", tasks)]

    them = " and ".join(services)
    goes_on = f"{them} {'go' if len(services) > 1 else 'goes'} on"
    cut = f"{them} {'end' if len(services) > 1 else 'ends'}"
    if under_way.requests and under_way.proxy_asked:
        cut += "; Claude Code in another terminal is cut"
    ways: list[tuple[Choice, str, str]] = [
        ("keep", "Quit, keep running", "; ".join(filter(None, (goes_on, tasks)))),
        ("stop", "Quit, stop", "; ".join(filter(None, (cut, tasks)))),
    ]
    # What is under way is not to be lost by pressing Enter once too often.
    return [stay, *ways] if under_way.tasks else [*ways, stay]


def _services(under_way: UnderWay) -> list[str]:
    named = (
        ("the proxy", under_way.proxy_asked),
        ("the model server", under_way.server_asked),
    )
    return [name for name, asked in named if asked]


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
