"""The files of a scratch copy, for a model to see: read without following links."""

from collections.abc import Generator
from contextlib import contextmanager

from mux_tui.core.workspace.context.facts import Sources
from mux_tui.core.workspace.context.texts import LARGEST
from mux_tui.core.workspace.refused import PathRefused
from mux_tui.core.workspace.scratch.facts import Copy
from mux_tui.core.workspace.tree import open_tree


@contextmanager
def sources_of(copy: Copy) -> Generator[Sources]:
    """The files that were copied, as they are in the copy while the context is open.

    What git ignores is not among them, though the copy may hold it.
    """
    base = copy.base
    sizes = {
        path: entry.signature[1]
        for path, entry in sorted(base.files.items())
        if path not in base.ignored
    }
    with open_tree(copy.path) as tree:

        def read(path: str) -> bytes | None:
            try:
                found = tree.read(path, LARGEST)
            except PathRefused:
                return None
            return None if found is None else found[0]

        yield Sources(sizes, read, (str(copy.path), str(copy.root)))
