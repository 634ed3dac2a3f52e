"""A model's catalogue entry, read from its own files.

The files belong to whoever made the model: every number is bounded, and what is odd
means that the entry cannot be had.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mux_tui.core.catalog.model import CatalogModel
from mux_tui.core.model_server.weight_count import parameters_of
from mux_tui.core.text import one_line
from mux_tui.core.wire.documents import (
    NotJson,
    as_count,
    as_list,
    as_object,
    as_text,
    parse,
)

_CONFIG_LIMIT = 4 * 1024 * 1024
_FULL = "full_attention"
_WINDOWED = "sliding_attention"
_SOURCE = "the model's own files"

_VALUE_BYTES = {"float32": 4}
"""Bytes of a remembered number, by the type the model computes in; 2 for others."""


def shape_of(directory: Path, id: str, size: int) -> CatalogModel | None:
    """The entry of a model on disk; None: its files do not tell enough.

    Args:
        directory: Its files.
        id: What it is called.
        size: Bytes of its weights.
    """
    config = read_config(directory)
    text = as_object(config.get("text_config")) or config
    layers, heads = _count(text, "num_hidden_layers"), _kv_heads(text)
    head_dim, context = _head_dim(text), _count(text, "max_position_embeddings")
    parameters = parameters_of(directory, config)
    if not (layers and heads and head_dim and context and parameters and size):
        return None

    full, windowed = _layers(text, layers)
    return CatalogModel(
        id=one_line(id, 200),
        name=one_line(id.rpartition("/")[2], 100),
        bytes=size,
        parameters=parameters,
        active=_active(text, layers, parameters),
        layers=layers,
        kv_layers=full,
        kv_heads=heads,
        head_dim=head_dim,
        context=context,
        bits=_bits(config),
        window_layers=windowed,
        window=_count(text, "sliding_window") if windowed else 0,
        kv_width=_width(text),
        kv_value_bytes=_VALUE_BYTES.get(_dtype(config, text), 2),
        sources={"bytes": _SOURCE, "shape": _SOURCE},
        origin="files",
    )


def read_config(directory: Path) -> dict[str, Any]:
    """A model's `config.json`; empty when there is none of use."""
    path = directory / "config.json"
    try:
        if not path.is_file() or path.stat().st_size > _CONFIG_LIMIT:
            return {}
        return as_object(parse(path.read_bytes()))
    except (OSError, NotJson):
        return {}


def _count(text: Mapping[str, Any], name: str, most: int = 1 << 24) -> int:
    value = as_count(text.get(name))
    return value if value and value <= most else 0


def _kv_heads(text: Mapping[str, Any]) -> int:
    return _count(text, "num_key_value_heads", 1024) or _count(
        text, "num_attention_heads", 1024
    )


def _head_dim(text: Mapping[str, Any]) -> int:
    if told := _count(text, "head_dim", 4096):
        return told

    heads = _count(text, "num_attention_heads", 1024)
    return _count(text, "hidden_size") // heads if heads else 0


def _width(text: Mapping[str, Any]) -> int:
    """Numbers that a layer keeps of one token, where heads do not tell; 0: they do."""
    if joint := _count(text, "kv_lora_rank"):
        # One memory for all heads, and the part that knows the position.
        return joint + _count(text, "qk_rope_head_dim")

    heads = _count(text, "num_global_key_value_heads", 1024)
    return 2 * heads * (_count(text, "global_head_dim", 4096) or _head_dim(text))


def _layers(text: Mapping[str, Any], layers: int) -> tuple[int, int]:
    """How many remember everything, and how many only a window."""
    kinds = [as_text(kind) for kind in as_list(text.get("layer_types"))][:layers]
    if kinds:
        return kinds.count(_FULL), kinds.count(_WINDOWED)
    if every := _count(text, "full_attention_interval", layers):
        return layers // every, 0

    return layers, 0


def _active(text: Mapping[str, Any], layers: int, parameters: float) -> float:
    """Billions used for one token: of the experts, only those that are asked."""
    experts = _count(text, "num_experts", 4096) or _count(
        text, "num_local_experts", 4096
    )
    asked = _count(text, "num_experts_per_tok", 4096)
    width = _count(text, "moe_intermediate_size") or _count(text, "intermediate_size")
    if not experts or not 0 < asked <= experts:
        return parameters

    in_experts = layers * experts * 3 * _count(text, "hidden_size") * width / 1e9
    idle = min(in_experts, parameters) * (1 - asked / experts)
    return max(parameters - idle, parameters * asked / experts)


def _bits(config: Mapping[str, Any]) -> int:
    quantisation = as_object(
        config.get("quantization") or config.get("quantization_config")
    )
    if bits := _count(quantisation, "bits", 32):
        return bits

    return 32 if _dtype(config, config) == "float32" else 16


def _dtype(config: Mapping[str, Any], text: Mapping[str, Any]) -> str:
    for part in (text, config):
        for name in ("dtype", "torch_dtype"):
            if found := as_text(part.get(name)):
                return found

    return ""
