"""What looks like a secret is hidden, and nothing else."""

from typing import Any

import pytest

from mux_tui.core.config.secrets import masked


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("https://ada:pw@example.com/v1", "https://***@example.com/v1"),
        ("https://token@example.com/v1", "https://***@example.com/v1"),
        ("http://h/health?api_key=abc&x=1", "http://h/health?api_key=***&x=1"),
        ("sk-ant-api03-abcdefgh", "***"),
        ("curl -H 'Authorization: Bearer abc.def' x", None),
        ("run --api-key abc --port 1", "run --api-key *** --port 1"),
        ("run --token=abc", "run --token=***"),
        (("--api-key", "abc", "-v"), ("--api-key", "***", "-v")),
        (["--password=abc"], ("--password=***",)),
    ],
)
def test_secrets_are_hidden(value: Any, shown: Any) -> None:
    result = masked(value)
    if shown is None:
        assert "abc.def" not in result
    else:
        assert result == shown


@pytest.mark.parametrize(
    "value",
    [
        "http://127.0.0.1:8080/v1",
        "Explain a@b and keys.",
        "OPENAI_API_KEY",
        ("--model", "sonnet", "--max-turns", "3"),
        0.6,
        True,
    ],
)
def test_the_rest_is_shown(value: Any) -> None:
    assert masked(value) == value
