"""How the settings screen looks in each of its states."""

from dataclasses import replace
from pathlib import Path

from textual.pilot import Pilot

from mux_tui.core.ledger.store import Ledger
from mux_tui.core.task import Confidence
from mux_tui.tui.app import MuxApp
from mux_tui.tui.screens.settings.changes_window import ChangesWindow
from mux_tui.tui.screens.settings.screen import SettingsScreen
from tests.core.ledger.facts import OWNER, a_decision, a_task, an_attempt
from tests.tui.conftest import Look, Snap, Steps
from tests.tui.stage import StageDesk, make_desk, until

MINE = (
    "# Settings of Ada\n\n[router]\nmin_confidence = 0.7 # answers are good here\n"
    '\n[proxy]\nport = 4000\nprofile = "core"\n'
)


def _desk(folder: Path, text: str = MINE, **variables: str) -> StageDesk:
    variables = {"MUX_CLOUD_PERMISSION": "ask"} | variables
    desk = make_desk(folder, variables=variables, fill=_fill)
    file = desk.environment.paths.config_file
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return desk


async def _fill(ledger: Ledger) -> None:
    """Five local answers, scored from 0.5 to 0.9."""
    for score in (0.5, 0.6, 0.7, 0.8, 0.9):
        task = a_task()
        await ledger.begin(task, OWNER)
        await ledger.decided(task.run_id, a_decision())
        scored = replace(an_attempt(), confidence=Confidence(score, ()))
        await ledger.attempted(task.run_id, scored)


def _screen(app: MuxApp) -> SettingsScreen:
    screen = app.screen_stack[0]
    assert isinstance(screen, SettingsScreen)
    return screen


async def _ready(app: MuxApp, pilot: Pilot[int]) -> SettingsScreen:
    screen = _screen(app)
    await until(pilot, lambda: screen.observed is not None, "nothing is read")
    await until(pilot, lambda: bool(screen.effects), "no effect is known")
    return screen


def _pressing(*keys: str) -> Steps:
    async def steps(app: MuxApp, pilot: Pilot[int]) -> None:
        await _ready(app, pilot)
        await pilot.press(*keys)

    return steps


def _at(name: str, *keys: str) -> Steps:
    async def steps(app: MuxApp, pilot: Pilot[int]) -> None:
        screen = await _ready(app, pilot)
        table = name.rpartition(".")[0]
        place = screen.section_list.get_option_index(table)
        screen.section_list.highlighted = place
        await pilot.press("enter")
        screen.setting_list.go_to(name)
        await pilot.pause()
        await pilot.press(*keys)

    return steps


def test_the_first_table(snap: Snap, look: Look, tmp_path: Path) -> None:
    """Values, their origins, and what the threshold did with the last answers."""
    snap(_desk(tmp_path), look, "settings", _pressing())


def test_unsaved_changes(snap: Snap, look: Look, tmp_path: Path) -> None:
    snap(_desk(tmp_path), look, "settings", _pressing("tab", "right", "right"))


def test_a_locked_choice(snap: Snap, look: Look, tmp_path: Path) -> None:
    snap(_desk(tmp_path), look, "settings", _at("cloud.permission"))


def test_a_wrong_number(snap: Snap, look: Look, tmp_path: Path) -> None:
    steps = _at("proxy.port", "enter", *"70000")
    snap(_desk(tmp_path), look, "settings", steps)


def test_a_list_under_work(snap: Snap, look: Look, tmp_path: Path) -> None:
    snap(_desk(tmp_path), look, "settings", _at("router.keywords", "enter"))


def test_an_order_under_work(snap: Snap, look: Look, tmp_path: Path) -> None:
    snap(_desk(tmp_path), look, "settings", _at("cloud.order", "enter", "J", "space"))


def test_a_search(snap: Snap, look: Look, tmp_path: Path) -> None:
    steps = _pressing("slash", *"seconds local")
    snap(_desk(tmp_path), look, "settings", steps)


def test_a_search_that_finds_nothing(snap: Snap, look: Look, tmp_path: Path) -> None:
    snap(_desk(tmp_path), look, "settings", _pressing("slash", *"nothing at all"))


def test_a_broken_file(snap: Snap, look: Look, tmp_path: Path) -> None:
    desk = _desk(tmp_path, "[router]\nmin_confidence = 7\n[rooter]\nx = [1]\n")
    snap(desk, look, "settings", _pressing())


def test_what_saving_changes(snap: Snap, look: Look, tmp_path: Path) -> None:
    async def steps(app: MuxApp, pilot: Pilot[int]) -> None:
        await _at("proxy.profile", "right")(app, pilot)
        await pilot.press("up", "up", "up", "D", "d")
        await until(
            pilot, lambda: isinstance(app.screen, ChangesWindow), "no window opens"
        )

    snap(_desk(tmp_path), look, "settings", steps)


def test_without_unicode(snap: Snap, tmp_path: Path) -> None:
    desk = _desk(tmp_path, LANG="C")
    steps = _at("router.keyword_threshold", "right", "enter")
    snap(desk, ((120, 36), "mux-dark"), "settings", steps)
