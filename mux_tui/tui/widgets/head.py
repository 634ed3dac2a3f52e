"""The first line of every screen: what is there, at one look."""

from textual import getters
from textual.content import Content
from textual.widgets import Static

from mux_tui.core.choices import CLOUD_ROUTES
from mux_tui.core.text import one_line
from mux_tui.tui.glyphs import Glyphs
from mux_tui.tui.host import Host
from mux_tui.tui.pulse import Pulse

_NARROW = 100
_LONGEST_MODEL = 28

_LOCAL_MARKS = {
    "ready": ("on", "$mark-pass"),
    "startable": ("half", "$mark-idle"),
    "crashed": ("bad", "$mark-fail"),
    "unreachable": ("bad", "$mark-fail"),
    "not_configured": ("off", "$mark-idle"),
}
_PROXY_MARKS = {
    "running": ("on", "$mark-pass"),
    "stopped": ("off", "$mark-idle"),
    "unresponsive": ("bad", "$mark-fail"),
    "crashed": ("bad", "$mark-fail"),
}


class Head(Static):
    """Local model, proxy, cloud CLIs, and the sum of the last runs."""

    app = getters.app(Host)

    def on_mount(self) -> None:
        """Follow the app's looks."""
        self.watch(self.app, "pulse", self._show)
        self.watch(self.app, "broken", self._turned, init=False)

    def on_resize(self) -> None:
        """Say more, or less."""
        self._show(self.app.pulse)

    def _show(self, pulse: Pulse) -> None:
        if self.size.width:
            app = self.app
            line = headline(pulse, app.glyphs, self.size.width, app.broken)
            self.update(line)

    def _turned(self, _: bool) -> None:
        self._show(self.app.pulse)


def headline(pulse: Pulse, glyphs: Glyphs, width: int, broken: bool = False) -> Content:
    """The line for that width; `broken`: settings have to be mended."""
    wide = width >= _NARROW
    gap = "  " if wide else " "
    parts = [Content.styled(" mux", "bold $primary")]
    if broken:
        told = f"{glyphs.bad} settings f5"
        parts.append(Content.styled(told, "bold $mark-fail"))
    parts.append(_local(pulse, glyphs, wide))
    parts.append(_proxy(pulse, glyphs, wide))
    here = " ".join(
        f"{glyphs.on if route in pulse.cloud else glyphs.off} {route}"
        for route in CLOUD_ROUTES
        if wide or route in pulse.cloud
    )
    parts.append(Content.styled(here, "$text-soft"))
    line = Content(gap).join(part for part in parts if part)
    if told := _told(pulse, glyphs, wide):
        line += Content.styled(f" {glyphs.upright} ", "$line") + Content(told)
    return line


def _local(pulse: Pulse, glyphs: Glyphs, wide: bool) -> Content:
    state = pulse.local
    if state is None:
        return Content.styled(f"{glyphs.off} local", "$mark-idle")

    name, colour = _LOCAL_MARKS[state.status]
    mark = Content.styled(getattr(glyphs, name), colour)
    model = one_line(state.model, _LONGEST_MODEL)
    return mark + Content(f" local {model}" if wide and model else " local")


def _proxy(pulse: Pulse, glyphs: Glyphs, wide: bool) -> Content:
    name, colour = _PROXY_MARKS.get(pulse.proxy, ("off", "$mark-idle"))
    mark = Content.styled(getattr(glyphs, name), colour)
    port = f" :{pulse.proxy_port}" if wide and pulse.proxy_port else ""
    return mark + Content(f" proxy{port}")


def _told(pulse: Pulse, glyphs: Glyphs, wide: bool) -> str:
    summary = pulse.summary
    if summary is None:
        return ""

    runs = f"{summary.total:,} run" + ("" if summary.total == 1 else "s")
    if summary.local_share is None:
        return runs

    share = f"{summary.local_share:.0%}"
    return f"{runs} {glyphs.dot} {share} local" if wide else f"{runs} {share}"
