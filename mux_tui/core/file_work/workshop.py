"""One task's place: its copies of the project, what it asks, and what it proves.

Nothing here touches the user's files: the local model's answer is worked out against
them and tried in a copy, a cloud CLI works in a copy of its own, and both come out as
the same changes.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from mux_tui.core.backends.base import Request
from mux_tui.core.change import ChangeSet, Refusal
from mux_tui.core.errors import UsageError
from mux_tui.core.events import (
    Checked,
    Drafted,
    Gathered,
    Notice,
    RunEvent,
    Verified,
)
from mux_tui.core.file_work import asking, drafting, failing
from mux_tui.core.file_work.drafting import Drafted as Draft
from mux_tui.core.file_work.drafting import carried_over
from mux_tui.core.file_work.place import Place
from mux_tui.core.file_work.proving import Proving
from mux_tui.core.file_work.tools import Tools
from mux_tui.core.task import Attempt, Check, Completion, Route, Task, Verdict
from mux_tui.core.text import one_line
from mux_tui.core.work import Work
from mux_tui.core.workspace.scratch import Copy, changes_in, scratch_copy

_NO_CHANGE = "it changed no file"
_MOST_NAMED = 3


@dataclass(frozen=True)
class Ordered:
    """A request that is about to be made."""

    request: Request
    copy: Copy | None = None
    """Where a cloud CLI works; None: the local model answers in text."""


class Workshop:
    """File work on one task; open for as long as the task lasts."""

    decisive = True

    def __init__(
        self,
        task: Task,
        goal: str,
        tools: Tools,
        model: asking.Model,
        emit: Callable[[RunEvent], None],
        stack: AsyncExitStack,
    ) -> None:
        """Begin with nothing; `opened` makes the first copy.

        Args:
            task: What was asked.
            goal: Its text without a routing word.
            tools: What all tasks share.
            model: The local model, which says how much it can hold.
            emit: Told each event.
            stack: Keeps the copies until the task is over.
        """
        self.task = task
        self.goal = goal
        self.tools = tools
        self.emit = emit
        self.changes: dict[int, ChangeSet] = {}
        """What each attempt would do, by its number; without the unusable ones."""

        self.place = Place(task.cwd, tools.paths.scratch, tools.options, stack)
        self.proving = Proving(tools, task.cwd, task.verify, self.place)
        self.asked: tuple[str, ...] = ()
        """Tests that the task asks to mend."""

        self._model = model
        self._failing = ""

    @property
    def root(self) -> Path:
        """The work directory."""
        return self.task.cwd

    async def prepare(self) -> None:
        """Look at the project: a copy of it, and what fails in it if that matters.

        Raises:
            MuxError: It cannot be copied; the error says why.
        """
        self._refuse_homes()
        await self.place.untouched()
        if failing.speaks_of_failing(self.goal):
            proofs = await self.proving.before(
                lambda name: self.emit(Notice(f"looking at what fails now: {name}"))
            )
            self.asked = failing.asked(self.goal, proofs)
            self._failing = failing.told(proofs)

    @asynccontextmanager
    async def order(
        self, route: Route, text: str, failed: str = ""
    ) -> AsyncGenerator[Ordered, None]:
        """Make the request for one attempt; a cloud CLI gets a copy to work in.

        Args:
            route: Who is asked.
            text: The goal, a repair of an earlier answer, or a brief.
            failed: What the attempt before did not mend, as a program wrote it.
        """
        tools = self.tools
        if route == "local":
            yield Ordered(await self._local(text, failed))
        else:
            # What the user changes meanwhile is told apart by what was there before.
            await self.place.refresh()
            await self.place.untouched()
            async with scratch_copy(
                self.root, tools.paths.scratch, tools.options
            ) as copy:
                yield Ordered(Request(text, copy.path, writes=True), copy)

    async def judged(
        self, attempt: Attempt, done: Completion, ordered: Ordered
    ) -> Attempt:
        """Read what an attempt would do, and prove it.

        Args:
            attempt: The one that has just answered.
            done: Its answer.
            ordered: What it was asked; its copy is still there.
        """
        return await self.tried(attempt, await self._drafted(done, ordered.copy))

    async def tried(self, attempt: Attempt, draft: Draft) -> Attempt:
        """Prove what an attempt would do; usable changes are kept by its number."""
        self.emit(Drafted(attempt.number, draft.work))
        attempt = replace(attempt, work=draft.work)
        if draft.changes is None:
            verdict = _unusable(draft.work)
        else:
            self.changes[attempt.number] = draft.changes
            verdict = await self.proved(attempt.number, draft.changes)
        self.emit(Verified(attempt.number, verdict))
        return replace(attempt, verdict=verdict)

    async def proved(self, number: int, changes: ChangeSet) -> Verdict:
        """Try changes in a copy; each check is told as it comes."""
        return await self.proving.verdict(
            changes, self.asked, lambda check: self.emit(Checked(number, check))
        )

    async def request(self, about: str, text: str, copy: Copy, failed: str) -> Request:
        """Ask the local model for `text`, with what matters to `about` of a copy."""
        settings = self.tools.settings.local_executor
        asked = await asking.asked(about, text, copy, failed, self._model, settings)
        self.emit(Gathered(asked.material))
        return asked.request

    async def _local(self, text: str, failed: str) -> Request:
        copy = await self.place.untouched()
        return await self.request(self.goal, text, copy, failed or self._failing)

    async def _drafted(self, done: Completion, copy: Copy | None) -> Draft:
        allow = self.tools.settings.workflow.allow_paths
        if copy is None:
            closed, knows = self.tools.closed, self.place.knows
            return await drafting.drafted(done.text, self.root, closed, allow, knows)

        untouched = await self.place.untouched()
        found = await changes_in(copy, allow=allow, untouched=untouched)
        left = tuple(f"{one.path}: {one.why}" for one in found.left_behind)
        changes = await self._for_now(replace(found.changes, summary=done.text))
        return await asyncio.to_thread(drafting.drawn_up, changes, _NO_CHANGE, left)

    async def _for_now(self, changes: ChangeSet) -> ChangeSet:
        """The same changes for files that the user has changed meanwhile.

        Where both have changed the same lines, they are refused.
        """
        closed = self.tools.closed
        over = await asyncio.to_thread(carried_over, changes, self.root, closed)
        if over.conflicts:
            why = "has been changed meanwhile in the work directory, in the same lines"
            refused = tuple(Refusal(path, why) for path in over.conflicts)
            return replace(changes, refused=(*changes.refused, *refused))
        if over.moved:
            named = ", ".join(over.moved[:_MOST_NAMED])
            self.emit(Notice(one_line(f"you changed meanwhile, and keep: {named}")))
        return over.changes

    def _refuse_homes(self) -> None:
        home = self.tools.variables.get("HOME", "")
        if self.root == Path(self.root.anchor) or str(self.root) == home:
            raise UsageError(
                f"file work is not done in {one_line(str(self.root))}",
                "it is no project, and all of it would be copied",
                "Name the project's directory with --cwd",
            )


def _unusable(work: Work) -> Verdict:
    check = Check("answer", "fail", work.unusable)
    return Verdict(
        "fail", f"its answer cannot be used: {one_line(work.unusable, 300)}", (check,)
    )
