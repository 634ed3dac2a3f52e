"""The form of whole files, each in a fence under its path."""

import re
from collections.abc import Sequence

from mux_tui.core.text import one_line
from mux_tui.core.workspace.answer.draft import NoDraft, WholeFile
from mux_tui.core.workspace.answer.segments import Fence

_INNER = re.compile(r"[ \t]*(?P<mark>`{3,}|~{3,})[ \t]*\S")
_CONFLICT = re.compile(r"(?:<{5,9}|>{5,9}) ?[A-Z]")
_MARKDOWN = (".md", ".markdown", ".mdx", ".mkd", ".rst", ".txt")


def files_of_fences(fences: Sequence[Fence]) -> tuple[WholeFile, ...]:
    """The files among an answer's fences, in order.

    Raises:
        NoDraft: It is not clear where a file ends.
    """
    found: list[WholeFile] = []
    nameless: Fence | None = None
    for fence in reversed(fences):
        if fence.path:
            found.append(_file(fence, nameless))
        if not fence.info:
            nameless = fence

    return tuple(reversed(found))


def _file(fence: Fence, next_nameless: Fence | None) -> WholeFile:
    name = one_line(fence.path, 100)
    if not fence.closed:
        raise NoDraft(f"the answer ends inside the code fence of {name}")
    if any(_CONFLICT.match(line) for line in fence.lines):
        raise NoDraft(
            f"the fence of {name} holds edit marks among other text: begin it with the "
            "<<<<<<< SEARCH line, or give the file as JSON"
        )
    if _is_cut(fence, next_nameless):
        raise NoDraft(
            f"{name} holds code fences itself, so its end is not clear: put it in "
            "a fence of four backticks, or give it as JSON"
        )

    return WholeFile(fence.path, fence.text)


def _is_cut(fence: Fence, next_nameless: Fence | None) -> bool:
    """Whether a fence inside of the file may have been taken for the file's end."""
    for line in fence.lines:
        inner = _INNER.match(line)
        if inner and _could_pair(inner["mark"], fence.mark):
            return True
    if next_nameless is None or not fence.path.casefold().endswith(_MARKDOWN):
        return False

    return not next_nameless.path and _could_pair(next_nameless.mark, fence.mark)


def _could_pair(inner: str, outer: str) -> bool:
    return inner[0] == outer[0] and len(outer) <= len(inner)
