"""The word a server leaves when it ends on purpose.

Without it, a server that is gone has crashed.
"""

import json
from pathlib import Path
from typing import Literal, get_args

from mux_tui.core.paths import write_private
from mux_tui.core.wire.documents import NotJson, as_object, parse

ExitReason = Literal["idle", "terminated", "stopped"]
"""`idle`: by itself, for want of requests. `terminated`: somebody sent it a SIGTERM.
`stopped`: by mux."""


def exit_mark(record: Path) -> Path:
    """Where the server recorded at `record` leaves its word."""
    return record.with_suffix(".exit")


def read_exit(mark: Path, instance: str) -> ExitReason | None:
    """Why this server ended; None when it left no word."""
    try:
        found = as_object(parse(mark.read_bytes()))
    except (OSError, NotJson):
        return None

    if found.get("instance") != instance:
        return None
    return next((r for r in get_args(ExitReason) if r == found.get("reason")), None)


def write_exit(mark: Path, instance: str, reason: ExitReason) -> None:
    """Leave the word for a server that is about to be ended.

    Raises:
        OSError: It cannot be written.
    """
    write_private(mark, json.dumps({"instance": instance, "reason": reason}))
