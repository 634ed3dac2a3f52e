"""A llama of two layers, as the GGUF in a wheel that the real one comes in."""

import hashlib
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import safetensors
from gguf import GGMLQuantizationType, GGUFWriter, quants
from numpy.typing import NDArray
from tokenizers.pre_tokenizers import ByteLevel

from mux_tui.core.weights.starter import Starter
from mux_tui.core.weights.wheel import Wheel

Floats = NDArray[np.float32]

HIDDEN, FEED_FORWARD, HEADS, KV_HEADS, LAYERS = 64, 96, 4, 2, 2
CONTROL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
MERGES = ["h e", "t he", "Ġ the"]
TOKENS = [*CONTROL, *sorted(ByteLevel.alphabet()), "he", "the", "Ġthe"]
TEMPLATE = "{% for message in messages %}{{ message['content'] }}{% endfor %}"

_LAYER = {
    "attn_norm.weight": (HIDDEN,),
    "attn_q.weight": (HIDDEN, HIDDEN),
    "attn_k.weight": (HIDDEN // HEADS * KV_HEADS, HIDDEN),
    "attn_v.weight": (HIDDEN // HEADS * KV_HEADS, HIDDEN),
    "attn_output.weight": (HIDDEN, HIDDEN),
    "ffn_norm.weight": (HIDDEN,),
    "ffn_gate.weight": (FEED_FORWARD, HIDDEN),
    "ffn_up.weight": (FEED_FORWARD, HIDDEN),
    "ffn_down.weight": (HIDDEN, FEED_FORWARD),
}
SHAPES: dict[str, tuple[int, ...]] = {
    "token_embd.weight": (len(TOKENS), HIDDEN),
    "output_norm.weight": (HIDDEN,),
    **{
        f"blk.{layer}.{name}": shape
        for layer in range(LAYERS)
        for name, shape in _LAYER.items()
    },
}


def weights() -> dict[str, Floats]:
    """Random weights in the order MLX has them, under GGUF's names."""
    random = np.random.default_rng(7)
    return {
        name: random.standard_normal(shape, dtype=np.float32)
        for name, shape in SHAPES.items()
    }


def interleaved(rows: Floats, heads: int) -> Floats:
    """What llama.cpp's own converter does to the rows of queries and keys."""
    halves = rows.reshape(heads, 2, rows.shape[0] // heads // 2, rows.shape[1])
    return halves.swapaxes(1, 2).reshape(rows.shape)


def kind_of(name: str) -> GGMLQuantizationType:
    """As in the real file: matrices Q4_1, the embedding Q8_0, norms as they are."""
    if name == "token_embd.weight":
        return GGMLQuantizationType.Q8_0
    if "norm" in name:
        return GGMLQuantizationType.F32

    return GGMLQuantizationType.Q4_1


def write_gguf(path: Path, change: Callable[[GGUFWriter], None] | None = None) -> None:
    """Write the tiny llama; `change` may add or replace keys before it is written."""
    writer: Any = GGUFWriter(path, "llama")
    writer.add_name("Tiny")
    writer.add_license("apache-2.0")
    writer.add_block_count(LAYERS)
    writer.add_context_length(128)
    writer.add_embedding_length(HIDDEN)
    writer.add_feed_forward_length(FEED_FORWARD)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KV_HEADS)
    writer.add_rope_freq_base(100_000.0)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(TOKENS)
    writer.add_token_types([3] * 3 + [1] * (len(TOKENS) - 3))
    writer.add_token_merges(MERGES)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_pad_token_id(2)
    writer.add_chat_template(TEMPLATE)
    for name, values in weights().items():
        heads = {"attn_q.weight": HEADS, "attn_k.weight": KV_HEADS}
        if count := heads.get(name.split(".", 2)[-1], 0):
            values = interleaved(values, count)
        kind = kind_of(name)
        writer.add_tensor(name, quants.quantize(values, kind), raw_dtype=kind)
    if change:
        change(writer)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def write_wheel(path: Path, gguf: Path) -> None:
    """Pack a GGUF into a wheel that pip accepts."""
    info = "tiny_starter-1.0.dist-info"
    tags = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(gguf, "tiny_starter/tiny.gguf")
        archive.writestr(
            f"{info}/METADATA",
            "Metadata-Version: 2.1\nName: tiny-starter\nVersion: 1.0\n",
        )
        archive.writestr(f"{info}/WHEEL", tags)
        archive.writestr(f"{info}/LICENSE", "Do as you like.\n")
        archive.writestr(f"{info}/RECORD", "")


@dataclass(frozen=True)
class TinyIndex:
    """A directory that pip takes for an index, and the starter in it."""

    directory: Path
    starter: Starter

    @property
    def wheel(self) -> Path:
        """The file in the index."""
        return self.directory / self.starter.wheel.file_name


def make_index(directory: Path) -> TinyIndex:
    """Make the tiny model, its wheel, and the facts mux would pin about them."""
    gguf = directory / "tiny.gguf"
    write_gguf(gguf)
    wheel = directory / "tiny_starter-1.0-py3-none-any.whl"
    write_wheel(wheel, gguf)
    starter = Starter(
        id="tiny",
        wheel=Wheel("tiny-starter", "1.0", wheel.name, digest(wheel), size_of(wheel)),
        gguf_sha256=digest(gguf),
        gguf_bytes=size_of(gguf),
        parameters=sum(values.size for values in weights().values()),
        other_bytes=100_000,
        licence="Apache-2.0",
        honest_word="Tiny. It knows nothing.",
    )
    return TinyIndex(directory, starter)


def digest(path: Path) -> str:
    """The SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def size_of(path: Path) -> int:
    """The bytes of a file."""
    return path.stat().st_size


def tensors_in(path: Path) -> dict[str, Floats]:
    """What the safetensors library reads out of a file."""
    opened: Any = safetensors.safe_open
    with opened(path, "numpy") as file:
        return {name: file.get_tensor(name) for name in file.keys()}
