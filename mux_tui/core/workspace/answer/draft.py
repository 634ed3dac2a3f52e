"""What a model's answer asks for, as facts.

Paths are as the model wrote them, unchecked; texts use `\\n` or `\\r\\n` as it did.
"""

from dataclasses import dataclass
from typing import Literal

AnswerForm = Literal["json", "blocks", "diff", "files"]
FinalNewline = Literal["keep", "add", "drop"]


class NoDraft(ValueError):
    """A text that cannot be read as changes of files.

    `why` is one sentence about the answer, without a final full stop; it can be quoted
    to the model that wrote it.
    """

    def __init__(self, why: str) -> None:
        """Say why."""
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Limits:
    """How much one draft may be."""

    answer_chars: int = 16 * 1024 * 1024
    """The whole answer, in characters."""

    files: int = 200
    file_bytes: int = 8 * 1024 * 1024
    """One file's content after the change."""

    total_bytes: int = 32 * 1024 * 1024
    """All the files' contents after the change."""

    edits: int = 1000
    """Replacements in all the files."""

    commands: int = 50


@dataclass(frozen=True)
class Replacement:
    """One text of a file that becomes another."""

    search: str
    replace: str
    within_line: bool = False
    """True: the text may begin and end inside of a line."""

    line: int | None = None
    """Where the draft says it begins, counted from 1 in the file before any edit."""

    final_newline: FinalNewline = "keep"
    """For a text at the file's end: what becomes of the newline there."""


@dataclass(frozen=True)
class WholeFile:
    """A file's whole content."""

    path: str
    content: str
    new: bool = False
    """The draft says that there is no such file yet."""

    executable: bool | None = None
    """None: as it is."""


@dataclass(frozen=True)
class EditedFile:
    """Replacements in a file, in order."""

    path: str
    replacements: tuple[Replacement, ...]
    executable: bool | None = None
    """None: as it is."""


@dataclass(frozen=True)
class DeletedFile:
    """A file that is to go."""

    path: str


FileEdit = WholeFile | EditedFile | DeletedFile


@dataclass(frozen=True)
class Draft:
    """All that one answer asks for. Two equal drafts ask for the same."""

    form: AnswerForm
    edits: tuple[FileEdit, ...]
    summary: str = ""
    """The answer's own words; foreign text."""

    commands: tuple[str, ...] = ()
    """Commands that it proposes: to be shown, and never run."""

    notes: tuple[str, ...] = ()
    """What is to be known of the reading, such as that its JSON was mended."""
