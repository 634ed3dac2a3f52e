"""The model server: its state, what it holds, and what can be done with it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath

from textual import getters
from textual.content import Content
from textual.reactive import var

from mux_tui.core.catalog.sizes import gib
from mux_tui.core.model_server.inspection import ServerState, ServerStatus
from mux_tui.core.text import one_line
from mux_tui.tui.glyphs import Glyphs
from mux_tui.tui.host import Host
from mux_tui.tui.widgets.drawn import Drawn
from mux_tui.tui.widgets.hardware.letters import letters

_NAME = 9
_LOG_LINES = 6

_MARKS: dict[ServerState, tuple[str, str]] = {
    "ready": ("on", "$mark-pass"),
    "starting": ("half", "$mark-busy"),
    "stopped": ("off", "$mark-idle"),
    "stale": ("off", "$mark-idle"),
    "crashed": ("bad", "$mark-fail"),
    "unresponsive": ("bad", "$mark-fail"),
}


@dataclass(frozen=True)
class ServerView:
    """What is known of the server; None: not asked yet."""

    status: ServerStatus | None = None
    step: str = ""
    """What is being done with it now; empty: nothing."""

    foreign: str = ""
    """Where somebody else's server answers; empty: mux serves by itself."""

    foreign_state: str = ""
    """How that one is, in words; foreign text."""

    idle_minutes: float = 0.0
    """After which a server without requests stops; 0: never."""


class ServerBox(Drawn):
    """The server's pane."""

    HELP = """
## Model server

The server that mux starts for the local model. `s` starts it, `t` stops it, `R` starts
it anew; mux asks first when somebody uses it. It outlives the cockpit, and stops by
itself after some minutes without a request (`server.idle_minutes`).
"""
    app = getters.app(Host)
    view: var[ServerView] = var(ServerView(), init=False)
    jump_letter = "v"
    can_focus = True

    def watch_view(self) -> None:
        """Draw it."""
        self.draw()

    def draw(self) -> None:
        """Write the lines."""
        glyphs = self.app.glyphs
        self.show(letters(Content("\n").join(_lines(self.view, glyphs)), glyphs))


def server_line(view: ServerView, glyphs: Glyphs) -> Content:
    """All of it in one line, where there is no room for the box."""
    if view.step or view.foreign or view.status is None:
        return next(_lines(view, glyphs))

    status = view.status
    parts = [f" mlx_lm.server {status.state}"]
    if status.pid is not None:
        parts += [f"pid {status.pid}", f":{status.port}"]
    if status.resident_bytes:
        parts.append(gib(status.resident_bytes))
    if status.pid is None:
        parts.append("s starts it")
    return _mark(status.state, glyphs) + Content(" · ".join(parts))


def _lines(view: ServerView, glyphs: Glyphs) -> Iterator[Content]:
    if view.step:
        yield Content.assemble((f"{glyphs.half} ", "$mark-busy"), one_line(view.step))
        if view.status is None:
            return
    if view.foreign:
        yield from _foreign(view, glyphs)
    elif view.status is None:
        yield Content.styled("asking the model server …", "$text-soft")
    else:
        if not view.step:
            yield _state(view.status, glyphs)
        yield from _details(view, view.status)


def _foreign(view: ServerView, glyphs: Glyphs) -> Iterator[Content]:
    address = one_line(view.foreign, 80)
    yield Content.assemble(
        (f"{glyphs.on} ", "$text-soft"), f"another server: {address}"
    )
    if view.foreign_state:
        yield _fact("state", view.foreign_state)
    yield Content("")
    note = "mux does not start or stop it: providers.local.base_url names it."
    yield Content.styled(note, "$text-soft")


def _state(status: ServerStatus, glyphs: Glyphs) -> Content:
    line = f" {status.state}"
    if status.pid is not None:
        line += f"  mlx_lm.server  pid {status.pid}  :{status.port}"
    if status.uptime_seconds is not None:
        line += f"  up {span(status.uptime_seconds)}"
    return _mark(status.state, glyphs) + Content(line)


def _details(view: ServerView, status: ServerStatus) -> Iterator[Content]:
    if status.state in ("stopped", "stale"):
        yield Content.styled(one_line(status.sentence), "$text-soft")
        yield Content("")
        yield Content.assemble(("s", "bold $text-key"), " starts it with the model")
        yield Content("  that the settings choose; so does the next task.")
        return
    if status.state in ("crashed", "unresponsive"):
        yield Content.styled(one_line(status.sentence), "$mark-fail")
        yield from _trouble(status)
        return

    if status.model:
        yield _fact("model", PurePath(status.model).name)
    if status.resident_bytes is not None:
        yield _fact("memory", gib(status.resident_bytes))
    if status.restarts:
        yield _fact("restarts", f"{status.restarts} lately, after a crash")
    if status.outdated:
        yield _fact("settings", "older than now; R starts it with the new ones")
    yield _fact("idle", _idle(view.idle_minutes, status))
    yield Content("")
    yield Content.styled("t stops it · R restarts it · b measures it", "$text-soft")


def _idle(minutes: float, status: ServerStatus) -> str:
    """When it ends by itself, as soon as that is known."""
    if not minutes:
        return "never"
    if status.open_requests:
        many = "a request" if status.open_requests == 1 else "requests"
        return f"answers {many}; then {minutes:g} minutes"
    if status.idle_seconds_left is not None:
        return f"stops in {span(status.idle_seconds_left)} unless it is asked"

    return f"stops after {minutes:g} minutes without a request"


def _trouble(status: ServerStatus) -> Iterator[Content]:
    for line in status.log_lines[-_LOG_LINES:]:
        yield Content.styled(f"  {one_line(line, 160)}", "$text-soft")
    key = "s" if status.state == "crashed" else "R"
    yield Content.assemble((key, "bold $text-key"), " starts it anew")
    if status.advice:
        yield Content(one_line(status.advice, 200))


def _mark(state: ServerState, glyphs: Glyphs) -> Content:
    name, colour = _MARKS[state]
    return Content.styled(getattr(glyphs, name), colour)


def _fact(name: str, text: str) -> Content:
    return Content.assemble((name.ljust(_NAME), "$text-soft"), one_line(text, 200))


def span(seconds: float) -> str:
    """`2 h 14 m`, `12 m`, `40 s`."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} m"

    return f"{minutes} m" if minutes else f"{rest} s"
