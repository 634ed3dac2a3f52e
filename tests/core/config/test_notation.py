"""Values as text, and text as values."""

import math
import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mux_tui.core.config.check import typed
from mux_tui.core.config.keys import keys
from mux_tui.core.config.notation import read_value, written

_TEXT = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=40
)
_VALUES = st.one_of(
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False),
    _TEXT,
    st.lists(_TEXT, max_size=4),
)


@given(_VALUES)
def test_what_is_written_is_read_back_by_toml(value: Any) -> None:
    again = tomllib.loads(f"value = {written(value)}")["value"]
    assert again == value
    assert type(again) is type(value)


@given(_TEXT)
def test_text_is_taken_as_it_stands_unless_it_is_quoted(text: str) -> None:
    key = keys()["providers.local.model"]
    assert read_value(key, written(text)) == text
    if text.strip()[:1] not in ("'", '"'):
        assert read_value(key, text) == text


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("server.port", " 8080 ", 8080),
        ("server.port", "0x10", 16),
        ("server.autostart", "false", False),
        ("router.min_confidence", "1e-1", 0.1),
        ("providers.local.model", "8080", "8080"),
        ("providers.local.model", "'a b'", "a b"),
        ("providers.local.model", "'it's", "'it's"),
        ("cloud.permission", "ask", "ask"),
        ("cloud.order", "gemini", ["gemini"]),
        ("cloud.order", "", []),
        ("cloud.order", '["claude", "codex"]', ["claude", "codex"]),
        ("verification.commands", "grep -q 'a, b'", ["grep -q 'a, b'"]),
        ("server.port", "1\nother = 2", "1\nother = 2"),
        pytest.param("server.port", "[" * 5000, "[" * 5000, id="nested"),
        pytest.param("server.port", "9" * 5000, "9" * 5000, id="huge"),
    ],
)
def test_the_setting_says_how_text_is_read(name: str, text: str, value: Any) -> None:
    assert read_value(keys()[name], text) == value


def test_every_default_survives_being_written_and_read() -> None:
    for key in keys().values():
        assert typed(key, read_value(key, written(key.default))) == key.default


def test_what_is_no_value_is_named() -> None:
    assert written({"a": 1}) == "a table"
    assert written(10**5000) == "a huge number"
    assert written(math.inf) == "inf"
