"""An app into which an answer streams; the key `x` bumps a counter that can be seen.

    python -m bench.tui.stream_app WIDGET RATE ABOVE SECONDS

Its first line tells what goes on, for `bench.tui.stream` to read.
"""

import argparse
import asyncio
import time
from abc import ABC, abstractmethod

from rich.syntax import PygmentsSyntaxTheme
from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Label, Log, Markdown
from textual.widgets.markdown import MarkdownStream

from bench.tui.speech import answer
from mux_tui.tui.glyphs import UNICODE
from mux_tui.tui.host import Host
from mux_tui.tui.widgets.answer import AnswerView

_TOKEN = 4
"""Characters of a token."""

_BURST = 20_000
"""Lines of a burst."""


class Sink(ABC):
    """A widget that is written to."""

    widget: Widget

    @abstractmethod
    async def load(self, text: str) -> None:
        """Show what stands above; returns when all of it is there."""

    @abstractmethod
    async def write(self, text: str) -> None:
        """Show more."""

    async def end(self) -> None:  # noqa: B027 - most have nothing to end
        """There is no more."""


class OurSink(Sink):
    """The answer view."""

    def __init__(self) -> None:
        self.widget = self._view = AnswerView(
            colours=lambda: PygmentsSyntaxTheme("monokai")
        )

    async def load(self, text: str) -> None:
        """Show the text, and wait until every line of it is drawn."""
        self._view.show(text)
        await self._settled()
        self._view.action_follow()

    async def write(self, text: str) -> None:
        """Append."""
        self._view.append(text)

    async def end(self) -> None:
        """Finish, and wait until everything is drawn."""
        self._view.finish()
        await self._settled()

    async def _settled(self) -> None:
        while not self._view.settled:  # noqa: ASYNC110 - the view tells nobody
            await asyncio.sleep(0.001)


class LogSink(Sink):
    """Textual's log: plain text, no Markdown."""

    def __init__(self) -> None:
        self.widget = self._log = Log()

    async def load(self, text: str) -> None:
        """Write at once."""
        self._log.write(text)

    async def write(self, text: str) -> None:
        """Write."""
        self._log.write(text)


class MarkdownSink(Sink):
    """Textual's Markdown with its own stream."""

    def __init__(self) -> None:
        self._markdown = Markdown("")
        self.widget = VerticalScroll(self._markdown)
        self._stream: MarkdownStream | None = None

    async def load(self, text: str) -> None:
        """Update at once."""
        self.widget.anchor()
        await self._markdown.update(text)

    async def write(self, text: str) -> None:
        """Write to the stream."""
        if self._stream is None:
            self._stream = Markdown.get_stream(self._markdown)
        await self._stream.write(text)

    async def end(self) -> None:
        """Wait until everything is on the screen."""
        if self._stream:
            await self._stream.stop()


SINKS: dict[str, type[Sink]] = {
    "answer": OurSink,
    "log": LogSink,
    "markdown": MarkdownSink,
}


class StreamApp(Host):
    """Writes into a sink at a rate, or all at once."""

    CSS = "Label {height: 1; dock: top;} Log, AnswerView, VerticalScroll {height: 1fr;}"
    glyphs = UNICODE

    def __init__(self, sink: Sink, rate: int, above: int, seconds: float) -> None:
        """Make the app.

        Args:
            sink: Where the text goes.
            rate: Tokens a second; 0: a burst of lines, as fast as they can be written.
            above: Characters that stand there already.
            seconds: How long it streams.
        """
        super().__init__()
        self._sink = sink
        self._rate = rate
        self._text = answer(above + int(rate * seconds * _TOKEN) + 1_000)
        self._above = above
        self._seconds = seconds
        self._bumps = 0
        self._state = "wait"

    def compose(self) -> ComposeResult:
        """The first line, and the widget."""
        yield Label(id="state")
        yield self._sink.widget

    def on_mount(self) -> None:
        """Begin."""
        self.run_worker(self._run())

    def on_key(self, event: events.Key) -> None:
        """Count `x`."""
        if event.key == "x":
            self._bumps += 1
            self._say()

    def _say(self, state: str | None = None) -> None:
        self._state = state or self._state
        self.query_one("#state", Label).update(f"K={self._bumps:05d}; {self._state}")

    async def _run(self) -> None:
        started = time.monotonic()
        if self._above:
            await self._sink.load(self._text[: self._above])
        loaded = time.monotonic() - started
        await asyncio.sleep(0.5)
        self._say(f"S=stream LOAD={loaded:.3f};")
        began, worked = time.monotonic(), time.process_time()
        share = await (self._pace() if self._rate else self._flood())
        await self._sink.end()
        took = time.monotonic() - began
        cpu = (time.process_time() - worked) / took
        self._say(f"S=end CPU={cpu:.3f}; FED={share:.3f}; TOOK={took:.3f};")
        await asyncio.sleep(1)
        worked = time.process_time()
        await asyncio.sleep(2)
        self._say(f"{self._state} IDLE={(time.process_time() - worked) / 2:.4f};")

    async def _pace(self) -> float:
        """Stream at the rate; the share of the tokens that could be written."""
        began, sent, position = time.monotonic(), 0, self._above
        while (passed := time.monotonic() - began) < self._seconds:
            due = int(passed * self._rate)
            if due > sent:
                size = _TOKEN * (due - sent)
                await self._sink.write(self._text[position : position + size])
                position, sent = position + size, due
            await asyncio.sleep(max(0.001, 1 / self._rate))
        return sent / (self._rate * self._seconds)

    async def _flood(self) -> float:
        """Write many lines, each by itself."""
        for number in range(_BURST):
            await self._sink.write(f"{number} the quick brown fox jumps over the dog\n")
            if number % 100 == 0:
                await asyncio.sleep(0)
        return 1.0


def main() -> None:
    """Run the app."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("widget", choices=SINKS)
    parser.add_argument("rate", type=int)
    parser.add_argument("above", type=int)
    parser.add_argument("seconds", type=float)
    given = parser.parse_args()
    sink = SINKS[given.widget]()
    StreamApp(sink, given.rate, given.above, given.seconds).run()


if __name__ == "__main__":
    main()
