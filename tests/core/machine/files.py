"""Models on disk, small as a test wants them."""

import json
import struct
from pathlib import Path
from typing import Any

DENSE: dict[str, Any] = {
    "model_type": "qwen2",
    "hidden_size": 3584,
    "num_hidden_layers": 28,
    "num_attention_heads": 28,
    "num_key_value_heads": 4,
    "max_position_embeddings": 32_768,
    "torch_dtype": "bfloat16",
    "quantization": {"bits": 4, "group_size": 64},
}


def write_model(
    folder: Path, config: dict[str, Any] | None = None, billions: float = 1.0
) -> Path:
    """A directory with a configuration, and weights that are only a header."""
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps(DENSE if config is None else config))
    header = json.dumps({"w": {"dtype": "BF16", "shape": [round(billions * 1e9)]}})
    data = struct.pack("<Q", len(header)) + header.encode()
    (folder / "model.safetensors").write_bytes(data)
    return folder


def write_cached(cache: Path, repository: str, revision: str = "abc123") -> Path:
    """The same in the layout of the Hugging Face cache, with links to blobs."""
    top = cache / f"models--{repository.replace('/', '--')}"
    snapshot = write_model(top / "snapshots" / revision)
    weights = snapshot / "model.safetensors"
    blob = top / "blobs" / "feed"
    blob.parent.mkdir()
    weights.rename(blob)
    weights.symlink_to(blob)
    (top / "refs").mkdir()
    (top / "refs" / "main").write_text(revision)
    return snapshot
