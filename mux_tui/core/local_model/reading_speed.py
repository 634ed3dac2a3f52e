"""How fast each model reads on this machine, remembered from what it has read.

A small file, one entry a model. Only prompts that the server read whole and that were
long enough to be timed count; the median of the last few does not follow one slow
moment. What is wrong with the file only means that nothing is known.
"""

import json
import math
import os
import statistics
from contextlib import suppress
from pathlib import Path

from mux_tui.core.errors import EnvironmentProblem
from mux_tui.core.paths import PRIVATE_FILE, Paths, private_directory
from mux_tui.core.wire.documents import NotJson, as_list, as_number, as_object, parse

LEAST_TOKENS = 200
"""Shorter prompts are over before they can be timed."""

SAMPLES_KEPT = 7
MODELS_KEPT = 32
_FILE_LIMIT = 256 * 1024
_NAME_LIMIT = 500
_FASTEST = 1_000_000.0

_Rates = dict[str, list[float]]


def remember_speed(paths: Paths, model_id: str, tokens: int, seconds: float) -> None:
    """Note that a model has read so many tokens, none of them cached, in that time.

    Short prompts, odd times and files that cannot be written are passed over.

    Args:
        paths: Where the file is kept.
        model_id: What `known_speed` will be asked for.
        tokens: Of the prompt, without those the server had cached.
        seconds: From the start of the reading to the first token.
    """
    # A time such as 1e-320 makes the rate infinite.
    if tokens < LEAST_TOKENS or not math.isfinite(seconds) or seconds <= 0:
        return
    rate = tokens / seconds
    if not 0 < rate <= _FASTEST:
        return

    rates = _read(_file(paths))
    name = model_id[:_NAME_LIMIT]
    samples = [*rates.pop(name, []), round(rate, 2)][-SAMPLES_KEPT:]
    # The newest last, so that the ones not used for longest go first.
    kept = dict([*rates.items(), (name, samples)][-MODELS_KEPT:])
    _write(_file(paths), kept)


def known_speed(paths: Paths, model_id: str) -> float | None:
    """Tokens a second that the model reads; None: not measured yet."""
    samples = _read(_file(paths)).get(model_id[:_NAME_LIMIT])
    return statistics.median(samples) if samples else None


def _file(paths: Paths) -> Path:
    return paths.state_dir / "speed.json"


def _read(path: Path) -> _Rates:
    try:
        if not path.is_file() or path.stat().st_size > _FILE_LIMIT:
            return {}
        models = as_object(as_object(parse(path.read_bytes())).get("models"))
    except (OSError, NotJson):
        return {}

    rates = {name: _usable(as_list(found)) for name, found in models.items()}
    return {name: found for name, found in rates.items() if found}


def _usable(samples: list[object]) -> list[float]:
    numbers = (as_number(sample) for sample in samples[-SAMPLES_KEPT:])
    return [n for n in numbers if n is not None and 0 < n <= _FASTEST]


def _write(path: Path, rates: _Rates) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
    try:
        private_directory(path.parent)
        with open(os.open(beside, flags, PRIVATE_FILE), "w", encoding="utf-8") as file:
            json.dump({"models": rates}, file)
        os.replace(beside, path)
    except (OSError, EnvironmentProblem):
        with suppress(OSError):
            beside.unlink()
