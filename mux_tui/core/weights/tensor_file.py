"""Writing tensors to disk one at a time, in the safetensors format.

The format is a length, a JSON header that names each tensor's place, and the bytes.
All places follow from the shapes, so no more than one tensor is ever in memory; the
library's own writer would hold all of them twice.
"""

import json
import math
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from mux_tui.core.errors import WeightsError

Dtype = Literal["float32", "float16"]
"""What weights are written as."""

BYTES_PER_VALUE: dict[Dtype, int] = {"float32": 4, "float16": 2}

_CODES: dict[Dtype, tuple[str, str]] = {
    "float32": ("F32", "<f4"),
    "float16": ("F16", "<f2"),
}


@dataclass(frozen=True)
class Tensor:
    """A tensor that is read when it is its turn to be written."""

    name: str
    shape: tuple[int, ...]
    """Outermost dimension first."""

    read: Callable[[], Any]
    """Gives the values: a numpy array of `shape`."""


def total_bytes(tensors: Sequence[Tensor], dtype: Dtype) -> int:
    """How many bytes the values of all tensors take."""
    return sum(math.prod(tensor.shape) for tensor in tensors) * BYTES_PER_VALUE[dtype]


def write_tensors(
    path: Path, tensors: Sequence[Tensor], dtype: Dtype, report: Callable[[int], None]
) -> None:
    """Write `path` and the index beside it, and have them on the disk.

    Args:
        path: The file to make, ending in `.safetensors`.
        tensors: What to write, in this order.
        dtype: What the values are written as.
        report: Called with the bytes of values written so far.

    Raises:
        WeightsError: A tensor does not have the shape it said.
        OSError: The disk is full, or the file cannot be written.
    """
    import numpy as np

    done = 0
    with path.open("wb") as file:
        file.write(_header(tensors, dtype))
        for tensor in tensors:
            values = tensor.read()
            if values.shape != tensor.shape:
                raise WeightsError(
                    "cannot convert this model",
                    f"{tensor.name} has shape {values.shape}, not {tensor.shape}",
                )
            done += file.write(np.ascontiguousarray(values, _CODES[dtype][1]).data)
            report(done)
        file.flush()
        os.fsync(file.fileno())
    weight_map = {tensor.name: path.name for tensor in tensors}
    index = {"metadata": {"total_size": done}, "weight_map": weight_map}
    path.with_name(f"{path.name}.index.json").write_text(json.dumps(index, indent=1))


def _header(tensors: Sequence[Tensor], dtype: Dtype) -> bytes:
    entries: dict[str, Any] = {"__metadata__": {"format": "mlx"}}
    start = 0
    for tensor in tensors:
        end = start + total_bytes([tensor], dtype)
        entries[tensor.name] = {
            "dtype": _CODES[dtype][0],
            "shape": tensor.shape,
            "data_offsets": [start, end],
        }
        start = end
    text = json.dumps(entries).encode()
    # The values start at a multiple of eight, as readers that map the file ask.
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text
