"""A small app around one answer view, and a way to see what it shows."""

from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import asynccontextmanager
from time import monotonic

from rich.style import Style
from rich.syntax import ANSISyntaxTheme, SyntaxTheme
from textual.app import ComposeResult
from textual.message import Message
from textual.pilot import Pilot
from textual.strip import Strip

from mux_tui.tui.glyphs import ASCII, UNICODE
from mux_tui.tui.host import Host
from mux_tui.tui.widgets.answer import AnswerView, Copied, FollowChanged
from mux_tui.tui.widgets.answer.block import Block
from mux_tui.tui.widgets.answer.blocks import Splitter
from mux_tui.tui.widgets.answer.look import Look
from mux_tui.tui.widgets.answer.page import Page
from mux_tui.tui.widgets.answer.render import render
from mux_tui.tui.widgets.answer.transcript import Transcript
from tests.tui.rest import PATIENCE

BLUE = ANSISyntaxTheme({("Keyword",): Style(color="blue")})


class AnswerApp(Host):
    """One answer view, and what it tells."""

    glyphs = UNICODE

    def __init__(self, *, plain: bool = False, keep_lines: int = 10_000) -> None:
        super().__init__()
        self.glyphs = ASCII if plain else UNICODE
        self.told: list[Message] = []
        self.seconds = 0.0
        self.syntax: SyntaxTheme | None = None
        self.view = AnswerView(
            keep_lines=keep_lines,
            clock=lambda: self.seconds,
            colours=lambda: self.syntax,
        )

    def compose(self) -> ComposeResult:
        yield self.view

    def on_mount(self) -> None:
        self.view.focus()

    def on_follow_changed(self, message: FollowChanged) -> None:
        self.told.append(message)

    def on_copied(self, message: Copied) -> None:
        self.told.append(message)


Stage = tuple[AnswerApp, AnswerView, Pilot[int]]


@asynccontextmanager
async def on_stage(
    size: tuple[int, int] = (40, 10), *, plain: bool = False, keep_lines: int = 10_000
) -> AsyncGenerator[Stage, None]:
    """The app, running headless."""
    app = AnswerApp(plain=plain, keep_lines=keep_lines)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield app, app.view, pilot


async def until(
    pilot: Pilot[int], holds: Callable[[], bool], what: str = "it did not happen"
) -> None:
    """Let the app go on until `holds()`; fails after many seconds."""
    late = monotonic() + PATIENCE
    while not holds():
        assert monotonic() < late, what
        await pilot.pause(0.005)


async def shows(pilot: Pilot[int], text: str) -> None:
    """Wait until the text can be read on the screen."""
    app = pilot.app
    await until(pilot, lambda: text in screen(app), f"{text!r} is not on the screen")


def strips(app: object) -> list[Strip]:
    """What is painted, line by line."""
    assert isinstance(app, AnswerApp)
    width, height = app.size
    compositor = app.screen._compositor  # pyright: ignore[reportPrivateUsage]
    return [strip.crop(0, width) for strip in compositor.render_strips()[:height]]


def screen(app: object) -> str:
    """What is painted, as text, without blanks at the ends of lines."""
    return "\n".join(strip.text.rstrip() for strip in strips(app))


def split(text: str) -> list[Block]:
    """The blocks of a whole text."""
    splitter = Splitter()
    return splitter.feed(text) + splitter.flush()


def drawn(text: str, width: int, look: Look | None = None) -> list[str]:
    """The lines of a text, block by block, without blanks at their ends."""
    blocks = split(text)
    lines = (line for block in blocks for line in render(block, look or Look(), width))
    return [line.strip.text.rstrip() for line in lines]


def page_of(text: str, width: int, thinking: str = "") -> Page:
    """The page of a whole text, drawn."""
    page = Page(Look(), width, 100_000)
    transcript = Transcript(page)
    if thinking:
        transcript.think(thinking, None)
    transcript.write(text)
    transcript.end()
    page.draw(0, 1_000_000)
    return page


def lines_of(page: Page) -> list[str]:
    """All lines of a drawn page, without blanks at their ends."""
    lines = (page.line(y) for y in range(page.height))
    return [line.strip.text.rstrip() if line else "?" for line in lines]


def styles(text: str, width: int, look: Look) -> Iterator[tuple[str, Style]]:
    """What is drawn, piece by piece, with its style."""
    for block in split(text):
        for line in render(block, look, width):
            for piece, style, _ in line.strip:
                yield piece, style or Style()
