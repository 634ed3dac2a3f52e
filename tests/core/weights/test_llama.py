"""GGUF's names and numbers come out in MLX's words, and nothing is guessed."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mux_tui.core.errors import WeightsError
from mux_tui.core.weights import llama
from tests.core.weights.tiny import interleaved

_SUPPORTED: dict[str, Any] = {
    "general.architecture": "llama",
    "tokenizer.ggml.model": "gpt2",
    "tokenizer.ggml.pre": "smollm",
}


@given(heads=st.integers(1, 6), half=st.integers(1, 5), width=st.integers(1, 4))
def test_undoes_what_llama_cpp_does_to_the_rows(
    heads: int, half: int, width: int
) -> None:
    rows = heads * half * 2
    weights = np.arange(rows * width, dtype=np.float32).reshape(rows, width)

    assert np.array_equal(
        llama.halves_apart(interleaved(weights, heads), heads), weights
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("token_embd.weight", "model.embed_tokens.weight"),
        ("output_norm.weight", "model.norm.weight"),
        ("output.weight", "lm_head.weight"),
        ("blk.0.attn_q.weight", "model.layers.0.self_attn.q_proj.weight"),
        ("blk.29.ffn_norm.weight", "model.layers.29.post_attention_layernorm.weight"),
    ],
)
def test_names_tensors_as_mlx_does(name: str, expected: str) -> None:
    assert llama.tensor_name(name) == expected


@pytest.mark.parametrize(
    "name",
    ["rope_freqs.weight", "blk.0.attn_q.bias", "blk.x.attn_q.weight", "\x1b[2J", ""],
)
def test_refuses_a_tensor_it_would_have_to_drop(name: str) -> None:
    with pytest.raises(WeightsError) as caught:
        llama.tensor_name(name)

    assert "\x1b" not in str(caught.value)


def test_accepts_the_kind_of_model_it_converts() -> None:
    llama.check_supported(_SUPPORTED)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("general.architecture", "qwen2"),
        ("tokenizer.ggml.model", "llama"),
        ("tokenizer.ggml.pre", "qwen2"),
        ("tokenizer.ggml.add_bos_token", True),
        ("llama.rope.scaling.type", "yarn"),
    ],
)
def test_refuses_a_model_it_would_get_wrong(key: str, value: object) -> None:
    with pytest.raises(WeightsError, match=key):
        llama.check_supported(_SUPPORTED | {key: value})


def test_says_which_number_is_missing() -> None:
    with pytest.raises(WeightsError, match=r"llama\.attention\.head_count"):
        llama.config(_SUPPORTED, tied=True, dtype="float32")
