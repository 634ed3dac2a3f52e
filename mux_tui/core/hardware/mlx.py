"""What MLX says of the device it computes on.

It is asked in a child process: importing it here would cost a second and load its
libraries for good.
"""

import json
from dataclasses import dataclass
from typing import Any, cast

from mux_tui.core.hardware.facts import Fact, unknown
from mux_tui.core.hardware.probe import Answer, safe

SOURCE = "mlx.core.device_info()"

_SCRIPT = """
import json, mlx.core as mx
print(json.dumps({
    "version": mx.__version__,
    "device": str(mx.default_device()),
    "info": mx.device_info(),
}, default=str))
"""


@dataclass(frozen=True)
class MlxFacts:
    """MLX's own view."""

    version: Fact[str]
    working_set: Fact[int]
    gpu: bool
    """Whether it computes on a GPU."""


def command(python: str) -> tuple[str, ...]:
    """What to run; `python` is the interpreter that has MLX."""
    return (python, "-c", _SCRIPT)


def read(answer: Answer) -> MlxFacts:
    """Understand what the child printed."""
    document = _document(answer.text)
    version = safe(str(document.get("version", "")), 40)
    if not version:
        why = answer.why or "MLX is not installed, or does not start"
        return MlxFacts(unknown(why, SOURCE), unknown(why, SOURCE), False)

    gpu = "gpu" in str(document.get("device", ""))
    shown = f"{version}, on the {'GPU' if gpu else 'processor'}"
    return MlxFacts(Fact(shown, SOURCE), _working_set(document, gpu), gpu)


def _working_set(document: dict[str, Any], gpu: bool) -> Fact[int]:
    info = document.get("info")
    told = cast("dict[str, Any]", info) if isinstance(info, dict) else {}
    size = told.get("max_recommended_working_set_size")
    if type(size) is int and 0 < size < 1 << 50:
        return Fact(size, SOURCE)

    why = "MLX does not tell it" if gpu else "MLX computes on the processor here"
    return unknown(why, SOURCE)


def _document(text: str) -> dict[str, Any]:
    try:
        # A warning may stand before the document.
        found: Any = json.loads(text.strip().rpartition("\n")[2])
    except (ValueError, RecursionError):
        return {}

    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}
