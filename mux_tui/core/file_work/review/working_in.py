"""One finding of a review, given to the local model: how it is asked and judged.

What it is shown has the present changes in it, and its answer is read as changes on
top of them; both together are proved as one.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from mux_tui.core.change import ChangeSet
from mux_tui.core.file_work.drafting import Drafted, drawn_up
from mux_tui.core.file_work.review.present import combined, over, showing
from mux_tui.core.file_work.workshop import Ordered, Workshop
from mux_tui.core.task import Attempt, Completion, Route
from mux_tui.core.work import Finding, Work
from mux_tui.core.workspace.answer import Limits, NoDraft, read_answer
from mux_tui.core.workspace.existing import reader
from mux_tui.core.workspace.plan import plan
from mux_tui.core.workspace.refused import PathRefused
from mux_tui.core.workspace.scratch import Copy, put
from mux_tui.core.workspace.tree import open_tree

_NOTHING = "it changes nothing: the files are so already"
_ALL_BACK = "it takes back all that was changed"
_MOST_NAMED = 20


class WorkingIn:
    """The manner of the attempt that works one finding in."""

    decisive = False

    def __init__(self, workshop: Workshop, present: ChangeSet, finding: Finding):
        """Work on top of `present`.

        Args:
            workshop: The task's place.
            present: The changes so far.
            finding: What is held against them.
        """
        self._workshop = workshop
        self._present = present
        self._finding = finding

    @asynccontextmanager
    async def order(
        self, route: Route, text: str, failed: str = ""
    ) -> AsyncGenerator[Ordered, None]:
        """Make the request, with the project as it is after the changes so far."""
        workshop = self._workshop
        allow = workshop.tools.settings.workflow.allow_paths
        copy = await workshop.place.holding(self._present.changes, allow)
        shown = showing(copy, self._present)
        request = await workshop.request(self._about(), text, shown, failed)
        yield Ordered(request, copy)

    async def judged(
        self, attempt: Attempt, done: Completion, ordered: Ordered
    ) -> Attempt:
        """Read what the answer would do, and prove it with the changes so far."""
        assert ordered.copy is not None
        tools = self._workshop.tools
        draft = await asyncio.to_thread(
            amended,
            done.text,
            ordered.copy,
            self._present,
            tools.closed,
            tools.settings.workflow.allow_paths,
        )
        return await self._workshop.tried(attempt, draft)

    def _about(self) -> str:
        """What says which files are shown; a finding's own words do not."""
        changed = [one.path for one in self._present.changes[:_MOST_NAMED]]
        named = [self._finding.path] if self._finding.path else changed
        return "\n".join((self._workshop.goal, *named))


def amended(
    text: str,
    copy: Copy,
    present: ChangeSet,
    closed: tuple[Path, ...],
    allow: tuple[str, ...],
) -> Drafted:
    """Read an answer as changes on top of others; all together come out.

    It blocks: call it in a thread.

    Args:
        text: The whole answer.
        copy: The project with `present` in it; what the answer changes is put there.
        present: The changes so far.
        closed: Directories of the project that no change may reach.
        allow: Patterns of names whose protection is lifted.
    """
    limits = Limits()
    try:
        draft = read_answer(text, limits, copy.base.knows)
    except NoDraft as error:
        return Drafted(Work(unusable=error.why))

    with open_tree(copy.root, closed) as tree:
        read = over(present, reader(tree, limits.file_bytes))
        more = plan(draft, read, limits, allow)
    if more.refused or not more.changes:
        return drawn_up(more, _NOTHING)
    try:
        put(copy, more.changes, allow)
    except PathRefused as error:
        return drawn_up(replace(more, refused=(error.refusal,)), _NOTHING)

    return drawn_up(combined(present, more, copy.base), _ALL_BACK)
