"""The settings screen and the file on the disk: shown, changed elsewhere, edited."""

from contextlib import nullcontext
from pathlib import Path

import pytest

from mux_tui.tui.screens.settings import work
from mux_tui.tui.screens.settings.changes_window import ChangesWindow
from tests.tui.settings_stage import MINE, playing
from tests.tui.stage import make_desk, text_of, until


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at the files much more often."""
    monkeypatch.setattr(work, "LOOK_SECONDS", 0.1)


async def test_the_change_of_the_file_is_shown_before_it_is_saved(
    tmp_path: Path,
) -> None:
    async with playing(make_desk(tmp_path)) as play:
        await play.press("tab", "right", "d")
        await until(
            play.pilot, lambda: isinstance(play.app.screen, ChangesWindow), "no window"
        )
        await play.seen("-min_confidence = 0.7 # bold")
        assert "+min_confidence = 0.75 # bold" in text_of(play.app)
        await play.press("escape")
        assert play.text == MINE
        await play.press("d")
        await play.seen("+min_confidence")
        await play.press("ctrl+s")
        await play.written("min_confidence = 0.75 # bold")


@pytest.mark.usefixtures("quick")
async def test_a_change_made_elsewhere_appears_and_the_draft_stays(
    tmp_path: Path,
) -> None:
    desk = make_desk(tmp_path)
    async with playing(desk) as play:
        await play.press("tab", "down", "down", "right")
        play.file.write_text(MINE.replace("0.7", "0.9"))
        await play.seen("0.9   0")
        assert len(play.screen.draft) == 1
        await until(
            play.pilot, lambda: desk.settings.router.min_confidence == 0.9, "not used"
        )
        await play.press("ctrl+s")
        await play.written("keyword_threshold = 2")
        assert "min_confidence = 0.9 # bold" in play.text


@pytest.mark.usefixtures("quick")
async def test_a_broken_file_is_told_with_its_line_and_the_old_values_hold(
    tmp_path: Path,
) -> None:
    desk = make_desk(tmp_path)
    async with playing(desk) as play:
        play.file.write_text("[router]\nmin_confidence = 7\n[nowhere]\n")
        await play.seen("✗ ~/mux/config/config.toml:2: router.min_confidence = 7: must")
        await play.seen("config.toml:3: unknown setting nowhere")
        assert desk.settings.router.min_confidence == 0.6
        await play.press("tab", "right", "ctrl+s")
        await until(play.pilot, lambda: play.toasts != [], "nothing is told")
        assert "min_confidence = 7" in play.text
        assert len(play.screen.draft) == 1
        play.file.write_text(MINE)
        await until(play.pilot, lambda: "✗" not in text_of(play.app), "still told")


async def test_the_file_is_edited_where_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A missing one is made with every setting switched off."""
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\nsed -i "s/^#port = 3456/port = 4000/" "$1"\n')
    editor.chmod(0o755)
    path = f"{tmp_path}:/usr/bin:/bin"
    desk = make_desk(tmp_path, variables={"EDITOR": "editor", "PATH": path})
    monkeypatch.setenv("PATH", path)
    async with playing(desk, None) as play:
        monkeypatch.setattr(play.app, "suspend", nullcontext)
        await play.press("o")
        await play.written("\nport = 4000\n")
        await until(play.pilot, lambda: desk.settings.proxy.port == 4000, "not read")


async def test_an_editor_that_is_missing_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = make_desk(tmp_path, variables={"EDITOR": "no-such-editor"})
    async with playing(desk) as play:
        monkeypatch.setattr(play.app, "suspend", nullcontext)
        await play.press("o")
        await until(play.pilot, lambda: play.toasts != [], "nothing is told")
        assert play.toasts[0].startswith("cannot start no-such-editor")
