"""What is loaded before the cockpit's first frame: little, and nothing twice."""

import subprocess
import sys
from pathlib import Path

import pytest

from mux_tui.core.config.load import load
from mux_tui.tui.app import MuxApp
from mux_tui.tui.desk import Desk
from tests.tui.test_broken_settings import environment_of

LATER = (
    "mux_tui.core.config.positions",
    "mux_tui.core.engine",
    "mux_tui.core.events",
    "mux_tui.core.proposal",
    "mux_tui.core.redact",
    "mux_tui.core.task",
    "mux_tui.core.weights",
    "mux_tui.tui.story",
    "httpx",
    "psutil",
    "sqlite3",
    "tomlkit",
)


def test_the_facts_of_a_task_are_loaded_after_the_first_frame() -> None:
    code = (
        "import sys, mux_tui.cli.app, mux_tui.tui.app, mux_tui.core.setup.first\n"
        "import mux_tui.tui.screens.cockpit.screen\n"
        f"print([name for name in {LATER} if name in sys.modules])"
    )
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == "[]"


async def test_only_the_theme_that_is_worn_is_worked_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Textual works out its own first, which nobody sees."""
    asked: list[str] = []
    own = MuxApp.get_theme_variable_defaults

    def noted(app: MuxApp) -> dict[str, str]:
        asked.append(app.current_theme.name)
        return own(app)

    monkeypatch.setattr(MuxApp, "get_theme_variable_defaults", noted)
    environment = environment_of(tmp_path)
    loaded = load(environment, tmp_path, {"ui.theme": "mux-light"})
    MuxApp(Desk(environment, tmp_path, loaded))
    assert asked == ["mux-light"]
