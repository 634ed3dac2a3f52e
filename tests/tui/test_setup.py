"""Going through the setup: on, back, over, away; and nothing written before the end."""

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from mux_tui.core.config.environment import Environment
from mux_tui.core.setup.choices import ModelChoice
from mux_tui.core.setup.draft import draft_file
from mux_tui.core.setup.facts import FoundServer
from mux_tui.core.setup.first import is_first_run
from mux_tui.core.setup.steps import STEPS, Step
from mux_tui.tui.app import MuxApp
from mux_tui.tui.screens.setup.windows import OwnModel
from mux_tui.tui.widgets.setup.connect import ConnectList
from mux_tui.tui.widgets.setup.offers import OfferList
from tests.tui.setup_stage import FixedWizard, SetupWorld, setup_desk
from tests.tui.setup_steps import (
    go_to,
    press,
    rested,
    setup,
    setup_of,
    step_of,
    wizard_of,
)
from tests.tui.stage import WIDE, on_stage, text_of, until
from tests.tui.test_palette import first_is, opened


async def left(app: MuxApp, pilot: Pilot[int]) -> None:
    """Leave the setup, and say yes."""
    await pilot.press("escape")
    await until(pilot, lambda: app.screen.is_modal)
    await pilot.press("y")
    await until(pilot, lambda: app.current_mode == "cockpit")


def files(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, but for the ledger, which the cockpit opens."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "ledger" not in path.name
    }


async def test_enter_goes_through_all_steps(tmp_path: Path) -> None:
    desk = setup_desk(tmp_path)
    async with setup(desk, "summary") as (app, _):
        assert [place for _, place in wizard_of(app).trail] == ["done"] * 5 + ["here"]
        assert "Qwen3.6-35B-A3B-4bit" in text_of(app)
    assert [one for one in desk.world.done if one.startswith("run")] == [
        "run download",
        "run serve",
    ]


async def test_back_and_over_lead_where_they_say(tmp_path: Path) -> None:
    async with setup(setup_desk(tmp_path), "model") as (app, pilot):
        await press(app, pilot, "b")
        assert step_of(app) == "hardware"
        await press(app, pilot, "b")
        assert step_of(app) == "hardware"
        await press(app, pilot, "s", "s")
        assert step_of(app) == "connect"
        assert "Model skipped" in text_of(app)
        await press(app, pilot, "s", "s")
        assert step_of(app) == "summary"


async def test_without_a_local_model_download_and_server_are_passed(
    tmp_path: Path,
) -> None:
    async with setup(setup_desk(tmp_path), "model") as (app, pilot):
        await press(app, pilot, "end", "enter")
        assert wizard_of(app).choices.model.kind == "cloud"
        assert step_of(app) == "connect"
        assert "Download not needed" in text_of(app)


async def test_a_server_that_runs_is_tried_and_not_downloaded(tmp_path: Path) -> None:
    async with setup(setup_desk(tmp_path), "model") as (app, pilot):
        await press(app, pilot, "home", "enter")
        assert wizard_of(app).choices.model.base_url == "http://127.0.0.1:11434/v1"
        assert step_of(app) == "serve"
        assert "It runs already" in text_of(app)


@pytest.mark.parametrize("step", STEPS)
async def test_leaving_at_any_step_leaves_no_file(step: Step, tmp_path: Path) -> None:
    desk = setup_desk(tmp_path)
    async with on_stage(desk, WIDE, "setup") as (app, pilot):
        before = files(tmp_path)
        await go_to(app, pilot, step)
        await left(app, pilot)
        assert files(tmp_path) == before
        assert desk.world.done[-1] == "cancel"
        assert is_first_run(desk.environment)


async def test_leaving_is_asked_about_and_no_means_no(tmp_path: Path) -> None:
    async with setup(setup_desk(tmp_path), "download") as (app, pilot):
        for answer in ("n", "escape"):
            await pilot.press("escape")
            await until(pilot, lambda: app.screen.is_modal)
            await pilot.press(answer)
            await until(pilot, lambda: not app.screen.is_modal)
        assert step_of(app) == "download"
        assert not wizard_of(app).ended


async def test_quitting_ends_the_setup_too(tmp_path: Path) -> None:
    desk = setup_desk(tmp_path)
    async with setup(desk, "download") as (app, pilot):
        assert draft_file(desk.environment.paths).exists()
        await pilot.press("ctrl+q")
        await until(pilot, lambda: not app.is_running)
    assert desk.world.done[-1] == "cancel"
    assert not draft_file(desk.environment.paths).exists()


async def test_after_it_was_left_it_begins_anew(tmp_path: Path) -> None:
    desk = setup_desk(tmp_path)
    async with setup(desk, "connect") as (app, pilot):
        await left(app, pilot)
        app.action_go("setup")
        await until(pilot, lambda: len(desk.world.wizards) == 2)
        await rested(app, pilot)
        assert step_of(app) == "hardware"


async def test_other_screens_can_be_looked_at_meanwhile(tmp_path: Path) -> None:
    desk = setup_desk(tmp_path)
    async with setup(desk, "download") as (app, pilot):
        await pilot.press("f2")
        await until(pilot, lambda: app.current_mode == "ledger")
        app.action_go("setup")
        await until(pilot, lambda: app.current_mode == "setup")
        assert step_of(app) == "download"
        assert len(desk.world.wizards) == 1


async def test_a_model_that_is_not_listed_can_be_named(tmp_path: Path) -> None:
    async with setup(setup_desk(tmp_path), "model") as (app, pilot):
        await pilot.press("u")
        await until(pilot, lambda: isinstance(app.screen, OwnModel))
        field = app.screen.query_one(Input)
        field.value = "no such thing"
        await pilot.press("enter")
        await until(pilot, lambda: "no model at no such thing" in text_of(app))
        field.value = "somebody/A-Model-4bit"
        await pilot.press("enter")
        await until(pilot, lambda: not app.screen.is_modal)
        await rested(app, pilot)
        chosen = wizard_of(app).choices.model
        assert chosen == ModelChoice("hub", "somebody/A-Model-4bit")
        assert step_of(app) == "download"


async def test_more_context_counts_for_the_model_that_is_taken(tmp_path: Path) -> None:
    async with setup(setup_desk(tmp_path), "model") as (app, pilot):
        await press(app, pilot, "right")
        assert "memory at 64k" in text_of(app)
        await press(app, pilot, "down", "enter")
        assert wizard_of(app).choices.context == 65_536


async def test_looking_again_keeps_the_cursor(tmp_path: Path) -> None:
    async with setup(setup_desk(tmp_path), "model") as (app, pilot):
        await press(app, pilot, "j", "j")
        offers = setup_of(app).query_one(OfferList)
        before = offers.offer
        await press(app, pilot, "r", "left")
        assert before
        assert offers.offer
        assert offers.offer.choice == before.choice


async def test_connections_are_chosen_with_space_and_arrows(tmp_path: Path) -> None:
    async with setup(setup_desk(tmp_path), "connect") as (app, pilot):
        wizard = wizard_of(app)
        await press(app, pilot, "space")
        assert wizard.choices.permission == "ask"
        await press(app, pilot, "left")
        assert wizard.choices.permission == "allow"
        await press(app, pilot, "down", "right")
        assert wizard.choices.order == ("claude", "gemini", "codex")
        await press(app, pilot, "down", "space")
        assert wizard.choices.tiers.low == "claude-sonnet-5"
        await press(app, pilot, "G", "space", "up", "space")
        assert wizard.choices.mcp == ("codex", "claude")
        assert setup_of(app).query_one(ConnectList).row is not None
        assert "Runs: claude mcp add mux" in text_of(app)
        await press(app, pilot, "space")
        assert wizard.choices.mcp == ("codex",)


async def test_what_was_shown_is_written_and_leads_to_the_cockpit(
    tmp_path: Path,
) -> None:
    desk = setup_desk(tmp_path)
    async with setup(desk, "connect") as (app, pilot):
        await press(app, pilot, "space", "enter")
        assert '+permission = "ask"' in text_of(app)
        file = desk.environment.paths.config_file
        assert not file.exists()
        await pilot.press("enter")
        await until(pilot, lambda: app.current_mode == "cockpit")
        assert 'permission = "ask"' in file.read_text()
        await until(pilot, lambda: desk.settings.cloud.permission == "ask")
        await until(pilot, lambda: bool(app._notifications))  # pyright: ignore[reportPrivateUsage]
        [told] = [one.message for one in app._notifications]  # pyright: ignore[reportPrivateUsage]
        assert told == f"mux is set up: {file}"
    assert not is_first_run(desk.environment)
    assert not draft_file(desk.environment.paths).exists()
    assert desk.world.done[-1] != "cancel"


async def test_what_could_not_be_done_is_told_and_tried_again(tmp_path: Path) -> None:
    desk = setup_desk(tmp_path, SetupWorld(refuses=("claude",)))
    async with setup(desk, "connect") as (app, pilot):
        await press(app, pilot, "G", "up", "space", "enter", "enter")
        shown = text_of(app)
        assert "NOT done" in shown
        assert "claude would not register mux" in shown
        assert desk.environment.paths.config_file.exists()
        assert app.current_mode == "setup"
        assert not wizard_of(app).ended


async def test_a_setup_that_was_killed_is_gone_on_with(tmp_path: Path) -> None:
    killed = FixedWizard(
        setup_desk(tmp_path).environment, setup_desk(tmp_path).settings, SetupWorld()
    )
    killed.choose(model=ModelChoice("cloud"), permission="never")
    killed.next()
    killed.next()
    assert killed.step == "connect"
    async with on_stage(setup_desk(tmp_path), WIDE, "setup") as (app, pilot):
        await until(pilot, lambda: app.screen.is_modal)
        await pilot.pause()
        assert "Connect other programs" in text_of(app)
        await pilot.press("y")
        await rested(app, pilot)
        assert step_of(app) == "connect"
        assert wizard_of(app).choices.permission == "never"


async def test_foreign_names_are_shown_and_not_obeyed(tmp_path: Path) -> None:
    hostile = FoundServer(
        "[b]Evil[/b]", "http://127.0.0.1:1/v1", True, ("[red]x[/]\x1b[2J",)
    )
    async with setup(setup_desk(tmp_path, SetupWorld(servers=(hostile,)))) as (
        app,
        pilot,
    ):
        assert "[b]Evil[/b]" in text_of(app)
        await press(app, pilot, "enter")
        assert "[red]x[/]" in text_of(app)
        assert "\x1b" not in text_of(app)
        await press(app, pilot, "home", "enter", "enter")
        assert "[red]x[/]" in text_of(app)


async def test_the_machine_is_copied_as_text(tmp_path: Path) -> None:
    async with setup(setup_desk(tmp_path)) as (app, pilot):
        await pilot.press("y")
        await until(pilot, lambda: "Apple M3 Max" in app.clipboard)


@pytest.mark.parametrize("query", ["setup", "set up mux"])
async def test_the_palette_leads_to_the_setup(query: str, tmp_path: Path) -> None:
    async with on_stage(setup_desk(tmp_path), WIDE, "cockpit") as (app, pilot):
        commands = await opened(app, pilot, query)
        await until(pilot, first_is(commands, "mux: Set up mux"))
        await pilot.press("enter")
        await until(pilot, lambda: app.current_mode == "setup")


def test_only_who_has_nothing_set_up_is_asked(tmp_path: Path) -> None:
    from mux_tui.tui.launch import wants_setup

    variables = {"MUX_HOME": str(tmp_path / "mux"), "HOME": str(tmp_path)}
    environment = Environment(variables)
    assert wants_setup(environment, {})
    assert not wants_setup(environment, {"ui.theme": "mux-light"})
    assert not wants_setup(Environment(variables | {"MUX_UI_THEME": "x"}), {})
    environment.paths.config_file.parent.mkdir(parents=True)
    environment.paths.config_file.write_text("")
    assert not wants_setup(environment, {})
