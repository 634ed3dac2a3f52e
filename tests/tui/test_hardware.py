"""The hardware screen: what keys do, and what is said when something fails."""

from dataclasses import replace
from pathlib import Path

from textual.screen import Screen
from textual.widgets import Input

from mux_tui.core.catalog.model import CatalogModel
from mux_tui.core.catalog.table import Catalogue
from mux_tui.tui.dialogs.confirm import Confirm
from mux_tui.tui.screens.hardware.info import Info
from mux_tui.tui.screens.hardware.screen import HardwareScreen
from mux_tui.tui.screens.hardware.simulate import Simulate
from tests.tui.fixed_machine import (
    CODER,
    CRASHED,
    READY,
    SMALL,
    FixedWorld,
    linux,
    mac,
    machine_desk,
)
from tests.tui.hardware_stage import Shown
from tests.tui.stage import SMALL as SMALL_SIZE
from tests.tui.stage import on_stage, text_of, until


async def test_everything_is_shown_with_words(shown: Shown) -> None:
    async with shown(mac()) as stage:
        await stage.sees("31 %")
        await stage.sees("96 %")
        for text in (
            "28.9 of 36.0 GiB",
            "19.1 of 27.0 GiB",
            "● normal",
            "400 GB/s to memory",
            "● ready",
            "pid 4121",
            "up 2 h 14 m",
            "served",
            "recommended",
            "fits",
            "weights 16.0 + context 3.0 + overhead 1.3 = 20.3 of 27.0 GiB",
        ):
            assert text in stage.text, text


async def test_linux_says_what_it_does_not_know(shown: Shown) -> None:
    async with shown(linux()) as stage:
        await stage.sees("30 %")
        for text in (
            "unknown: nvidia-smi: no such program",
            "unknown: Linux tells no memory bandwidth",
            "~26.5 GiB for a model",
            "avx512_bf16",
            "too slow here",
            "MLX computes on the processor here",
        ):
            assert text in stage.text, text


async def test_the_machine_is_watched_only_while_it_is_shown(shown: Shown) -> None:
    world = mac()
    world.endless = True
    async with shown(world) as stage:
        await until(stage.pilot, lambda: world.sampled > 5, "not sampled")
        await stage.app.push_screen(Screen[None]())
        watching = [w for w in stage.app.workers if w.group == "watch"]
        await until(stage.pilot, lambda: all(w.is_finished for w in watching))
        before = world.sampled
        stage.app.pop_screen()
        await until(stage.pilot, lambda: world.sampled > before + 5, "not resumed")


async def test_more_context_costs_memory(shown: Shown) -> None:
    async with shown(mac()) as stage:
        assert "fits with 32k of context" in stage.text
        await stage.pilot.press("right", "right")
        await stage.sees("no: 103k of context at most, 128k asked")
        assert "memory at 128k" in stage.text
        await stage.pilot.press("left", "left", "left", "left", "left", "left", "left")
        await stage.sees("fits with 4k of context")
        await stage.pilot.press("right")
        await stage.sees("fits with 8k of context")


async def test_the_cursor_stays_on_its_model(shown: Shown) -> None:
    async with shown(mac()) as stage:
        await stage.on("Qwen3.6 35B A3B")
        await stage.pilot.press("right")
        await stage.sees("memory at 64k")
        assert stage.screen.models.row
        assert stage.screen.models.row.name == "Qwen3.6 35B A3B"
        await stage.pilot.press("g")
        assert stage.screen.models.highlighted == 0
        await stage.pilot.press("G")
        assert stage.screen.models.highlighted == stage.screen.models.option_count - 1


async def test_choosing_a_model_shows_what_changes_and_then_does_it(
    shown: Shown,
) -> None:
    async with shown(mac()) as stage:
        await stage.sees("● ready")
        await until(stage.pilot, lambda: stage.app.pulse.proxy == "running")
        await stage.on("Qwen2.5 Coder 7B")
        await stage.pilot.press("enter")
        question = await stage.asked()
        for text in (
            "fits with 32k of context",
            "providers.local.model",
            "- not set: the starter",
            f'+ "{SMALL.setting}"',
            "The model server is stopped, and started with this model.",
            "The proxy uses it",
        ):
            assert text in question.text, text
        assert str(stage.config) in question.text
        assert not stage.config.exists()
        await stage.pilot.press("y")
        await until(stage.pilot, lambda: bool(stage.world.done), "not started")
        assert stage.world.done == [f"start {SMALL.directory.name}"]
        assert f'model = "{SMALL.setting}"' in stage.config.read_text()
        assert stage.desk.settings.providers.local.model == SMALL.setting
        await stage.sees("● Qwen2.5 Coder 7B")


async def test_a_no_changes_nothing(shown: Shown) -> None:
    async with shown(mac()) as stage:
        await stage.on("Qwen2.5 Coder 7B")
        await stage.pilot.press("enter")
        await stage.asked()
        await stage.pilot.press("n")
        await until(stage.pilot, lambda: stage.app.screen is stage.screen)
        assert not stage.config.exists()
        assert stage.world.done == []


async def test_a_broken_settings_file_is_said_and_left_alone(shown: Shown) -> None:
    async with shown(mac()) as stage:
        stage.config.parent.mkdir(parents=True, exist_ok=True)
        stage.config.write_text("[server\n")
        await stage.on("Qwen2.5 Coder 7B")
        await stage.pilot.press("enter")
        await stage.asked()
        await stage.pilot.press("y")
        await stage.told("is not TOML")
        assert stage.config.read_text() == "[server\n"
        assert stage.world.done == []


async def test_a_model_that_is_not_here_says_how_to_get_it(shown: Shown) -> None:
    async with shown(mac()) as stage:
        await stage.on("Qwen3.6 35B A3B")
        await stage.pilot.press("enter")
        await stage.told("hf download mlx-community/Qwen3.6-35B-A3B-4bit")
        assert not isinstance(stage.app.screen, Confirm)


async def test_measured_numbers_take_the_estimates_place(shown: Shown) -> None:
    async with shown(mac()) as stage:
        await stage.sees("● ready")
        assert "~79" in stage.text
        await stage.pilot.press("b")
        await stage.told("writes 61.2 tokens/s")
        await stage.sees("writes 61.2/s, measured here")


async def test_another_mac_is_simulated_and_left_again(shown: Shown) -> None:
    async with shown(mac()) as stage:
        await stage.pilot.press("S")
        await until(stage.pilot, lambda: isinstance(stage.app.screen, Simulate))
        field = stage.app.screen.query_one(Input)
        field.value = "lots"
        await stage.pilot.press("enter")
        await stage.sees("must be a number of GB")
        field.value = "128 m4 max"
        await stage.pilot.press("enter")
        await stage.sees("Simulated M4 Max · 128 GiB")
        await stage.sees("546 GB/s")
        assert "Models · on another Mac" in stage.text
        assert "on disk, " not in stage.text
        await stage.pilot.press("enter")
        await stage.told("esc comes back")
        await stage.pilot.press("escape")
        await stage.sees("Apple M3 Max · 36 GiB")
        await stage.sees("3 on disk")


async def test_closing_the_question_simulates_nothing(shown: Shown) -> None:
    async with shown(mac()) as stage:
        await stage.pilot.press("S")
        await until(stage.pilot, lambda: isinstance(stage.app.screen, Simulate))
        await stage.pilot.press("escape")
        await until(stage.pilot, lambda: stage.app.screen is stage.screen)
        assert stage.screen.known.other is None


async def test_a_report_is_copied(shown: Shown) -> None:
    async with shown(mac()) as stage:
        await stage.sees("31 %")
        await stage.pilot.press("y")
        await stage.told("Copied")
        assert "Apple M3 Max" in stage.app.clipboard
        assert "needs 20.3 GiB" in stage.app.clipboard
        assert "/hub" not in stage.app.clipboard


async def test_in_little_room_details_have_a_window(shown: Shown) -> None:
    async with shown(mac(), SMALL_SIZE) as stage:
        await stage.sees("mlx_lm.server ready")
        await stage.pilot.press("i")
        await until(stage.pilot, lambda: isinstance(stage.app.screen, Info))
        await stage.sees("weights 16.0 + context 3.0")
        await stage.pilot.press("escape")
        await until(stage.pilot, lambda: stage.app.screen is stage.screen)


async def test_a_resize_changes_between_much_and_little(shown: Shown) -> None:
    async with shown(mac()) as stage:
        await stage.sees("● ready")
        await stage.pilot.resize_terminal(*SMALL_SIZE)
        await stage.sees("mlx_lm.server ready · pid 4121")
        await stage.pilot.resize_terminal(160, 45)
        await stage.sees("up 2 h 14 m")


async def test_hostile_names_are_shown_to_the_letter(shown: Shown) -> None:
    world = mac()
    bad = "[@click=app.quit]x[/] \x1b]52;c;eA==\x07"
    model = CatalogModel(
        "a/b", bad, 10**9, 1, 1, 4, 4, 2, 64, 4096, rank=99, note=f"[red]{bad}[/usr]"
    )
    problem = f"/home/[b]/models.toml: {bad}"
    world.catalogue = Catalogue((model, *world.catalogue.models), (problem,))
    world.status = replace(CRASHED, log_lines=(bad, "[/bin]"))
    async with shown(world) as stage:
        await stage.sees("[@click=app.quit]x[/]")
        await stage.sees("[/bin]")
        assert "/home/[b]/models.toml" in stage.text
        for name in ("\x1b", "\x07"):
            assert name not in stage.text
        await stage.pilot.press("down", "down", "down")
        await stage.sees("[red][@click")


async def test_a_machine_that_never_tells_leaves_the_screen_usable(
    tmp_path: Path,
) -> None:
    world = FixedWorld(known=None)
    async with on_stage(machine_desk(tmp_path, world), mode="hardware") as (app, pilot):
        await until(pilot, lambda: "Looking at this machine" in text_of(app))
        await pilot.press("y", "right", "enter", "j")
        assert isinstance(app.screen, HardwareScreen)


async def test_a_bug_in_a_look_is_said(shown: Shown) -> None:
    world = mac()
    world.bug = RuntimeError("boom")
    async with shown(world) as stage:
        await stage.told("mux itself failed (RuntimeError)")
        stage.app.stumbles.clear()


async def test_a_machine_without_models_says_so(shown: Shown) -> None:
    async with shown(FixedWorld()) as stage:
        await stage.sees("Models · none on disk")
        assert READY.state not in stage.text
        assert CODER.id not in stage.text.split("Models")[0]
