"""What came of one attempt at file work, as facts without the files' contents.

All of it may be kept, shown and written as JSON; the contents themselves travel in a
`ChangeSet`.
"""

from dataclasses import dataclass, replace

from mux_tui.core.change import ChangeKind, Refusal


@dataclass(frozen=True)
class Seen:
    """A file of the project that the local model was shown."""

    path: str
    tokens: int
    whole: bool
    why: str
    """One clause: `is named in the task`."""


@dataclass(frozen=True)
class Material:
    """What the local model was shown of the project."""

    files: tuple[Seen, ...] = ()
    left_out: tuple[Refusal, ...] = ()
    """Files that it was to be shown and was not."""

    mapped: int = 0
    """Files that it was told the names of."""

    tokens: int = 0
    budget: int = 0
    """Most tokens there could be."""


@dataclass(frozen=True)
class FileStat:
    """What happens to one file, in numbers."""

    path: str
    kind: ChangeKind
    added: int
    """Lines."""

    removed: int
    """Lines."""

    hunks: int
    """How many parts of it can be kept or skipped; at least 1."""

    before: str
    """SHA-256 of its content before, in hexadecimal; empty: there was no file."""

    after: str
    """The same of its content then; empty: it is deleted."""

    executable: bool = False
    confidence: float = 1.0
    """How surely its edits were placed, 0 to 1."""

    note: str = ""
    kept: int | None = None
    """How many of the parts were written; None: nothing was decided."""


@dataclass(frozen=True)
class Work:
    """What one attempt would do to the files, and what it may not."""

    files: tuple[FileStat, ...] = ()
    patch: str = ""
    """All of it as one unified diff, as `git apply` takes it; foreign text."""

    refused: tuple[Refusal, ...] = ()
    """With one refusal, none of it is done."""

    unusable: str = ""
    """Why the answer cannot be used as changes, one sentence; empty: it can."""

    summary: str = ""
    """The model's own words on it; foreign text."""

    commands: tuple[str, ...] = ()
    """Commands that the model proposes: shown, and never run."""

    notes: tuple[str, ...] = ()
    left_behind: tuple[str, ...] = ()
    """Files that were made in the copy and stay out of the project, with the reason."""

    @property
    def added(self) -> int:
        """Lines that are added."""
        return sum(file.added for file in self.files)

    @property
    def removed(self) -> int:
        """Lines that are removed."""
        return sum(file.removed for file in self.files)

    @property
    def paths(self) -> tuple[str, ...]:
        """The files that are changed."""
        return tuple(file.path for file in self.files)

    def without_patch(self) -> "Work":
        """The same, for where the patch would be said twice."""
        return replace(self, patch="")


@dataclass(frozen=True)
class Finding:
    """One thing that a review holds against changes."""

    text: str
    """Foreign text."""

    path: str = ""
    """Which file it is about; empty: it does not say."""

    line: int | None = None
    fixed: bool | None = None
    """None: nobody has tried; else whether the change for it was taken over."""

    note: str = ""
    """What came of trying."""
