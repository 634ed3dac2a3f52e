"""Tensors are written one at a time, in a form the safetensors library reads."""

from pathlib import Path

import numpy as np
import pytest

from mux_tui.core.errors import WeightsError
from mux_tui.core.weights.tensor_file import Tensor, write_tensors
from tests.core.weights import tiny


def test_the_library_reads_what_was_written(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    values = {
        "b": np.arange(6, dtype=np.float32).reshape(2, 3),
        # Not contiguous: a view across another array.
        "a": np.arange(12, dtype=np.float32).reshape(3, 4)[:, ::2],
        "long name ü": np.array([1e-20, 1e30], dtype=np.float32),
    }
    tensors = [
        Tensor(name, array.shape, lambda array=array: array)
        for name, array in values.items()
    ]
    seen: list[int] = []
    write_tensors(path, tensors, "float32", seen.append)

    found = tiny.tensors_in(path)
    assert found.keys() == values.keys()
    assert all(np.array_equal(found[name], values[name]) for name in values)
    assert seen == [24, 48, 56]


def test_a_tensor_of_another_shape_is_an_error(tmp_path: Path) -> None:
    wrong = Tensor("w", (2, 2), lambda: np.zeros((4,), dtype=np.float32))

    with pytest.raises(WeightsError, match=r"w has shape \(4,\), not \(2, 2\)"):
        write_tensors(tmp_path / "m.safetensors", [wrong], "float32", lambda done: None)
