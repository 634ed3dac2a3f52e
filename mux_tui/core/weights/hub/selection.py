"""Which files of a repository make a model that mlx_lm loads; values in, values out.

Weights as safetensors, and the texts that describe them. Never programs, and no format
that can hold one: no Python, no pickles.
"""

import re
from collections.abc import Collection
from fnmatch import fnmatchcase

_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]{0,199}")
_WANTED = (
    "model*.safetensors",
    "*.json",
    "*.jsonl",
    "*.jinja",
    "*.txt",
    "*.tiktoken",
    "tokenizer.model",
)
_WEIGHTS = "model*.safetensors"
_OWN = "installed.json"
"""The name of mux's own marker; a repository's file of that name is left out."""

_OTHER_FORMATS = (
    (("*.gguf",), "GGUF files: Ollama or llama-server load those"),
    (("*.bin", "*.pt", "*.pth"), "pickled PyTorch weights, which mux does not load"),
    (("*.safetensors",), "safetensors that are no whole model, such as adapters"),
    (("*.onnx", "*.h5", "*.msgpack", "*.tflite"), "weights for other programs"),
)


def wanted(name: str) -> bool:
    """Whether a model needs the file; never one in a folder, or of an odd name."""
    if not _PLAIN.fullmatch(name) or name == _OWN:
        return False

    return any(fnmatchcase(name, pattern) for pattern in _WANTED)


def lacking(names: Collection[str]) -> str:
    """What a repository with these files lacks to be a model; empty: nothing."""
    if not any(fnmatchcase(name, _WEIGHTS) for name in names):
        return f"it holds no model*.safetensors, but {_instead(names)}"

    return "" if "config.json" in names else "it holds no config.json"


def _instead(names: Collection[str]) -> str:
    for patterns, words in _OTHER_FORMATS:
        if any(fnmatchcase(name, pattern) for name in names for pattern in patterns):
            return words

    return "no other weights either" if names else "no files at all"
