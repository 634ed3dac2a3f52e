"""One run as the cockpit holds it: the run, its story, its view, and what came in."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

from mux_tui.core.events import (
    AttemptStarted,
    Finished,
    ReasoningDelta,
    RunEvent,
    TextDelta,
)
from mux_tui.core.task import Outcome
from mux_tui.tui.glyphs import Glyphs
from mux_tui.tui.story import Note, Story
from mux_tui.tui.story_files import changed_text
from mux_tui.tui.widgets.answer import AnswerView

if TYPE_CHECKING:
    from mux_tui.core.run import Run

_MARKS = {"up": "up", "again": "more", "bad": "bad", "notice": "warn", "good": "good"}


@dataclass
class News:
    """What the events were that were told together."""

    moved: bool = False
    """The run came a step on; more of an answer is no step."""

    ended: bool = False


@dataclass(eq=False)
class Sitting:
    """A run, from its start until its tab is closed."""

    number: int
    """Of its tab."""

    run: "Run"
    story: Story
    view: AnswerView
    asks: bool = False
    """It waits for an answer of the user."""

    waiting: list[tuple[RunEvent, float]] = field(
        default_factory=list[tuple[RunEvent, float]]
    )
    """What came since the screen was last brought up to date, and when."""

    taken_back: bool = False
    """What it wrote was taken back."""

    told: bool = False
    """The screen knows that something is waiting."""

    shown_at: float = 0.0
    """When the screen was last brought up to date."""

    _written: list[str] = field(default_factory=list[str])
    """What the attempt under way has said."""

    @property
    def answer(self) -> str:
        """The answer that counts, or what there is of one."""
        outcome = self.story.outcome
        return (outcome.output if outcome else "") or self.view.answer

    @property
    def handed(self) -> bool:
        """It is known why something is handed to a cloud route: the task, or changes
        that are proved, for a review."""
        story = self.story
        return bool(story.why) or (story.on_files and story.verdict is not None)

    @property
    def patched(self) -> bool:
        """It has ended with changes that can be looked at."""
        outcome = self.story.outcome
        return (
            outcome is not None
            and outcome.work is not None
            and bool(outcome.work.patch)
        )

    @property
    def applied(self) -> bool:
        """It has written files."""
        outcome = self.story.outcome
        return outcome is not None and outcome.applied and bool(outcome.files)

    @property
    def proposed(self) -> bool:
        """It is known what would be written."""
        return self.story.proposal is not None

    def catch_up(self, glyphs: Glyphs) -> News:
        """Tell story and view what is waiting, and say what it was."""
        waiting, self.waiting = self.waiting, []
        answering, news = self.story.answering, News()
        for kind, some in groupby(waiting, lambda pair: _kind(pair[0])):
            events = list(some)
            if kind:
                self._grow(kind, events)
                news.moved = news.moved or not answering
                continue
            news.moved = True
            for event, at in events:
                self._tell(event, at, glyphs)
                news.ended = news.ended or isinstance(event, Finished)
        return news

    def _grow(self, kind: str, events: list[tuple[RunEvent, float]]) -> None:
        for event, at in events:
            self.story.tell(event, at)
        text = "".join(_texts(event for event, _ in events))
        if kind == "text":
            self._written.append(text)
            self.view.append(text)
        else:
            self.view.append_reasoning(text)

    def _tell(self, event: RunEvent, at: float, glyphs: Glyphs) -> None:
        note = self.story.tell(event, at)
        match event:
            case AttemptStarted():
                self._written.clear()
            case Finished(outcome):
                self._whole(outcome)
            case _:
                pass
        if note:
            self.view.note(_line(note, glyphs))
        if isinstance(event, Finished):
            if changed := changed_text(event.outcome):
                self.view.note(f"{glyphs.more} {changed}")
            self.view.finish()

    def _whole(self, outcome: Outcome) -> None:
        """Show the answer that counts, where it is not what was streamed last."""
        said = "".join(self._written).strip()
        if outcome.output and not said.endswith(outcome.output.strip()):
            self.view.note("the answer that counts")
            self.view.append(outcome.output)


def _kind(event: RunEvent) -> str:
    match event:
        case TextDelta():
            return "text"
        case ReasoningDelta():
            return "thinking"
        case _:
            return ""


def _texts(events: Iterable[RunEvent]) -> Iterator[str]:
    for event in events:
        if isinstance(event, (TextDelta, ReasoningDelta)):
            yield event.text


def _line(note: Note, glyphs: Glyphs) -> str:
    return f"{getattr(glyphs, _MARKS[note.kind])} {note.text}"
