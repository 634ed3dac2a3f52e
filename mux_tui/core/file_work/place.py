"""The one copy in which a task's drafts are tried, one after the other.

It is either as the project was, or holds one draft; whoever needs the other gets it by
`reset`. What programs have left in it never reaches the next draft.
"""

from collections.abc import Collection
from contextlib import AsyncExitStack
from pathlib import Path

from mux_tui.core.change import FileChange
from mux_tui.core.workspace.refused import PathChanged
from mux_tui.core.workspace.scratch import (
    Copy,
    ScratchOptions,
    is_current,
    now_at,
    put,
    reset,
    scratch_copy,
    to_the_end,
)


class Place:
    """One copy, and another in its stead where it cannot be used any more."""

    def __init__(
        self, root: Path, folder: Path, options: ScratchOptions, stack: AsyncExitStack
    ) -> None:
        """Begin without a copy.

        Args:
            root: The work directory.
            folder: Where copies are kept.
            options: How it is copied.
            stack: Keeps the copy until the task is over.
        """
        self._root = root
        self._folder = folder
        self._options = options
        self._own = AsyncExitStack()
        stack.push_async_callback(self._own.aclose)
        self._copy: Copy | None = None
        self._touched_ns: int | None = None
        """Since when it may not be as it was, as `now_at` told; None: it is."""

    async def untouched(self) -> Copy:
        """The project as it was copied.

        Who lets programs into it, or writes, says so before: `touch`.
        """
        if self._copy is None:
            return await self._another()
        copy, since = self._copy, self._touched_ns
        if since is not None and not await to_the_end(lambda: reset(copy, since)):
            return await self._another()
        self._touched_ns = None
        return copy

    async def holding(
        self, changes: Collection[FileChange], allow: Collection[str]
    ) -> Copy:
        """The project with changes, and with nothing else.

        Args:
            changes: What a draft would do.
            allow: Patterns of names whose protection is lifted.

        Raises:
            PathRefused: A path may not be written, or is not what a change says.
        """
        copy = await self.untouched()
        self.touch()
        try:
            await to_the_end(lambda: put(copy, changes, allow))
        except PathChanged:
            # The draft may have been made for files that are newer than the copy.
            newer = await self._another()
            self.touch()
            await to_the_end(lambda: put(newer, changes, allow))
            return newer

        return copy

    def knows(self, name: str) -> bool:
        """Whether it is a file of the project, or could be one in its directories."""
        return self._copy is not None and self._copy.base.knows(name)

    def touch(self) -> None:
        """From now on it may be something else than it was."""
        if self._copy is not None and self._touched_ns is None:
            self._touched_ns = now_at(self._copy)

    async def refresh(self) -> None:
        """See to it that the copy is one of the work directory as it is now."""
        copy = self._copy
        if copy is not None and not await to_the_end(lambda: is_current(copy)):
            self._copy = None

    async def _another(self) -> Copy:
        self._copy = None
        await self._own.aclose()
        self._touched_ns = None
        self._copy = await self._own.enter_async_context(
            scratch_copy(self._root, self._folder, self._options)
        )
        return self._copy
