"""Where mux keeps its files."""

import os
import pwd
import stat
from pathlib import Path

import pytest

from mux_tui.core.errors import EnvironmentProblem
from mux_tui.core.paths import Paths, expanded, private_directory, shipped


def test_mux_home_holds_everything(tmp_path: Path) -> None:
    paths = Paths.from_environment({"MUX_HOME": str(tmp_path)})
    for path in (paths.config_file, paths.ledger, paths.server_log, paths.models):
        assert path.is_relative_to(tmp_path)


def test_xdg_directories_are_used_on_every_system(tmp_path: Path) -> None:
    paths = Paths.from_environment({"XDG_CONFIG_HOME": str(tmp_path)})
    assert paths.config_file == tmp_path / "mux" / "config.toml"


def test_relative_xdg_directories_are_ignored(own_home: Path) -> None:
    variables = {"HOME": str(own_home), "XDG_DATA_HOME": "relative"}
    paths = Paths.from_environment(variables)
    assert paths.ledger == own_home / ".local/share/mux/ledger.db"


@pytest.mark.parametrize("home", ["", "relative", None])
def test_without_a_usable_home_the_system_s_own_is_taken(home: str | None) -> None:
    variables = {} if home is None else {"HOME": home}
    own = Path(pwd.getpwuid(os.getuid()).pw_dir)
    assert Paths.from_environment(variables).ledger.is_relative_to(own)


def test_directories_are_private_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        made = private_directory(tmp_path / "a" / "b")
    finally:
        os.umask(before)
    for folder in (made, made.parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_directory_that_cannot_be_made_is_one_clear_error(tmp_path: Path) -> None:
    blocker = tmp_path / "file"
    blocker.touch()
    with pytest.raises(EnvironmentProblem, match="cannot make the directory") as caught:
        private_directory(blocker / "below")
    assert "MUX_HOME" in str(caught.value)


def test_shipped_files_are_found_in_a_checkout() -> None:
    assert shipped("config.toml").is_file()


def test_the_home_of_an_unknown_user_stays_as_it_is(own_home: Path) -> None:
    """It is a file that is missing then, and no failure."""
    assert expanded("~/models/a") == own_home / "models" / "a"
    assert expanded("~nobody-of-that-name/a") == Path("~nobody-of-that-name/a")
