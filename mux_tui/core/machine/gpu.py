"""GPU use and power of a Mac, while the program `macmon` is watched.

One child for as long as somebody looks, not one each second.
"""

import shutil
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from pathlib import Path

from mux_tui.core.hardware.macmon import COMMAND, GpuSample, read_line
from mux_tui.core.process.run import Line, ProcessStartError, stream


def has_macmon(variables: Mapping[str, str]) -> bool:
    """Whether the program is installed."""
    return shutil.which(COMMAND[0], path=variables.get("PATH", "")) is not None


async def watch_gpu(variables: Mapping[str, str]) -> AsyncGenerator[GpuSample, None]:
    """What it tells, about once a second, until it ends or the reader stops.

    Args:
        variables: The whole environment of the program.
    """
    events = stream(COMMAND, cwd=Path("/"), env=variables, output_cap=1 << 40)
    try:
        async with aclosing(events):
            async for event in events:
                if isinstance(event, Line) and event.stream == "out":
                    sample = read_line(event.text)
                    if sample is not None:
                        yield sample
    except ProcessStartError:
        return
