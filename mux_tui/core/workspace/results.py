"""What became of changes that were to be made to a work directory."""

from dataclasses import dataclass
from pathlib import Path

from mux_tui.core.change import Refusal


@dataclass(frozen=True)
class Applied:
    """All of it was done."""

    run_id: str
    root: Path
    """The work directory, without links."""

    paths: tuple[str, ...]
    """The files that were written or deleted."""

    notes: tuple[str, ...] = ()
    """What is to be known of it, such as that a file's owner could not be kept."""


@dataclass(frozen=True)
class Stale:
    """None of it was done: these files are not what they were."""

    paths: tuple[str, ...]


@dataclass(frozen=True)
class Refused:
    """None of it was done: these paths may not, or cannot, be written."""

    refused: tuple[Refusal, ...]


Result = Applied | Stale | Refused
