"""The keys and the settings files that pages show work."""

import re
import tomllib
from typing import Any

import pytest

from mux_tui.core.config.check import check_table
from mux_tui.tui.host import ALL_MODES
from mux_tui.tui.key_check import faults
from tests.contract.pages import Page, pages
from tests.contract.test_screens import ALL

SETTINGS = [
    (page.name, block)
    for page in pages()
    if page.name.startswith(("docs/", "README"))
    for block in re.findall(r"```toml\n(.*?)```", page.text, re.DOTALL)
    # A table of models is a file of its own.
    if not block.startswith("[[model]]")
]
KEYS = {owned.binding.key for owned in ALL}


def page_of(name: str) -> Page:
    """A page by its name."""
    return next(page for page in pages() if page.name == name)


@pytest.mark.parametrize(("name", "block"), SETTINGS)
def test_settings_that_pages_show_are_taken(name: str, block: str) -> None:
    table: dict[str, Any] = tomllib.loads(block)
    checked = check_table(table, ".".join)
    assert checked.all_problems() == ()
    wanted = dict(pair.split("=", 1) for pair in checked.values.get("ui.keys", ()))
    assert faults(wanted) == []


def test_the_screens_are_told_with_their_keys() -> None:
    rows = re.findall(r"^\| F(\d+) \| \[?(\w+)", page_of("docs/cockpit.md").text, re.M)
    assert {(f"f{key}", name) for key, name in rows} == {
        (mode.key, mode.name) for mode in ALL_MODES
    }
    said = re.findall(r"F(\d+) (?:the )?(\w+)", page_of("README.md").text)
    names = {"machine": "hardware", "help": ""}
    told = {(f"f{key}", names.get(word, word)) for key, word in said}
    known = {(mode.key, mode.name) for mode in ALL_MODES} | {("f1", "")}
    assert len(told) == 6
    assert told <= known


@pytest.mark.parametrize(
    "name", ["README.md", "docs/guide.md", "docs/cockpit.md", "docs/setup.md"]
)
def test_every_function_and_control_key_does_something(name: str) -> None:
    prose = page_of(name).prose
    wanted = {f"f{number}" for number in re.findall(r"\bF(\d+)\b", prose)}
    wanted |= {f"ctrl+{letter}" for letter in re.findall(r"\^([a-z])\b", prose)}
    assert wanted - KEYS == set()
