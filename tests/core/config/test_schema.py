"""What an editor is told of the settings is what mux takes."""

import tomllib
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from mux_tui.core.config.check import check_table
from mux_tui.core.config.keys import Key, keys
from mux_tui.core.config.schema import settings_schema
from mux_tui.core.paths import shipped

SCHEMA: Any = Draft202012Validator(settings_schema())


def table(name: str, value: Any) -> dict[str, Any]:
    """A file with one setting in it."""
    for part in reversed(name.split(".")):
        value = {part: value}
    return value


def taken(name: str, value: Any) -> tuple[bool, bool]:
    """Whether an editor takes a setting, and whether mux does."""
    whole = table(name, value)
    return SCHEMA.is_valid(whole), not check_table(whole, ".".join).problems


def test_it_is_a_schema_and_the_shipped_file_keeps_to_it() -> None:
    Draft202012Validator.check_schema(settings_schema())
    everything = tomllib.loads(shipped("config.toml").read_text(encoding="utf-8"))
    assert SCHEMA.is_valid(everything)
    assert SCHEMA.is_valid({})


@pytest.mark.parametrize("key", keys().values(), ids=lambda key: key.name)
def test_wrong_types_words_and_bounds_are_wrong_for_both(key: Key) -> None:
    wrong: list[Any] = [{"x": 1}, [[1]], None if key.kind == "bool" else True]
    if key.kind != "text":
        wrong.append("no number")
    if key.choices:
        wrong += ["no such word", ["no such word"]]
    wrong += [bound - 1 for bound in (key.low,) if bound is not None]
    wrong += [bound + 1 for bound in (key.high,) if bound is not None]
    for value in wrong:
        if value is not None:
            assert taken(key.name, value) == (False, False), value


@pytest.mark.parametrize("name", ["router.min_confidense", "nothing", "router.x.y"])
def test_an_unknown_name_is_wrong_for_both(name: str) -> None:
    assert taken(name, 1) == (False, False)


def test_every_setting_is_explained() -> None:
    for name in keys():
        found: Any = settings_schema()
        for part in name.split("."):
            found = found["properties"][part]
        assert found["description"], name
