"""What the proxy's pane says: its state, its numbers, and what to do now."""

from collections.abc import Iterator
from dataclasses import dataclass

from textual.content import Content

from mux_tui.core.config.settings import Settings
from mux_tui.core.proxy.process.status import ProxyStatus
from mux_tui.core.proxy.watch.board import ProxyBoard
from mux_tui.core.proxy.watch.facts import ProxyFailed
from mux_tui.core.proxy.watch.totals import Totals
from mux_tui.core.proxy.watch.wording import cut_share, percent
from mux_tui.core.text import one_line
from mux_tui.tui.glyphs import Glyphs
from mux_tui.tui.widgets.proxy.drawing import (
    duration,
    fitted,
    in_glyphs,
    seconds_of,
    size_of,
)

ENV_LINE = 'eval "$(mux proxy env)"'

_NARROW = 96
_SPARK = 12
_MODEL_MARKS = {"ready": ("on", "$mark-pass"), "startable": ("off", "$mark-idle")}
"""How the model is where nothing is wrong; a startable one starts when it is asked."""

_MARKS = {
    "running": ("on", "$mark-pass"),
    "starting": ("half", "$mark-busy"),
    "stopping": ("half", "$mark-busy"),
    "stopped": ("off", "$mark-idle"),
    "unknown": ("off", "$mark-idle"),
    "unresponsive": ("bad", "$mark-fail"),
    "crashed": ("bad", "$mark-fail"),
}


@dataclass(frozen=True)
class HeadPen:
    """What the pane is drawn with."""

    glyphs: Glyphs
    settings: Settings
    width: int
    """Columns inside of the frame."""

    now: float
    """Seconds since 1970, UTC."""

    doing: str = ""
    """What goes on besides, such as a start of Claude Code; safe to show."""

    @property
    def narrow(self) -> bool:
        """Whether there is little room."""
        return self.width < _NARROW


def title_of(board: ProxyBoard, pen: HeadPen) -> Content:
    """The pane's title: the proxy, and the model behind it."""
    name, colour = _MARKS[board.state]
    mark = Content.styled(getattr(pen.glyphs, name), colour)
    title = Content("Proxy ") + mark
    status = board.status
    if board.state != "running" or status is None:
        return title + Content(f" {board.state}")

    where = f":{status.port}" if pen.narrow else one_line(status.url)
    return title + Content(f" {where} {pen.glyphs.arrow} ") + _model(status, pen)


def lines_of(board: ProxyBoard, pen: HeadPen) -> list[Content]:
    """The pane's lines."""
    lines = list(_state_lines(board, pen))
    if pen.doing:
        mark = Content.styled(pen.glyphs.half, "$mark-busy")
        lines.append(mark + Content(f" {in_glyphs(pen.doing, pen.glyphs)}"))
    lines += _warnings(board, pen)
    return [line.truncate(pen.width) for line in lines]


def _state_lines(board: ProxyBoard, pen: HeadPen) -> Iterator[Content]:
    status = board.status
    match board.state:
        case "running" if status is not None:
            totals = board.totals(pen.now)
            yield _numbers(status, totals, board.adopted, pen)
            yield _speeds(status, totals, board, pen)
            yield _how_to_use(pen)
        case "unknown":
            yield _soft("Looking for the proxy ...")
        case "starting":
            text = one_line(board.text) or "It answers in a moment."
            yield Content(in_glyphs(text, pen.glyphs))
        case "stopping":
            yield Content("What it has under way is told so, and ends.")
        case "crashed":
            yield Content("It has crashed.") + _keys("  s", "starts it again", pen)
            yield from _last_words(status, pen)
        case "unresponsive":
            yield Content("It runs, but does not answer.")
            yield _keys("R", "restarts it", pen) + _keys("  L", "shows its log", pen)
        case _ if board.trouble is None:
            yield from _stopped(pen)
        case _:
            yield from _trouble(board.trouble, pen)
            yield _keys("s", "tries again", pen) + _keys("  f5", "settings", pen)


def _stopped(pen: HeadPen) -> Iterator[Content]:
    port = pen.settings.proxy.port
    where = f"on port {port}" if port else "on a free port"
    yield Content("No proxy is running.") + _keys("  s", f"starts one {where}", pen)
    yield _soft("It is a process of its own: leaving mux or this screen stops nothing.")
    yield _keys("C", "starts it and opens Claude Code here", pen)


def _numbers(
    status: ProxyStatus, totals: Totals, adopted: bool, pen: HeadPen
) -> Content:
    parts = [_plain(f"up {duration(status.uptime_seconds or 0)}")]
    parts.append(_plain(_count(totals.requests, "request")))
    live = f"{totals.active} active"
    parts.append(Content.styled(live, "$mark-busy") if totals.active else _plain(live))
    wrong = _count(totals.errors, "error")
    parts.append(
        Content.styled(wrong, "$mark-fail") if totals.errors else _plain(wrong)
    )
    if status.ends_in_seconds is not None:
        parts.append(_plain(f"idle stop in {duration(status.ends_in_seconds)}"))
    if status.resident_bytes:
        parts.append(_plain(f"RSS {size_of(status.resident_bytes)}"))
    if status.waiting:
        parts.append(_plain(f"{status.waiting} waiting"))
    if adopted:
        parts.append(_soft("started elsewhere"))
    return fitted(parts, pen.width, "  " if pen.narrow else "   ")


def _speeds(
    status: ProxyStatus, totals: Totals, board: ProxyBoard, pen: HeadPen
) -> Content:
    parts = list(_answers(totals, board, pen)) or [_soft("no answers yet")]
    if totals.trimmed is not None:
        parts.append(
            _plain(in_glyphs(f"trimmed {cut_share(totals.trimmed)}", pen.glyphs))
        )
    if totals.cached is not None:
        parts.append(_plain(f"cached {percent(totals.cached)}"))
    reads = status.traits.prefill_rate if status.traits else None
    if reads:
        parts.append(_plain(f"reads {reads:.0f} tok/s"))
    return fitted(parts, pen.width, "  " if pen.narrow else "   ")


def _answers(totals: Totals, board: ProxyBoard, pen: HeadPen) -> Iterator[Content]:
    now = " now" if totals.rate_now is not None else ""
    rate = totals.rate if totals.rate_now is None else totals.rate_now
    if rate is not None:
        spark = pen.glyphs.spark([float(n) for n in board.speed.series(_SPARK)])
        told = _plain(f"{rate:.0f} tok/s{now}")
        yield told + Content.styled(f" {spark}", "$bar-fill") if spark else told
    if totals.first_token_p50 is not None:
        p50, p90 = (
            seconds_of(totals.first_token_p50),
            seconds_of(totals.first_token_p90),
        )
        yield _plain(f"{'TTFT' if pen.narrow else 'TTFT p50'} {p50} p90 {p90} s")


def _how_to_use(pen: HeadPen) -> Content:
    parts = [
        _keys("C", "Claude Code here", pen),
        _soft("elsewhere: ") + Content.styled("mux claude", "bold"),
        _soft("or ") + Content.styled(ENV_LINE, "bold"),
        _keys("y", "copies it", pen),
    ]
    return fitted(parts, pen.width, "  " if pen.narrow else "   ")


def _warnings(board: ProxyBoard, pen: HeadPen) -> Iterator[Content]:
    trouble, status = board.trouble, board.status
    if trouble is not None and board.state != "stopped":
        yield from _trouble(trouble, pen)
    if status is None or board.state != "running":
        return
    if status.outdated:
        text = "it runs with other settings than now, or is another mux's: "
        yield _warning(text, pen) + _keys("R", "restarts it", pen)
    if status.circuit == "open":
        text = "the model failed again and again; it is left alone for half a minute"
        yield _warning(text, pen)
    elif status.model_status and status.model_status not in _MODEL_MARKS:
        detail = one_line(status.model_detail) or one_line(status.model_status)
        yield _warning(f"the model: {detail}", pen)
    for notice in (*status.notices, *filter(None, [board.notice])):
        yield _warning(one_line(notice), pen)


def _trouble(trouble: ProxyFailed, pen: HeadPen) -> Iterator[Content]:
    why = f": {one_line(trouble.why)}" if trouble.why else ""
    yield _marked("bad", "$mark-fail", f"{one_line(trouble.what)}{why}", pen)
    if trouble.next_step:
        yield _plain(f"  {one_line(trouble.next_step)}")


def _model(status: ProxyStatus, pen: HeadPen) -> Content:
    name, colour = _MODEL_MARKS.get(status.model_status, ("bad", "$mark-fail"))
    mark = Content.styled(getattr(pen.glyphs, name), colour)
    model = one_line(status.model, 24 if pen.narrow else 40) or "model not known yet"
    tier = f" {pen.glyphs.dot} tier {status.traits.tier}" if status.traits else ""
    return mark + Content(f" {model}{tier}")


def _last_words(status: ProxyStatus | None, pen: HeadPen) -> Iterator[Content]:
    lines = status.log_lines[-2:] if status else ()
    for line in lines:
        yield _soft(one_line(line))
    if lines:
        yield _keys("L", "shows all of its log", pen)


def _marked(name: str, colour: str, text: str, pen: HeadPen) -> Content:
    return Content.styled(f"{getattr(pen.glyphs, name)} ", colour) + Content(text)


def _warning(text: str, pen: HeadPen) -> Content:
    return _marked("up", "$mark-warn", text, pen)


def _keys(key: str, what: str, pen: HeadPen) -> Content:
    return Content.styled(key, "bold $text-key") + Content(f" {what}")


def _plain(text: str) -> Content:
    return Content(text)


def _soft(text: str) -> Content:
    return Content.styled(text, "$text-soft")


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" + ("" if number == 1 else "s")
