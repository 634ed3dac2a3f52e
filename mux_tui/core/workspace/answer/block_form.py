"""The form of SEARCH/REPLACE blocks."""

from collections.abc import Iterable

from mux_tui.core.workspace.answer.draft import (
    EditedFile,
    FileEdit,
    NoDraft,
    Replacement,
    WholeFile,
)
from mux_tui.core.workspace.answer.segments import Block


def edits_of_blocks(blocks: Iterable[Block]) -> tuple[FileEdit, ...]:
    """One edit for each run of blocks of the same file.

    Raises:
        NoDraft: A block names no file.
    """
    edits: list[FileEdit] = []
    for number, block in enumerate(blocks, start=1):
        if not block.path:
            raise NoDraft(
                f"SEARCH/REPLACE block {number} names no file: put its path alone on "
                "the line before it"
            )
        last = edits[-1] if edits else None
        edit = _edit(block)
        if (
            isinstance(last, EditedFile)
            and isinstance(edit, EditedFile)
            and last.path == edit.path
        ):
            edits[-1] = EditedFile(last.path, (*last.replacements, *edit.replacements))
        else:
            edits.append(edit)

    return tuple(edits)


def _edit(block: Block) -> FileEdit:
    if not block.search.strip():
        return WholeFile(block.path, block.replace, new=True)

    return EditedFile(block.path, (Replacement(block.search, block.replace),))
