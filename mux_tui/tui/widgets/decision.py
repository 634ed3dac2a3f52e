"""The decision pane: where the task goes and why, and how far it is."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import events, getters
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from mux_tui.core.choices import CLOUD_ROUTES
from mux_tui.core.config.settings import Settings
from mux_tui.core.text import one_line
from mux_tui.tui.glyphs import Glyphs
from mux_tui.tui.host import Host
from mux_tui.tui.keys import key
from mux_tui.tui.pulse import Pulse
from mux_tui.tui.widgets.decision_text import (
    brief_lines,
    decision_lines,
    summary_line,
)
from mux_tui.tui.widgets.fit import fit
from mux_tui.tui.widgets.stages import stage_lines

if TYPE_CHECKING:
    from mux_tui.tui.story import Story

_STAGES = 8
_BREAK = Content("\n")


class DecisionPane(Vertical):
    """Shows one run's decision and stages; without a run, who could do a task."""

    HELP = """\
    Where the task goes, decided before any token: every input that counts, as a bar
    where it is compared with a limit, which way it leans, and what would have changed
    the route. Below it the steps of the run with their times.

    * `?` shows all of it at once
    * arrows scroll
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        key("enter", "whole", "all of it", "Show the whole decision", id="decision.all")
    ]

    app = getters.app(Host)
    jump_letter = "d"

    @dataclass
    class Opened(Message):
        """The whole decision is wanted."""

    def __init__(self) -> None:
        """Make one without a run."""
        super().__init__(id="decision", classes="pane")
        self.border_title = "Decision"
        self._story: Story | None = None
        self._shown: dict[str, Content] = {}
        """What each part shows."""

    def compose(self) -> ComposeResult:
        """Who, why, how far; and all of it in two lines."""
        yield Static(id="decision-brief")
        yield Static(id="decision-head")
        with VerticalScroll(id="decision-text"):
            yield Static(id="decision-words")
        yield Static(id="decision-stages")

    def on_mount(self) -> None:
        """Follow the app's looks while there is no run."""
        self.watch(self.app, "pulse", self._pulsed, init=False)

    def on_resize(self, _: events.Resize) -> None:
        """Draw for the new width."""
        self.refresh_story()

    def show(self, story: "Story | None") -> None:
        """Show a run; None: what there is without one."""
        if story is not self._story:
            self.query_one("#decision-text").scroll_home(animate=False)
        self._story = story
        self.refresh_story()

    def refresh_story(self) -> None:
        """Show the run as it is now."""
        self.tick()
        glyphs, story = self.app.glyphs, self._story
        if story is None:
            self._idle(glyphs)
            return
        width = self._width
        self.border_title = Content(f"Decision {glyphs.dot} {story.task.run_id[-6:]}")  # pyright: ignore[reportAttributeAccessIssue]
        self._put("head", summary_line(story, glyphs))
        self._put("words", _BREAK.join(decision_lines(story, glyphs, width)))

    def tick(self) -> None:
        """Show the times as they are now."""
        story, glyphs = self._story, self.app.glyphs
        if story is None:
            self._put("stages", Content(""))
            return
        now = self.app.desk.tick()
        lines = stage_lines(story.stages, glyphs, self._width, _STAGES, now)
        self._put("stages", _BREAK.join(lines))
        self._put("brief", brief_lines(story, glyphs, self._brief_width, now))

    @property
    def _width(self) -> int:
        return max(20, self.query_one("#decision-text").size.width - 1)

    @property
    def _brief_width(self) -> int:
        return max(20, self.size.width)

    def _put(self, part: str, content: Content) -> None:
        """Show a part, if it is not shown already: a layout is dear."""
        before = self._shown.get(part)
        if before is None or not before.is_same(content):
            lines = content.plain.count("\n")
            moved = before is None or before.plain.count("\n") != lines
            self._shown[part] = content
            where = self.query_one(f"#decision-{part}", Static)
            where.update(content, layout=moved or part == "words")

    def _pulsed(self, _: Pulse) -> None:
        if self._story is None:
            self.refresh_story()

    def _idle(self, glyphs: Glyphs) -> None:
        self.border_title = "Decision"
        pulse, settings = self.app.pulse, self.app.desk.settings
        lines = [_local(pulse, glyphs), *_cloud(pulse, glyphs)]
        self._put("head", Content.styled("nothing to decide yet", "$text-soft"))
        rules = _rules(settings, glyphs)
        more = [Content(""), *lines, *_ways_out(pulse), Content(""), rules]
        self._put("words", _BREAK.join(more))
        row = Content("  ").join([fit(lines[0], 40, glyphs), *lines[1:]])
        brief = Content.styled("nothing to decide yet", "$text-soft") + _BREAK
        self._put("brief", brief + fit(row, self._brief_width, glyphs))

    def action_whole(self) -> None:
        """Show the whole decision."""
        self.post_message(self.Opened())

    def on_click(self) -> None:
        """On a small screen a click is a question mark."""
        if self.query_one("#decision-brief").display:
            self.action_whole()


_LOCAL = {
    "ready": ("on", "$mark-pass", "ready"),
    "startable": ("half", "$mark-idle", "starts when it is needed"),
    "crashed": ("bad", "$mark-fail", "its server has died"),
    "unreachable": ("bad", "$mark-fail", "does not answer"),
    "not_configured": ("off", "$mark-idle", "not set up"),
}


def _local(pulse: Pulse, glyphs: Glyphs) -> Content:
    state = pulse.local
    if state is None:
        return Content.styled(f"{glyphs.half} local   looking", "$mark-idle")

    mark, colour, word = _LOCAL[state.status]
    window = ""
    if state.status == "ready" and state.context_window:
        window = f", {state.context_window:,} tokens"
    line = Content.styled(getattr(glyphs, mark), colour)
    return line + Content(f" local   {word}{window}")


def _cloud(pulse: Pulse, glyphs: Glyphs) -> list[Content]:
    words = {"ask": "asks first", "allow": "may be asked", "never": "never asked"}
    lines: list[Content] = []
    for route in CLOUD_ROUTES:
        here = route in pulse.cloud
        mark = Content.styled(
            glyphs.on if here else glyphs.off, "$mark-pass" if here else "$mark-idle"
        )
        told = words.get(pulse.permission, "installed") if here else "not installed"
        if pulse.local is None:
            told = ""
        lines.append(mark + Content(f" {route:7} {told}"))
    return lines


def _ways_out(pulse: Pulse) -> list[Content]:
    """What to do when nobody could do a task."""
    if pulse.local is None:
        return []
    lines: list[str] = []
    if pulse.local.status == "not_configured":
        lines.append("No local model yet: mux setup --starter")
    elif pulse.local.status in ("crashed", "unreachable"):
        lines.append(f"{one_line(pulse.local.detail, 80)} See the doctor: f8")
    if not pulse.cloud:
        lines.append("No cloud CLI: install claude, codex or gemini")
    return [Content(""), *(Content.styled(line, "$mark-warn") for line in lines)]


def _rules(settings: Settings, glyphs: Glyphs) -> Content:
    checks = settings.verification.commands
    more = f" +{len(checks) - 1}" if len(checks) > 1 else ""
    first = f"{one_line(checks[0], 24)}{more}" if checks else "code must parse"
    told = f"trusted from {settings.router.min_confidence:.2f} {glyphs.dot} {first}"
    return Content.styled(told, "$text-soft")
