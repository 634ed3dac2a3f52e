"""From a model's text to a `Draft`: what it wants done to files, read and not believed.

Four forms are known: a JSON object, SEARCH/REPLACE blocks, unified diffs and whole
files. A text is read in the one form that it shows, or not at all.
"""

from mux_tui.core.workspace.answer.draft import (
    DeletedFile,
    Draft,
    EditedFile,
    FileEdit,
    Limits,
    NoDraft,
    Replacement,
    WholeFile,
)
from mux_tui.core.workspace.answer.paths import Knows
from mux_tui.core.workspace.answer.read import read_answer

__all__ = [
    "DeletedFile",
    "Draft",
    "EditedFile",
    "FileEdit",
    "Knows",
    "Limits",
    "NoDraft",
    "Replacement",
    "WholeFile",
    "read_answer",
]
