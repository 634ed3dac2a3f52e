"""Changes of files, as facts: what a draft would do to a work directory.

Contents are bytes, for files are not always text; paths are relative to the work
directory, with `/` between their parts.
"""

import hashlib
from dataclasses import dataclass
from typing import Literal

ChangeKind = Literal["add", "modify", "delete"]


def digest(content: bytes | None) -> str:
    """The SHA-256 of a file's content in hexadecimal; empty: there is no file."""
    return hashlib.sha256(content).hexdigest() if content is not None else ""


@dataclass(frozen=True)
class FileChange:
    """What happens to one file."""

    path: str
    before: bytes | None
    """Its content when the draft was made; None: there was no such file."""

    after: bytes | None
    """Its content then; None: it is deleted."""

    executable: bool = False
    """Whether it may be executed afterwards; others of its permissions stay."""

    confidence: float = 1.0
    """How surely the draft's edits were placed, 0 to 1: of the least sure one."""

    note: str = ""
    """What is to be known of it, such as that an edit was placed by likeness."""

    @property
    def kind(self) -> ChangeKind:
        """What it is."""
        if self.before is None:
            return "add"

        return "delete" if self.after is None else "modify"


@dataclass(frozen=True)
class Refusal:
    """A path that may not be changed, or an edit that cannot be placed."""

    path: str
    """As the draft wrote it; foreign text."""

    why: str
    """One clause: `leaves the work directory`."""


@dataclass(frozen=True)
class ChangeSet:
    """All that one draft would do. With a refusal in it, none of it is done."""

    changes: tuple[FileChange, ...] = ()
    refused: tuple[Refusal, ...] = ()
    summary: str = ""
    """The draft's own words on it; foreign text."""

    commands: tuple[str, ...] = ()
    """Commands that the draft proposes: shown, and never run."""

    notes: tuple[str, ...] = ()
    """What is to be known of how the draft was read."""
