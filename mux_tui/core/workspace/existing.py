"""What a work directory holds now, in the form in which a plan asks for it."""

from mux_tui.core.workspace.plan import Existing, Read
from mux_tui.core.workspace.refused import PathRefused
from mux_tui.core.workspace.tree import Tree

_OWNER_EXECUTES = 0o100


def reader(tree: Tree, limit: int) -> Read:
    """The function through which `plan` sees a work directory.

    It blocks: call `plan` with it in a thread.

    Args:
        tree: The work directory, open for as long as the function is used.
        limit: Bytes beyond which a file is refused.
    """

    def read(path: str) -> Existing:
        try:
            found = tree.read(path, limit)
        except PathRefused as error:
            return Existing(refused=error.refusal.why)
        if found is None:
            return Existing()
        content, mode = found
        return Existing(content, bool(mode & _OWNER_EXECUTES))

    return read
