"""How many parameters a model has, counted in the headers of its weight files.

Quantised weights are packed: there the scales tell, one for each group of weights. The
headers are foreign: their numbers are bounded, and what is odd counts as not told.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mux_tui.core.wire.documents import (
    NotJson,
    as_count,
    as_list,
    as_object,
    as_text,
    parse,
)

_HEADER_LIMIT = 16 * 1024 * 1024
_INDEX_LIMIT = 64 * 1024 * 1024
_MOST_FILES = 300
_MOST_PARAMETERS = 10**13
_DEFAULT_GROUP = 64

_Header = dict[str, Any]


def parameters_of(directory: Path, config: dict[str, Any]) -> float | None:
    """Parameters in billions, all of them; None: the files do not tell.

    Args:
        directory: The model's files.
        config: Its `config.json`, which says how the weights are packed.
    """
    count = _told(directory) or _counted(directory, config)
    return count / 1e9 if 0 < count <= _MOST_PARAMETERS else None


def _told(directory: Path) -> int:
    """What the converter wrote down; 0: nothing."""
    path = directory / "model.safetensors.index.json"
    try:
        if not path.is_file() or path.stat().st_size > _INDEX_LIMIT:
            return 0
        metadata = as_object(as_object(parse(path.read_bytes())).get("metadata"))
    except (OSError, ValueError):
        return 0

    return as_count(metadata.get("total_parameters")) or 0


def _counted(directory: Path, config: dict[str, Any]) -> int:
    try:
        files = sorted(directory.glob("*.safetensors"))[:_MOST_FILES]
    except (OSError, ValueError):
        return 0

    groups = as_object(config.get("quantization") or config.get("quantization_config"))
    return sum(_in_file(_header(path), groups) for path in files)


def _in_file(header: _Header, groups: dict[str, Any]) -> int:
    return sum(_in_tensor(name, header, groups) for name in header)


def _in_tensor(name: str, header: _Header, groups: dict[str, Any]) -> int:
    tensor = as_object(header[name])
    stem, _, part = name.rpartition(".")
    if part in ("scales", "biases") and f"{stem}.weight" in header:
        return 0

    scales = header.get(f"{stem}.scales") if part == "weight" else None
    if scales is not None and as_text(tensor.get("dtype")) == "U32":
        own = as_object(groups.get(stem))
        size = as_count(own.get("group_size")) or as_count(groups.get("group_size"))
        return _elements(as_object(scales)) * min(size or _DEFAULT_GROUP, 4096)

    return _elements(tensor)


def _elements(tensor: dict[str, Any]) -> int:
    total = 1
    shape = as_list(tensor.get("shape"))
    for length in _lengths(shape[:8]):
        total *= length
        if total > _MOST_PARAMETERS:
            return 0

    return total if shape else 0


def _lengths(shape: list[Any]) -> Iterator[int]:
    for item in shape:
        yield as_count(item) or 0


def _header(path: Path) -> _Header:
    """The JSON in front of the tensors; empty when it is not what it should be."""
    try:
        if not path.is_file():
            return {}
        with path.open("rb") as file:
            size = int.from_bytes(file.read(8), "little")
            data = file.read(size) if 0 < size <= _HEADER_LIMIT else b""
        header = as_object(parse(data))
    except (OSError, NotJson):
        return {}

    return {name: item for name, item in header.items() if name != "__metadata__"}
