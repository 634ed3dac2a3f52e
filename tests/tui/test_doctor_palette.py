"""The doctor's fixes in the palette: by what they mend, not by a number alone."""

from pathlib import Path

from mux_tui.tui.keys_here import everything_of
from mux_tui.tui.palette import Commands
from mux_tui.tui.screens.base import MuxScreen
from tests.tui.doctor_stage import BAD, doctor_desk
from tests.tui.stage import on_stage, until


async def test_a_fix_is_named_by_its_problem(tmp_path: Path) -> None:
    desk = doctor_desk(tmp_path, BAD)
    async with on_stage(desk, (120, 36), mode="doctor") as (app, pilot):
        screen = app.screen
        assert isinstance(screen, MuxScreen)
        await until(pilot, lambda: bool(screen.sentence_for("fix(1)")))
        provider = Commands(screen)
        await provider.startup()
        names = {hit.text async for hit in provider.discover()}
        assert "doctor: Fix port: Choose a free port at each start" in names
        assert "doctor: Fix cli claude: Log in to claude, in a terminal" in names
        assert not any("Apply fix" in str(name) for name in names)
        numbers = [k for k in everything_of(screen, app) if k.id.startswith("doctor.f")]
        assert len(numbers) == len(BAD.todo) + 1
