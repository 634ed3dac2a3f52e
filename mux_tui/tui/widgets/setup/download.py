"""Step 3 in words: what will be fetched, how far it is, and what has come."""

from collections.abc import Iterator
from dataclasses import dataclass

from textual.content import Content

from mux_tui.core.catalog.sizes import gib
from mux_tui.core.events import Progressed
from mux_tui.core.setup.facts import Downloaded, DownloadFound
from mux_tui.core.text import one_line
from mux_tui.tui.glyphs import Glyphs

LOOKING = """
Asking how much there is to fetch, and what is here already.

Nothing is fetched by it."""

_NAME = 10
_MOST_BAR = 60
_MOST_FILES = 12
_MINUTE = 60
_HOUR = 3600
_SMALL = 1_000_000


@dataclass(frozen=True)
class DownloadView:
    """Everything that the step shows."""

    found: DownloadFound | None = None
    """None: it is being looked at."""

    running: bool = False
    progress: Progressed | None = None
    """The last report; None: there was none yet."""

    per_second: float | None = None
    seconds_left: float | None = None
    speeds: tuple[float, ...] = ()
    """Bytes a second, one look after the other."""

    done: Downloaded | None = None
    stopped: bool = False
    """It was begun and stopped; what has come stays."""

    failed: bool = False
    """It was tried in vain; why is told elsewhere."""


def download_text(view: DownloadView, glyphs: Glyphs, width: int) -> Content:
    """All of it, for lines of so many columns."""
    if view.found is None:
        return Content(LOOKING)

    lines = _lines(view, view.found, glyphs, width)
    return Content("\n").join(lines)


def amount(seconds: float) -> str:
    """`8 s`, `3 min 20 s`, `2 h 5 min`."""
    whole = max(round(seconds), 0)
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} min {whole % _MINUTE} s"

    return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE} min"


def _lines(
    view: DownloadView, found: DownloadFound, glyphs: Glyphs, width: int
) -> Iterator[Content]:
    yield Content.styled(one_line(found.title, 200), "bold")
    if found.words:
        yield Content.styled(one_line(found.words, 300), "$text-soft")
    yield Content("")
    if found.already or view.done is not None:
        yield from _here(view, found, glyphs)
        return

    yield from _before(found, glyphs)
    yield Content("")
    if view.running:
        yield from _moving(view, glyphs, width)
    elif view.stopped:
        yield Content.assemble(
            (f"{glyphs.half} stopped  ", "$mark-warn"),
            "what has come stays; enter goes on there",
        )
    elif view.failed:
        yield Content.styled(f"{glyphs.bad} not fetched", "$mark-fail")
    else:
        yield Content("enter fetches it; nothing is fetched before")
    yield Content("")
    yield from _files(found)


def _here(
    view: DownloadView, found: DownloadFound, glyphs: Glyphs
) -> Iterator[Content]:
    yield Content.assemble((f"{glyphs.good} ", "$mark-pass"), "it is on this machine")
    done = view.done
    if done is None:
        yield _fact("size", _size(found.bytes))
        return

    yield _fact("fetched", f"{_size(done.bytes)} in {amount(done.seconds)}")
    yield _fact("directory", one_line(str(done.directory), 300))


def _before(found: DownloadFound, glyphs: Glyphs) -> Iterator[Content]:
    here = found.bytes - found.missing
    yield _fact("to fetch", _size(found.missing))
    if here:
        yield _fact("here", f"{_size(here)}: only the rest is fetched")
    yield _fact("licence", one_line(found.licence, 60) or "not told")
    line = _fact("disk", f"needs {gib(found.disk)} of the {gib(found.free)} free")
    if not found.enough:
        line += Content.styled(f"   {glyphs.bad} not enough room", "$mark-fail")
    yield line


def _moving(view: DownloadView, glyphs: Glyphs, width: int) -> Iterator[Content]:
    told = view.progress
    if told is None:
        yield Content.assemble((f"{glyphs.half} ", "$mark-busy"), "beginning")
        return

    yield Content.assemble(
        (f"{glyphs.half} ", "$mark-busy"),
        (one_line(told.step, 40), "bold"),
        ("   x stops it; what has come stays", "$text-soft"),
    )
    if told.total:
        share = min(told.done / told.total, 1.0)
        cells = max(min(width - 32, _MOST_BAR), 10)
        filled = round(share * cells)
        yield Content.assemble(
            (glyphs.full * filled, "$bar-fill"),
            (glyphs.empty * (cells - filled), "$bar-track"),
            f" {share:4.0%}  {_of(told)}",
        )
    elif told.done:
        yield Content(_of(told))
    if words := _pace(view):
        yield Content(words)
    if len(view.speeds) > 1:
        spark = glyphs.spark(list(view.speeds))
        yield Content.assemble(("speed     ", "$text-soft"), (spark, "$bar-fill"))


def _of(told: Progressed) -> str:
    if told.unit != "bytes":
        return f"{told.done:,} of {told.total:,} {told.unit}" if told.total else ""
    if told.total:
        return f"{gib(told.done)} of {gib(told.total)}"

    return gib(told.done)


def _pace(view: DownloadView) -> str:
    told = view.progress
    if told is None or told.unit != "bytes" or not view.per_second:
        return ""

    words = f"{view.per_second / 1e6:.1f} MB/s"
    if view.seconds_left is not None:
        words += f"   {amount(view.seconds_left)} left"
    return words


def _files(found: DownloadFound) -> Iterator[Content]:
    for name, size in found.files[:_MOST_FILES]:
        yield Content.assemble(
            (f"{_short(size):>12}  ", "$text-soft"), one_line(name, 200)
        )
    more = len(found.files) - _MOST_FILES
    if more > 0:
        yield Content.styled(f"{'':12}  and {more} more", "$text-soft")


def _short(size: int) -> str:
    return f"{size:,} bytes" if size < _SMALL else gib(size)


def _fact(name: str, text: str) -> Content:
    return Content.assemble((name.ljust(_NAME), "$text-soft"), text)


def _size(size: int) -> str:
    return f"{size:,} bytes ({gib(size)})" if size else "nothing"
