"""All themes of all folders."""

import os
from pathlib import Path

import pytest

from mux_tui.core.paths import Paths
from mux_tui.core.theme.find import load_themes, signature, theme_folders

SMALL = 'primary = "#8ab8e8"\nforeground = "#d5dce6"\nbackground = "#14191f"\n'


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Two folders, of which the second counts more."""
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    return first, second


def test_the_users_folder_counts_more_than_the_shipped_one(own_home: Path) -> None:
    paths = Paths.from_environment({"MUX_HOME": str(own_home)})
    shipped, own = theme_folders(paths)
    assert (shipped / "mux-dark.toml").exists()
    assert own == own_home / "config" / "themes"


def test_a_file_of_the_same_name_replaces(folders: tuple[Path, Path]) -> None:
    (folders[0] / "b.toml").write_text(SMALL)
    (folders[0] / "a.toml").write_text(SMALL)
    (folders[1] / "a.toml").write_text(SMALL + 'summary = "own"\n')
    themes = load_themes(folders)
    assert [*themes.loaded] == ["a", "b"]
    assert themes.loaded["a"].summary == "own"
    assert themes.failed == ()


def test_a_broken_file_stops_neither_the_others_nor_its_namesake(
    folders: tuple[Path, Path],
) -> None:
    (folders[0] / "a.toml").write_text(SMALL)
    broken = folders[1] / "a.toml"
    broken.write_text("primary = 1\n")
    (folders[1] / "c.toml").write_text(SMALL)
    themes = load_themes(folders)
    assert [*themes.loaded] == ["a", "c"]
    assert [failed.path for failed in themes.failed] == [broken]
    assert f"{broken}:1: primary must be text in quotes" in themes.failed[0].problems


def test_only_theme_files_are_read(folders: tuple[Path, Path]) -> None:
    (folders[0] / "README.md").write_text("words")
    (folders[0] / ".hidden.toml").write_text("nonsense =")
    (folders[0] / "folder.toml").mkdir()
    os.mkfifo(folders[0] / "pipe.toml")
    themes = load_themes([*folders, folders[0] / "missing"])
    assert dict(themes.loaded) == {}
    assert [failed.path.name for failed in themes.failed] == [
        "folder.toml",
        "pipe.toml",
    ]


def test_the_signature_changes_with_the_files(folders: tuple[Path, Path]) -> None:
    file = folders[1] / "a.toml"
    seen = {signature(folders)}
    file.write_text(SMALL)
    seen.add(signature(folders))
    file.write_text(SMALL + "#\n")
    seen.add(signature(folders))
    assert len(seen) == 3
    assert signature(folders) in seen
    file.unlink()
    assert signature(folders) == ()
