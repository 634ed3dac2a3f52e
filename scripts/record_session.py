"""Record a session of the real cockpit on the starter model as one moving picture.

    python scripts/record_session.py docs/pictures/session.svg

The app runs without a terminal, with a home of its own in which the starter has been
set up (`MUX_HOME`), is driven by keys, and photographed whenever its screen changed.
The frames stand one above the other in one SVG, each seen in its own time.
"""

import asyncio
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

from textual.pilot import Pilot

from mux_tui.core.config.environment import Environment
from mux_tui.core.config.load import load
from mux_tui.tui.app import MuxApp
from mux_tui.tui.desk import Desk

SIZE = (100, 28)
TASK = "Explain what a mutex is, with a short Python example."
MOST_FRAMES = 18
LONGEST_GAP = 1.0
"""Seconds between two frames; longer waits are cut, for nobody watches a clock."""

LAST_SECONDS = 4.0
"""How long the last frame stays before it begins again."""

_OUTER = re.compile(r"<svg[^>]*viewBox=\"0 0 ([\d.]+) ([\d.]+)\"[^>]*>")


async def record() -> list[tuple[float, str]]:
    """Seconds from the start and picture of each frame."""
    environment = Environment()
    cwd = Path.cwd()
    overrides = {"ui.theme": "mux-dark", "cloud.permission": "ask"}
    desk = Desk(environment, cwd, load(environment, cwd, overrides), overrides)
    app = MuxApp(desk)
    frames: list[tuple[float, str]] = []
    began = time.monotonic()

    def photograph() -> None:
        picture = app.export_screenshot(title="mux")
        if not frames or frames[-1][1] != picture:
            frames.append((time.monotonic() - began, picture))

    async with app.run_test(size=SIZE) as pilot:
        await _until(pilot, lambda: app.pulse.local is not None, photograph)
        for word in TASK.split(" "):
            await pilot.press(*(_key(char) for char in f"{word} "))
            photograph()
        await pilot.press("enter")
        engine = await desk.engine()
        await _until(pilot, lambda: bool(engine.runs), photograph)
        run = engine.runs[-1]
        await _until(pilot, lambda: run.outcome is not None, photograph)
        await pilot.pause(1.0)
        photograph()
        await pilot.press("f2")
        await pilot.pause(2.0)
        photograph()
    return frames


def _key(char: str) -> str:
    names = {" ": "space", ",": "comma", ".": "full_stop"}
    return names.get(char, char)


async def _until(
    pilot: Pilot[int], done: Callable[[], bool], photograph: Callable[[], None]
) -> None:
    async with asyncio.timeout(120):
        while not done():
            await pilot.pause(0.2)
            photograph()


def thinned(frames: list[tuple[float, str]], most: int) -> list[tuple[float, str]]:
    """At most so many frames, the first and the last among them."""
    if len(frames) <= most:
        return frames

    step = (len(frames) - 1) / (most - 1)
    return [frames[round(number * step)] for number in range(most)]


def hastened(frames: list[tuple[float, str]]) -> list[tuple[float, str]]:
    """The frames with no gap longer than `LONGEST_GAP`."""
    at, before, out = 0.0, frames[0][0], list[tuple[float, str]]()
    for moment, picture in frames:
        at += min(moment - before, LONGEST_GAP)
        before = moment
        out.append((at, picture))
    return out


def composed(frames: list[tuple[float, str]]) -> str:
    """One SVG that shows the frames one after the other, again and again."""
    total = frames[-1][0] + LAST_SECONDS
    outer = _OUTER.search(frames[0][1])
    assert outer, "no picture"
    starts = [at for at, _ in frames] + [total]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {outer[1]} {outer[2]}">'
    ]
    for number, (_, picture) in enumerate(frames):
        first = 0.0 if number == 0 else starts[number] / total
        last = starts[number + 1] / total
        parts.append('<g visibility="hidden">')
        parts.append(_shown_between(first, last, total))
        parts.append(picture)
        parts.append("</g>")
    parts.append("</svg>")
    return "\n".join(parts)


def _shown_between(first: float, last: float, total: float) -> str:
    """Says in which part of the whole a group is seen."""
    times, values = [0.0], ["visible" if first == 0 else "hidden"]
    if first > 0:
        times.append(first)
        values.append("visible")
    if last < 1:
        times.append(last)
        values.append("hidden")
    joined = ";".join(f"{at:.4f}" for at in times)
    return (
        f'<animate attributeName="visibility" dur="{total:.2f}s" '
        f'repeatCount="indefinite" calcMode="discrete" keyTimes="{joined}" '
        f'values="{";".join(values)}"/>'
    )


def main() -> int:
    """Record, and write the file that was named."""
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.stdout.write(__doc__ or "")
        return 0 if "--help" in sys.argv else 2

    frames = hastened(thinned(asyncio.run(record()), MOST_FRAMES))
    Path(sys.argv[1]).write_text(composed(frames), encoding="utf-8")
    sys.stdout.write(f"{len(frames)} frames, {frames[-1][0]:.1f} s\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
