"""GGUF names and numbers in the words of an MLX llama.

Two things differ besides names. llama.cpp interleaves the rows of each query and key
head for its own rotary embedding; MLX wants each head's first and second half one
after the other. And GGUF lists dimensions innermost first.
"""

from collections.abc import Mapping
from typing import Any

from mux_tui.core.errors import WeightsError
from mux_tui.core.text import one_line

_NAMES = {
    "token_embd": "model.embed_tokens",
    "output_norm": "model.norm",
    "output": "lm_head",
}
_LAYER_NAMES = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
_EXPECTED: dict[str, tuple[Any, ...]] = {
    "general.architecture": ("llama",),
    "tokenizer.ggml.model": ("gpt2",),
    "tokenizer.ggml.pre": ("smollm",),
    "tokenizer.ggml.add_bos_token": (None, False),
    "llama.rope.scaling.type": (None, "none"),
}


def check_supported(meta: Mapping[str, Any]) -> None:
    """Refuse a GGUF whose meaning this conversion would change.

    Raises:
        WeightsError: Another architecture, tokenizer or rotary embedding.
    """
    for key, expected in _EXPECTED.items():
        value = meta.get(key)
        if value not in expected:
            found = "missing" if value is None else one_line(repr(value), 60)
            raise WeightsError(
                "cannot convert this model",
                f"{key} is {found}, and only {expected[-1]!r} is known",
            )


def required(meta: Mapping[str, Any], key: str) -> Any:
    """The value of `key`.

    Raises:
        WeightsError: It is missing.
    """
    if key not in meta:
        raise WeightsError("cannot convert this model", f"its file does not tell {key}")

    return meta[key]


def config(meta: Mapping[str, Any], *, tied: bool, dtype: str) -> dict[str, Any]:
    """The `config.json` of the model.

    Args:
        meta: The GGUF's keys and values.
        tied: Whether the output layer is the embedding itself.
        dtype: What the weights are written as.

    Raises:
        WeightsError: A number is missing.
    """

    def fact(key: str) -> Any:
        return required(meta, f"llama.{key}")

    heads = fact("attention.head_count")
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "hidden_act": "silu",
        "hidden_size": fact("embedding_length"),
        "intermediate_size": fact("feed_forward_length"),
        "num_hidden_layers": fact("block_count"),
        "num_attention_heads": heads,
        "num_key_value_heads": meta.get("llama.attention.head_count_kv", heads),
        # Held as a float32 in the file: 1e-5 would come out as 9.99999974e-06.
        "rms_norm_eps": round(fact("attention.layer_norm_rms_epsilon"), 10),
        "rope_theta": meta.get("llama.rope.freq_base", 10000.0),
        "rope_traditional": False,
        "max_position_embeddings": fact("context_length"),
        "vocab_size": len(required(meta, "tokenizer.ggml.tokens")),
        "bos_token_id": meta.get("tokenizer.ggml.bos_token_id"),
        "eos_token_id": [required(meta, "tokenizer.ggml.eos_token_id")],
        "tie_word_embeddings": tied,
        "torch_dtype": dtype,
    }


def tensor_name(name: str) -> str:
    """MLX's name for the GGUF tensor `name`.

    Raises:
        WeightsError: A llama has no such tensor, so leaving it out would be wrong.
    """
    match name.split("."):
        case [stem, "weight"] if stem in _NAMES:
            return f"{_NAMES[stem]}.weight"
        case ["blk", number, stem, "weight"] if (
            stem in _LAYER_NAMES and number.isascii() and number.isdigit()
        ):
            return f"model.layers.{int(number)}.{_LAYER_NAMES[stem]}.weight"
        case _:
            raise WeightsError(
                "cannot convert this model",
                f"it has a tensor {one_line(repr(name), 80)} that is not known",
            )


def interleaved_heads(name: str, settings: Mapping[str, Any]) -> int:
    """How many heads of the MLX tensor `name` have interleaved rows; 0: none."""
    if name.endswith(".q_proj.weight"):
        return settings["num_attention_heads"]
    if name.endswith(".k_proj.weight"):
        return settings["num_key_value_heads"]

    return 0


def halves_apart(rows: Any, heads: int) -> Any:
    """Rows 0, 1, 2, 3, ... of each head reordered to 0, 2, ..., 1, 3, ...

    Args:
        rows: A numpy array, shape (heads x head size, anything).
        heads: How many heads lie one after the other in it.
    """
    pairs = rows.reshape(heads, rows.shape[0] // heads // 2, 2, -1)
    return pairs.swapaxes(1, 2).reshape(rows.shape)
