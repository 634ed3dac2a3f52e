"""What was measured of a model on this machine, remembered.

Reading is also learned from every long prompt that goes through the proxy; those count
more, for they are what people wait for. Writing is known from a measurement alone.
"""

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mux_tui.core.errors import EnvironmentProblem, ServerError
from mux_tui.core.local_model.reading_speed import known_speed
from mux_tui.core.model_server.lifecycle import ModelServer
from mux_tui.core.model_server.probe import loopback_client
from mux_tui.core.model_server.speed import Speed, measure
from mux_tui.core.paths import Paths, private_directory, write_private
from mux_tui.core.wire.documents import NotJson, as_number, as_object, parse

_KEPT = 32
_NAME_LIMIT = 500
_FILE_LIMIT = 256 * 1024
_FASTEST = 1_000_000.0
_SECONDS = 120.0


@dataclass(frozen=True)
class Measured:
    """Tokens a second, as seen here; None: not measured yet."""

    reading: float | None = None
    writing: float | None = None


NOT_MEASURED = Measured()


def measured(paths: Paths, name: str) -> Measured:
    """What is known of the model whose directory has this name."""
    own = _read(_file(paths)).get(name[:_NAME_LIMIT], {})
    reading = known_speed(paths, name) or _rate(own.get("reading"))
    return Measured(reading, _rate(own.get("writing")))


async def measure_now(server: ModelServer, paths: Paths) -> tuple[str, Speed]:
    """Measure the model that the server has, with one small request.

    Returns:
        The name of the model's directory, and its speeds.

    Raises:
        ServerError: No server of mux's runs, or it did not answer in time.
    """
    running = await server.adopt()
    if running is None:
        raise ServerError(
            "nothing to measure", "the model server does not run", "Start it first"
        )

    async with loopback_client() as client:
        speed = await measure(client, running.base_url, running.model_id, _SECONDS)
    if speed is None:
        raise ServerError(
            "not measured",
            f"the model server gave no whole answer within {_SECONDS:g} seconds",
            "See: mux server logs",
        )

    name = Path(running.model).name
    remember(paths, name, speed)
    return name, speed


def remember(paths: Paths, name: str, speed: Speed) -> None:
    """Note a measurement; a file that cannot be written is passed over."""
    rates = _read(_file(paths))
    new = {"reading": speed.reading, "writing": speed.writing}
    good = {key: round(rate, 2) for key, rate in new.items() if _rate(rate) and rate}
    old = rates.pop(name[:_NAME_LIMIT], {})
    # The newest last, so that the ones not measured for longest go first.
    kept = dict([*rates.items(), (name[:_NAME_LIMIT], old | good)][-_KEPT:])
    try:
        private_directory(paths.state_dir)
        write_private(_file(paths), json.dumps({"models": kept}))
    except (OSError, EnvironmentProblem):
        return


def _file(paths: Paths) -> Path:
    return paths.state_dir / "measured.json"


def _read(path: Path) -> dict[str, dict[str, Any]]:
    try:
        if not path.is_file() or path.stat().st_size > _FILE_LIMIT:
            return {}
        models = as_object(as_object(parse(path.read_bytes())).get("models"))
    except (OSError, NotJson):
        return {}

    return {name: as_object(entry) for name, entry in models.items()}


def _rate(raw: object) -> float | None:
    rate = as_number(raw)
    good = rate is not None and math.isfinite(rate) and 0 < rate <= _FASTEST
    return rate if good else None
