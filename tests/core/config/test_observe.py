"""Looking at the settings while they are changed."""

from pathlib import Path

import pytest

from mux_tui.core.config.environment import Environment
from mux_tui.core.config.load import load
from mux_tui.core.config.observe import Observed, observe, stamps_of


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    """A home of its own, and one variable that holds a setting."""
    return Environment({"MUX_HOME": str(tmp_path / "mux"), "MUX_SERVER_PORT": "9"})


def _write(environment: Environment, text: str) -> Path:
    file = environment.paths.config_file
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def _look(environment: Environment, cwd: Path) -> Observed:
    return observe(environment, cwd, {}, load(Environment({"HOME": str(cwd)}), None))


def test_what_holds_and_what_the_own_file_says_may_differ(
    environment: Environment, tmp_path: Path
) -> None:
    file = _write(environment, "[server]\nport = 8\nautostart = false\n")
    seen = _look(environment, tmp_path)
    assert seen.loaded.settings.server.port == 9
    assert seen.own == {"server.port": 8, "server.autostart": False}
    assert (seen.file, seen.problems) == (file, ())


def test_a_broken_file_leaves_what_held_before(
    environment: Environment, tmp_path: Path
) -> None:
    _write(environment, "[router]\nmin_confidence = 0.5\n")
    before = _look(environment, tmp_path).loaded
    file = _write(environment, "[router]\nmin_confidence = 5\n")
    seen = observe(environment, tmp_path, {}, before)
    assert seen.loaded.settings.router.min_confidence == 0.5
    assert seen.problems == (
        f"{file}:2: router.min_confidence = 5: must be a number from 0 to 1",
    )
    _write(environment, "[router\n")
    assert observe(environment, tmp_path, {}, before).own == {}


def test_stamps_tell_every_change(environment: Environment, tmp_path: Path) -> None:
    seen = [stamps_of(environment, tmp_path)]
    file = _write(environment, "[server]\n")
    seen.append(stamps_of(environment, tmp_path))
    (tmp_path / ".mux.toml").write_text("")
    seen.append(stamps_of(environment, tmp_path))
    file.write_text("[server]\n#\n")
    seen.append(stamps_of(environment, tmp_path))
    assert len(set(seen)) == 4
    assert stamps_of(environment, tmp_path) == seen[-1]


def test_a_missing_file_says_nothing(environment: Environment, tmp_path: Path) -> None:
    seen = _look(environment, tmp_path)
    assert (seen.own, seen.problems, seen.stamps) == ({}, (), ())
