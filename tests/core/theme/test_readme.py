"""The page about themes names every colour there is."""

import re
from pathlib import Path

import pytest

from mux_tui.core.paths import shipped
from mux_tui.core.theme.find import theme_files
from mux_tui.core.theme.roles import ROLES
from mux_tui.core.theme.theme_file import read_theme

PAGE = (shipped("themes") / "README.md").read_text(encoding="utf-8")


def test_the_page_lists_every_colour_and_no_other() -> None:
    rows = re.findall(r"^\| `([\w.]+)` \| `\$([\w-]+)` \| (.+?) \| ", PAGE, re.M)
    assert rows == [
        (".".join(filter(None, (role.section, role.key))), role.variable, role.meaning)
        for role in ROLES
    ]


@pytest.mark.parametrize("file", theme_files(shipped("themes")), ids=lambda f: f.stem)
def test_the_page_lists_every_theme(file: Path) -> None:
    assert f"| `{file.stem}` | " in PAGE


def test_the_example_on_the_page_is_a_theme(tmp_path: Path) -> None:
    found = re.search(r"```toml\n(.+?)```", PAGE, re.S)
    assert found
    file = tmp_path / "dusk.toml"
    file.write_text(found[1])
    assert read_theme(file).summary == "My evening"
