"""May this text leave this machine? Shown whole, with who gets it and why."""

import re
from typing import ClassVar, Literal

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from mux_tui.core.text import one_line
from mux_tui.tui.dialogs.armed import Armed
from mux_tui.tui.dialogs.window import Window
from mux_tui.tui.keys import key
from mux_tui.tui.questions import CloudQuestion
from mux_tui.tui.safe import block

CloudAnswer = Literal["yes", "session", "no"]
"""`session`: yes, and do not ask about this CLI again until mux ends."""

_HEIGHTS: list[tuple[int, str]] | None = [(0, "-low"), (30, "-tall")]
_SHOWN = 200_000
_FILE = re.compile(r"(?<![\w/.])(?:[\w.-]+/)*[\w-]+\.[A-Za-z]\w{0,7}(?![\w/])")
_NO_FILES = ("e.g", "i.e")
_MOST_FILES = 6


class CloudWindow(Armed, Window[CloudAnswer]):
    """Asks; closing it is a no."""

    HELP = """\
    A task is about to be handed to a program that sends it over the network. All that
    would be sent stands in the window: scroll through it.

    * `y` sends it, `n` or `esc` does not
    * `a` sends it, and does not ask about this program again until mux ends
    """

    DEFAULT_CSS = """
    CloudWindow > .window { width: 84; }
    CloudWindow #leaving {
        height: auto; max-height: 14; margin: 1 0;
        border: round $line; padding: 0 1;
    }
    CloudWindow #leaving:focus { border: round $line-focus; }
    CloudWindow.-low #leaving { max-height: 8; }
    """

    VERTICAL_BREAKPOINTS = _HEIGHTS

    BINDINGS: ClassVar[list[BindingType]] = [
        key("y", "answer('yes')", "send it", "Send it this time", id="cloud.yes"),
        key("n", "answer('no')", "keep it here", "Do not send it", id="cloud.no"),
        key(
            "a",
            "answer('session')",
            "allow for this session",
            "Send it, and do not ask about this CLI again until mux ends",
            id="cloud.session",
        ),
    ]

    def __init__(self, question: CloudQuestion, why: str) -> None:
        """Ask.

        Args:
            question: What would be sent, and to whom.
            why: Why the task is handed over; may be foreign text.
        """
        super().__init__(f"Send this to {question.route}?")
        self.question = question
        self.why = why

    def compose_content(self) -> ComposeResult:
        """What leaves, why, and all of it."""
        yield Static(self._facts(), id="cloud-facts")
        with VerticalScroll(id="leaving") as box:
            box.border_title = "what is sent"
            yield Static(block(self.question.text[:_SHOWN]))
        yield Static(
            Content.styled("Nothing is sent until you say so.", "$text-soft"),
            id="cloud-foot",
        )

    def on_mount(self) -> None:
        """Take no answer yet."""
        self.query_one("#leaving").focus()
        self.arm_soon()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """An answer counts only from someone who can have seen the question."""
        if action == "answer":
            return True if self.armed else None
        return True

    def action_answer(self, answer: CloudAnswer) -> None:
        """Close with the answer."""
        if self.armed:
            self.dismiss(answer)

    def action_close(self) -> None:
        """Close; that is a no."""
        if self.armed:
            self.dismiss("no")

    def _facts(self) -> Content:
        question, text = self.question, self.question.text
        files = files_named(text)
        size = f"{len(text):,} characters"
        if len(text) > _SHOWN:
            size += f", of which the first {_SHOWN:,} are shown"
        lines = [
            ("task", one_line(question.task.text, 120)),
            ("goes to", f"{question.route}, which sends it over the network"),
            ("why", one_line(self.why, 200) or "you asked for it"),
            ("leaves", size),
            ("files named", ", ".join(files) if files else "none"),
        ]
        return Content("\n").join(
            Content.styled(f"{name:12}", "$text-soft") + Content(told)
            for name, told in lines
        )


def files_named(text: str) -> list[str]:
    """File names that a text mentions, as far as they look like it; the first few.

    Their contents are not sent, unless the text holds them.
    """
    found = dict.fromkeys(_FILE.findall(text[:_SHOWN]))
    names = [one_line(name, 60) for name in found if name not in _NO_FILES]
    if len(names) <= _MOST_FILES:
        return names

    return [*names[:_MOST_FILES], f"and {len(names) - _MOST_FILES} more"]
