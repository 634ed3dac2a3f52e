"""The word a server leaves when it ends on purpose.

Without it, a server that is gone has crashed.
"""

import json
import os
from pathlib import Path
from typing import Literal, get_args

from mux_tui.core.paths import PRIVATE_FILE
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
    beside = mark.with_name(f".{mark.name}.{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE_FILE)
    with open(descriptor, "w", encoding="utf-8") as file:
        json.dump({"instance": instance, "reason": reason}, file)
    os.replace(beside, mark)
