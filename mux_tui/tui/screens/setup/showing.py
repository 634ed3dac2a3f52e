"""What the screen knows, handed to the widget of the step."""

from typing import TYPE_CHECKING

from textual.content import Content

from mux_tui.core.catalog.sizes import tokens
from mux_tui.core.errors import MuxError
from mux_tui.core.machine.report import report as machine_report
from mux_tui.core.setup.facts import HardwareFound
from mux_tui.core.setup.steps import STEPS
from mux_tui.core.setup.wizard import Wizard
from mux_tui.tui.glyphs import Glyphs
from mux_tui.tui.safe import plain
from mux_tui.tui.screens.setup.doable import is_proved
from mux_tui.tui.widgets.hardware.model_columns import bar_legend
from mux_tui.tui.widgets.setup import machine
from mux_tui.tui.widgets.setup.connect import ConnectPane
from mux_tui.tui.widgets.setup.download import DownloadView, download_text
from mux_tui.tui.widgets.setup.offers import ModelPane
from mux_tui.tui.widgets.setup.page import Page
from mux_tui.tui.widgets.setup.proof import ProofView, proof_text
from mux_tui.tui.widgets.setup.rail import Trail
from mux_tui.tui.widgets.setup.summary import SummaryView, summary_text

if TYPE_CHECKING:
    from mux_tui.tui.screens.setup.screen import SetupScreen

_SAFE = "nothing is written before step 6"


def draw(screen: "SetupScreen") -> None:
    """Show the step as it is known now."""
    wizard, glyphs = screen.wizard, screen.app.glyphs
    if not screen.is_mounted:
        return
    if wizard is None:
        _show(screen, "hardware", _shut(screen.state.shut, glyphs))
        return

    screen.rail.show(trail_of(wizard))
    pane = screen.query_one(f"#step-{wizard.step}")
    ended = wizard.step == "summary"
    pane.border_subtitle = "enter writes it" if ended else _SAFE
    match wizard.step:
        case "hardware":
            _draw_hardware(screen, wizard)
        case "model":
            _draw_model(screen, wizard)
        case "download":
            _draw_download(screen, wizard)
        case "serve":
            _draw_serve(screen, wizard)
        case "connect":
            _draw_connect(screen, wizard)
        case "summary":
            _draw_summary(screen, wizard)


def trail_of(wizard: Wizard) -> Trail:
    """The steps; whether some are needed is not known before a model is chosen."""
    if wizard.choices.model.kind != "none":
        return wizard.trail

    at = STEPS.index(wizard.step)
    return [
        (step, "ahead" if place == "passed" and number > at else place)
        for number, (step, place) in enumerate(wizard.trail)
    ]


def _page(screen: "SetupScreen", step: str) -> Page:
    return screen.query_one(f"#step-{step}", Page)


def _show(screen: "SetupScreen", step: str, text: Content) -> None:
    _page(screen, step).show(text)


def _shut(error: MuxError | None, glyphs: Glyphs) -> Content:
    if error is None:
        return Content(machine.LOOKING)

    told = Content.styled(f"{glyphs.bad} ", "$mark-fail")
    lines = (error.what, error.why, error.next_step)
    told += Content("\n\n").join(plain(line, 500) for line in lines if line)
    return told + Content("\n\nr tries again, esc goes to the cockpit")


def _unknown(screen: "SetupScreen") -> Content | None:
    """In place of facts that could not be had; None: they may still come."""
    if screen.ways.failure is None or screen.busy:
        return None

    return Content.styled("It could not be found out; ways on are below.", "$text-soft")


def _draw_hardware(screen: "SetupScreen", wizard: Wizard) -> None:
    found, page = wizard.findings.hardware, _page(screen, "hardware")
    if found is None:
        page.show(_unknown(screen) or Content(machine.LOOKING))
    else:
        page.show(machine.machine_text(found, screen.app.glyphs, page.room))


def _draw_model(screen: "SetupScreen", wizard: Wizard) -> None:
    found, pane = wizard.findings, screen.query_one(ModelPane)
    if found.model is None or found.hardware is None:
        return
    pane.border_subtitle = _legend(screen, found.model.context)
    if pane.found is not found.model:
        pane.show(found.model, found.hardware.capacity)
    pane.draw()


def _legend(screen: "SetupScreen", context: int) -> str:
    glyphs = screen.app.glyphs
    legend = bar_legend(glyphs)
    if screen.has_class("-narrow"):
        return legend

    return f"{tokens(context)} of context {glyphs.dot} {legend}"


def _draw_download(screen: "SetupScreen", wizard: Wizard) -> None:
    found, state, page = wizard.findings, screen.state, _page(screen, "download")
    model = wizard.choices.model
    looked, done = found.download, found.downloaded
    looked = looked if looked and looked.model == model else None
    done = done if done and done.model == model else None
    if looked is None and done is None and (text := _unknown(screen)):
        page.show(text)
        return
    view = DownloadView(
        looked,
        screen.busy == "running",
        state.progress,
        state.pace.per_second,
        state.pace.seconds_left,
        tuple(state.speeds),
        done,
        state.stopped == "download",
        screen.ways.failure is not None,
    )
    page.show(download_text(view, screen.app.glyphs, page.room))


def _draw_serve(screen: "SetupScreen", wizard: Wizard) -> None:
    found, state, page = wizard.findings, screen.state, _page(screen, "serve")
    looked = found.serve
    if looked is not None and looked.model != wizard.choices.model:
        looked = None
    if looked is None and (text := _unknown(screen)):
        page.show(text)
        return
    running = screen.busy == "running"
    view = ProofView(
        looked,
        running,
        state.trials,
        state.phase,
        found.proof if is_proved(wizard) and not running else None,
        state.seconds if running else None,
        state.stopped == "serve",
        screen.ways.failure is not None,
    )
    page.show(proof_text(view, screen.app.glyphs))


def _draw_connect(screen: "SetupScreen", wizard: Wizard) -> None:
    found, pane = wizard.findings.connect, screen.query_one(ConnectPane)
    if found is not None:
        cloud_model = screen.app.desk.settings.proxy.cloud_model
        pane.show(found, wizard.choices, cloud_model)


def _draw_summary(screen: "SetupScreen", wizard: Wizard) -> None:
    state, page = screen.state, _page(screen, "summary")
    if state.shut is not None:
        page.show(_shut(state.shut, screen.app.glyphs))
        return
    proof = wizard.findings.proof if is_proved(wizard) else None
    name = wizard.choices.model.name
    view = SummaryView(name, state.plan, proof, state.carried)
    page.show(summary_text(view, screen.app.glyphs))


def report(found: HardwareFound) -> str:
    """The machine as text, for a bug report."""
    return machine_report(found.facts, found.capacity, None, "", ())
