"""Several changes at once: all of them, or none."""

from pathlib import Path

import pytest

from mux_tui.core.config.changes import TAKE_OUT, planned, save
from mux_tui.core.errors import ConfigError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A user's file with remarks."""
    file = tmp_path / "config.toml"
    file.write_text(
        "# mine\n[server]\nport = 1 # here\n\n[router]\nmin_confidence = 0.5\n"
    )
    return file


def test_a_plan_writes_nothing_until_it_is_saved(file: Path) -> None:
    before = file.read_bytes()
    plan = planned(file, {"server.port": 2, "router.min_confidence": TAKE_OUT})
    assert file.read_bytes() == before
    assert plan.lines() == (
        "@@ -1,6 +1,5 @@",
        " # mine",
        " [server]",
        "-port = 1 # here",
        "+port = 2 # here",
        " ",
        " [router]",
        "-min_confidence = 0.5",
    )
    save(plan)
    assert file.read_text() == "# mine\n[server]\nport = 2 # here\n\n[router]\n"


def test_a_missing_file_is_made(tmp_path: Path) -> None:
    file = tmp_path / "folder" / "config.toml"
    plan = planned(file, {"cloud.order": ("gemini", "claude"), "server.port": 7})
    assert plan.before is None
    save(plan)
    assert file.read_text() == (
        '[cloud]\norder = ["gemini", "claude"]\n\n[server]\nport = 7\n'
    )
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_plan_that_changes_nothing_makes_no_file(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    plan = planned(file, {"server.port": TAKE_OUT})
    assert plan.changes_nothing
    save(plan)
    assert not file.exists()


def test_a_file_that_changed_meanwhile_is_left_alone(file: Path) -> None:
    plan = planned(file, {"server.port": 2})
    file.write_text("# theirs\n")
    with pytest.raises(ConfigError, match="changed on disk"):
        save(plan)
    assert file.read_text() == "# theirs\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [("[server\n", "config.toml:1: is not TOML"), ("[servr]\nx = 1\n", "unknown")],
)
def test_a_broken_file_is_told_and_left(text: str, told: str, file: Path) -> None:
    file.write_text(text)
    with pytest.raises(ConfigError, match=told):
        planned(file, {"server.port": 2})
    assert file.read_text() == text
