"""Values are checked strictly: by type, bounds, words and rules of their own."""

from typing import Any

import pytest

from mux_tui.core.config.check import Refused, typed
from mux_tui.core.config.keys import Key, keys, nearest


def _typed(name: str, raw: Any) -> Any:
    return typed(keys()[name], raw)


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("server.port", True),
        ("server.port", "80"),
        ("server.port", 80.0),
        ("server.port", -1),
        ("server.port", 65_536),
        pytest.param("server.port", 10**4000, id="huge"),
        ("server.autostart", 1),
        ("server.autostart", "true"),
        ("router.min_confidence", True),
        ("router.min_confidence", float("nan")),
        ("router.min_confidence", float("inf")),
        ("router.min_confidence", 1.0001),
        pytest.param("router.min_confidence", 10**400, id="huge float"),
        ("router.min_confidence", "0.5"),
        ("cloud.permission", "Allow"),
        ("cloud.permission", 1),
        ("cloud.order", "claude"),
        ("cloud.order", ["local"]),
        ("cloud.order", ["claude", "claude"]),
        ("cloud.order", [["claude"]]),
        ("router.escalate_on", ["low_confidence", "low_confidence"]),
        ("router.keywords", ["", "a"]),
        ("router.keywords", {"a": 1}),
        ("providers.local.model", "a\0b"),
        ("providers.local.model", "\ud800"),
        ("providers.local.model", 7),
        ("providers.local.api_key_env", "not a name"),
        ("providers.claude.pass_env", ["A=B"]),
        ("local_runtime.restart_command", ["", "x"]),
        ("verification.commands", ["echo 'open"]),
        ("verification.commands", ["  "]),
        ("ui.keys", ["quit"]),
        ("ui.keys", ["app.quit=ctrl q"]),
        ("ledger.filters", ["no query"]),
        ("ledger.filters", [": route:local"]),
        ("ledger.filters", ["a: x", "a : y"]),
    ],
)
def test_what_a_setting_does_not_allow_is_refused(name: str, raw: Any) -> None:
    with pytest.raises(Refused, match=r"^must "):
        _typed(name, raw)


@pytest.mark.parametrize(
    ("name", "raw", "value"),
    [
        ("server.port", 65_535, 65_535),
        ("router.min_confidence", 1, 1.0),
        ("router.min_confidence", 0, 0.0),
        ("cloud.order", [], ()),
        ("cloud.order", ["gemini", "claude"], ("gemini", "claude")),
        ("providers.local.system_prompt", "two\n\tlines", "two\n\tlines"),
        ("providers.local.model", "Qwen/Qwen3 0.6B ü", "Qwen/Qwen3 0.6B ü"),
        ("providers.claude.args", ["--append", ""], ("--append", "")),
        ("ui.keys", ["app.quit=ctrl+q,f10"], ("app.quit=ctrl+q,f10",)),
        (
            "ui.keys",
            ["app.ledger=f2,ctrl+l", "cockpit.escalate=E"],
            ("app.ledger=f2,ctrl+l", "cockpit.escalate=E"),
        ),
        ("ledger.filters", ["slow: seconds>30"], ("slow: seconds>30",)),
    ],
)
def test_what_a_setting_allows_is_taken(name: str, raw: Any, value: Any) -> None:
    taken = _typed(name, raw)
    assert taken == value
    assert type(taken) is type(value)


def test_every_default_is_allowed() -> None:
    for key in keys().values():
        assert typed(key, key.default) == key.default


def test_every_number_has_bounds() -> None:
    """A number without them could be anything, such as a wait for ever."""
    for key in keys().values():
        if key.kind in ("int", "float"):
            assert key.low is not None, key.name
            assert key.high is not None, key.name


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("router.min_confidnce", "router.min_confidence"),
        ("routr.min_confidence", "router.min_confidence"),
        ("providers.local.permission", "cloud.permission"),
        ("servers", "server"),
        ("context_windw", "providers.local.context_window"),
        ("zzzzzz", ""),
        pytest.param("x" * 100_000, "", id="long"),
    ],
)
def test_the_nearest_known_name_is_found(wrong: str, right: str) -> None:
    assert nearest(wrong) == right


def test_a_key_knows_its_words() -> None:
    key: Key = keys()["cloud.order"]
    assert key.many
    assert key.choices == ("claude", "codex", "gemini")
