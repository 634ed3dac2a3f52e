"""What the libraries and the core log, as lines on stderr.

Only commands that serve use it: what goes wrong in them has no command line to end.
"""

import logging
import traceback
from pathlib import PurePath

from mux_tui.cli.diagnostics import Diagnostics
from mux_tui.core.redact import redact
from mux_tui.core.text import one_line

_LINE = 400


class _Lines(logging.Handler):
    def __init__(self, diagnostics: Diagnostics) -> None:
        super().__init__(logging.WARNING)
        self._diagnostics = diagnostics

    def emit(self, record: logging.LogRecord) -> None:
        text = f"{record.getMessage()}{_cause(record)}"
        self._diagnostics.warn(one_line(redact(text), _LINE))


def narrate_log(diagnostics: Diagnostics) -> None:
    """From now on, say warnings and errors in one line each, without tracebacks."""
    logging.basicConfig(handlers=[_Lines(diagnostics)], force=True)


def _cause(record: logging.LogRecord) -> str:
    error = record.exc_info[1] if record.exc_info else None
    if error is None:
        return ""
    frames = traceback.extract_tb(error.__traceback__)
    places = [f" at {PurePath(one.filename).name}:{one.lineno}" for one in frames[-1:]]
    return f": {type(error).__name__}: {error}{''.join(places)}"
