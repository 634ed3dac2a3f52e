"""The parent's side of the child: start it, give it its order, heed what it tells."""

import json
from collections.abc import Callable, Mapping
from contextlib import aclosing
from pathlib import Path
from typing import Any, assert_never

from mux_tui.core.config.environment import Environment
from mux_tui.core.errors import WeightsError
from mux_tui.core.process.run import Exit, Line, ProcessStartError, stream
from mux_tui.core.text import one_line
from mux_tui.core.weights.hub.fault import HubError, fault_named

_MODULE = "mux_tui.core.weights.hub.child"
_SILENT_SECONDS = 900.0
"""The child has time-outs of its own, the library's; this is for what they miss."""

_OUTPUT_CAP = 64 * 1024 * 1024
_OWN = {
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_UPDATE_CHECK": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
}


async def ask_child(
    id: str,
    order: Mapping[str, Any],
    environment: Environment,
    heed: Callable[[dict[str, Any]], None],
) -> None:
    """Have the child carry out an order; cancelling ends it at once.

    Args:
        id: The model that it is about.
        order: What the child reads.
        environment: The user's variables, which the library obeys.
        heed: Gets every line that is not a fault.

    Raises:
        HubError: The order could not be carried out.
    """
    told: dict[str, Any] = {}
    events = stream(
        # Isolated from the work directory, whose modules are nobody's business.
        [environment.python, "-P", "-m", _MODULE],
        cwd=Path(),
        env={**environment.variables, **_OWN},
        stdin=json.dumps(order).encode(),
        stall_limit=_SILENT_SECONDS,
        output_cap=_OUTPUT_CAP,
    )
    try:
        async with aclosing(events):
            async for event in events:
                match event:
                    case Line(stream="out"):
                        told = _read(event.text, heed) or told
                    case Line():
                        pass
                    case Exit():
                        _check(id, event, told)
                    case _:
                        assert_never(event)
    except ProcessStartError as error:
        raise WeightsError(error.what, error.why, error.next_step) from error


def _read(line: str, heed: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """Pass a line on; return it instead when it tells of a fault."""
    try:
        facts: Any = json.loads(line)
    except ValueError:
        return {}
    if not isinstance(facts, dict):
        return {}
    if "fault" in facts:
        return facts  # pyright: ignore[reportUnknownVariableType]

    heed(facts)  # pyright: ignore[reportUnknownArgumentType]
    return {}


def _check(id: str, end: Exit, told: Mapping[str, Any]) -> None:
    if end.code == 0:
        return
    if told:
        hub = str(told.get("hub", ""))
        fault = fault_named(str(told["fault"]))
        raise HubError(fault, id, str(told.get("detail", "")), hub, f"{hub}/{id}")
    if end.stopped:
        raise HubError("stalled", id)
    if end.signal is not None:
        raise HubError("failed", id, f"it was ended by signal {end.signal}")

    last = [line for line in end.stderr_tail.splitlines() if line.strip()][-1:]
    said = one_line(" ".join(last)) or f"exit status {end.code}"
    raise HubError("failed", id, said)
