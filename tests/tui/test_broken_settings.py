"""Broken settings at the start: mux opens, allows the least, and mends them."""

import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from mux_tui.core.config.broken import load_broken
from mux_tui.core.config.environment import Environment
from mux_tui.core.errors import ConfigError
from tests.tui.pty.terminal import Terminal, terminal

PROJECT = Path(__file__).resolve().parents[2]


def environment_of(folder: Path) -> Environment:
    return Environment({"HOME": str(folder), "MUX_HOME": str(folder / "mux")})


def write(folder: Path, text: str) -> Path:
    file = environment_of(folder).paths.config_file
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def test_what_is_right_holds(tmp_path: Path) -> None:
    file = write(tmp_path, '[ui]\ntheme = "mux-light"\nglyphs = "nice"\n')
    broken = load_broken(environment_of(tmp_path), None, {})
    assert broken.loaded.settings.ui.theme == "mux-light"
    assert broken.loaded.settings.ui.glyphs == "auto"
    assert [problem.startswith(f"{file}:3: ") for problem in broken.problems] == [True]


@pytest.mark.parametrize(
    "text",
    [
        '[cloud]\npermission = "newer"\n',
        '[cloud]\npermision = "never"\n',
        '[cloud\npermission = "never"\n',
        '[cloud]\npermission = "allow"\n[ui]\ntheme = 1\n',
        "\x00",
    ],
)
def test_a_broken_file_allows_the_least(tmp_path: Path, text: str) -> None:
    """Whatever it may have forbidden in the line that is wrong stays forbidden."""
    write(tmp_path, text)
    settings = load_broken(environment_of(tmp_path), None, {}).loaded.settings
    assert settings.cloud.permission == "never"
    assert settings.cloud.order == ()
    assert settings.workflow.apply == "never"
    assert not settings.workflow.cloud_write_fallback
    assert not settings.ledger.store_prompts
    assert not settings.telemetry.enabled
    assert not settings.proxy.relay


def test_a_broken_project_file_allows_the_least_too(tmp_path: Path) -> None:
    (tmp_path / ".mux.toml").write_text("[cloud]\npermission = \n")
    broken = load_broken(environment_of(tmp_path), tmp_path, {})
    assert broken.loaded.settings.cloud.permission == "never"
    assert ".mux.toml:2" in broken.problems[0]


def test_what_no_editor_can_mend_is_told_instead(tmp_path: Path) -> None:
    write(tmp_path, "[ui\n")
    with pytest.raises(ConfigError):
        load_broken(environment_of(tmp_path), None, {"ui.colour": "red"})


@pytest.fixture
def cockpit(tmp_path: Path) -> Generator[Terminal]:
    """The cockpit, opened on settings whose second line is wrong."""
    write(tmp_path, '[cloud]\npermission = "newer"\n')
    environment = {
        "HOME": str(tmp_path),
        "MUX_HOME": str(tmp_path / "mux"),
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": str(PROJECT),
        "LANG": "C.UTF-8",
        "COLORTERM": "truecolor",
    }
    argv = [sys.executable, "-m", "mux_tui"]
    with terminal(argv, environment, tmp_path) as opened:
        yield opened


def test_the_cockpit_opens_and_lives_on_once_they_are_mended(
    cockpit: Terminal, tmp_path: Path
) -> None:
    cockpit.until("config.toml:2: cloud.permission")
    cockpit.until("Meanwhile holds what allows the least.")
    cockpit.until("settings f5")
    write(tmp_path, '[cloud]\npermission = "ask"\n')
    cockpit.until("in order again")
    cockpit.until(lambda: "settings f5" not in cockpit.screen.text)
