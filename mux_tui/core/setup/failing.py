"""What went wrong in a step, with the ways on that there are from there."""

from pathlib import Path

from mux_tui.core.errors import MuxError
from mux_tui.core.model_server.server_log import tail
from mux_tui.core.model_server.startup import ServerDied
from mux_tui.core.setup.choices import ModelChoice
from mux_tui.core.setup.facts import Failure
from mux_tui.core.setup.steps import Step
from mux_tui.core.setup.ways import ways_to_choose, ways_to_fetch, ways_to_serve

_LOG_LINES = 15


def failure_of(step: Step, error: MuxError, model: ModelChoice, log: Path) -> Failure:
    """The failure of a step.

    Args:
        step: Where it was.
        error: What went wrong.
        model: What was to be had, or served.
        log: Where the model server writes.
    """
    match step:
        case "download":
            return Failure(step, error, ways_to_fetch(error))
        case "serve":
            died = isinstance(error, ServerDied)
            lines = error.log_lines if died else ()
            if not died and model.kind != "server":
                lines = tail(log, _LOG_LINES)
            return Failure(step, error, ways_to_serve(model, lines), lines)
        case "hardware" | "model" | "connect" | "summary":
            return Failure(step, error, ways_to_choose())
