"""`ui.glyphs = "ascii"`: no screen and no window draws with anything else."""

from pathlib import Path

import pytest

from mux_tui.tui.host import ALL_MODES
from mux_tui.tui.screens.cockpit.windows import SaveWindow
from tests.tui.stage import SMALL, StageDesk, make_desk, on_stage, text_of, until


def plain(tmp_path: Path) -> StageDesk:
    return make_desk(tmp_path, settings={"ui.glyphs": "ascii"})


@pytest.mark.parametrize(
    "mode", [mode.name for mode in ALL_MODES if mode.name != "hardware"]
)
async def test_a_screen_and_its_scroll_bars(mode: str, tmp_path: Path) -> None:
    async with on_stage(plain(tmp_path), SMALL, mode) as (app, pilot):
        await pilot.pause()
        assert [c for c in text_of(app) if not c.isascii()] == []


async def test_a_text_field_in_a_window(tmp_path: Path) -> None:
    async with on_stage(plain(tmp_path)) as (app, pilot):
        await app.push_screen(SaveWindow("answer.md"))
        await until(pilot, lambda: "answer.md" in text_of(app))
        assert [c for c in text_of(app) if not c.isascii()] == []
