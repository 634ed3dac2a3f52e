"""Changes that are proved as far as they can be: proposed, approved, and written.

Nothing is written without the approval that the task asks for. Files that have changed
since are not overwritten: what was proposed is carried over to them, proved anew and
proposed once more.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field, replace

from mux_tui.core.change import ChangeSet
from mux_tui.core.events import Notice, Proposed, Verified, Written
from mux_tui.core.file_work.drafting import carried_over
from mux_tui.core.file_work.upkeep import tidied
from mux_tui.core.file_work.workshop import Workshop
from mux_tui.core.finishing import finished
from mux_tui.core.permission import Approve
from mux_tui.core.proposal import Proposal
from mux_tui.core.task import Attempt, Reason, Route, Status, Verdict
from mux_tui.core.text import one_line
from mux_tui.core.work import Finding, Work
from mux_tui.core.workspace.apply import apply
from mux_tui.core.workspace.figures import with_kept, work_of
from mux_tui.core.workspace.results import Applied, Refused, Result, Stale

_MOST_ROUNDS = 5
"""How often files may change under a proposal before it is given up."""


@dataclass(frozen=True)
class Settled:
    """What became of the changes."""

    status: Status
    reason: Reason | None
    """None: that of the answer."""

    sentence: str
    """Empty: that of the answer."""

    work: Work
    verdict: Verdict | None
    files: tuple[str, ...] = ()
    applied: bool = False
    next_step: str = ""


@dataclass
class Settling:
    """The end of one task's file work."""

    workshop: Workshop
    approve: Approve
    findings: tuple[Finding, ...] = ()
    reviewer: Route | None = None
    _again: str = field(default="", init=False)

    async def settle(self, answer: Attempt, changes: ChangeSet) -> Settled:
        """Propose changes, and write what is approved.

        Args:
            answer: The attempt that they come from; its figures are theirs.
            changes: What is proposed: its own, or what a review has made of them.
        """
        verdict = answer.verdict
        work = answer.work or await asyncio.to_thread(work_of, changes)
        for _ in range(_MOST_ROUNDS):
            proposal = self._proposal(answer, changes, work, verdict)
            self.workshop.emit(Proposed(proposal))
            if self.workshop.task.apply == "never":
                return _not_asked(work, verdict)

            kept = await self._approved(proposal)
            if kept is None or not kept.changes:
                return _declined(work, verdict)

            match await self._written(kept):
                case Applied(paths=paths, notes=notes):
                    self.workshop.emit(Written(paths, notes))
                    await tidied(self.workshop.tools)
                    done = replace(work, files=with_kept(work.files, kept))
                    return Settled("done", None, "", done, verdict, paths, applied=True)
                case Refused(refused):
                    return _refused(work, verdict, refused[0].path, refused[0].why)
                case Stale(paths):
                    shop = self.workshop
                    moved = await asyncio.to_thread(
                        carried_over, changes, shop.root, shop.tools.closed
                    )
                    if moved.conflicts:
                        return _conflict(work, verdict, moved.conflicts)
                    changes = moved.changes
                    if not changes.changes:
                        return _there_already(work, verdict, paths)
                    left = work.left_behind
                    work = await asyncio.to_thread(work_of, changes, left)
                    verdict = await self._proved_again(answer, changes, paths)

        return _restless(work, verdict)

    def _proposal(
        self, answer: Attempt, changes: ChangeSet, work: Work, verdict: Verdict | None
    ) -> Proposal:
        return Proposal(
            self.workshop.task.run_id,
            answer.number,
            answer.route,
            answer.model,
            self.workshop.root,
            changes,
            work,
            verdict,
            self.findings,
            self.reviewer,
            self._again,
        )

    async def _approved(self, proposal: Proposal) -> ChangeSet | None:
        task, proved = self.workshop.task, proposal.verdict
        if task.apply == "auto" and proved and proved.status == "pass":
            return proposal.changes
        if task.apply == "auto":
            self.workshop.emit(Notice("not written by itself: it is not proved"))
        return await self.approve(task, proposal)

    async def _written(self, kept: ChangeSet) -> Result:
        """Write, to the end: a cancel that comes meanwhile comes too late."""
        tools = self.workshop.tools
        run_id, root = self.workshop.task.run_id, self.workshop.root
        work = asyncio.create_task(
            asyncio.to_thread(apply, root, kept, run_id, tools.archive, tools.closed)
        )
        with suppress(asyncio.CancelledError):
            await finished(work)
        return work.result()

    async def _proved_again(
        self, answer: Attempt, changes: ChangeSet, paths: tuple[str, ...]
    ) -> Verdict:
        self._again = f"changed meanwhile: {_listed(paths)}"
        self.workshop.emit(Notice(f"{self._again}; tried again on the files of now"))
        verdict = await self.workshop.proved(answer.number, changes)
        self.workshop.emit(Verified(answer.number, verdict))
        return verdict


def _listed(paths: tuple[str, ...]) -> str:
    more = f" and {len(paths) - 3} more" if len(paths) > 3 else ""
    return one_line(", ".join(paths[:3]) + more, 300)


def _not_asked(work: Work, verdict: Verdict | None) -> Settled:
    said = "the changes are proposed, and not written (--apply never)"
    return Settled(
        "done", None, said, work, verdict, next_step="Hand the patch to `git apply`"
    )


def _declined(work: Work, verdict: Verdict | None) -> Settled:
    files = "1 file" if len(work.files) == 1 else f"{len(work.files)} files"
    return Settled(
        "declined",
        "changes_declined",
        f"nothing was written: nobody said yes to the changes of {files}",
        work,
        verdict,
        next_step="The patch is kept: mux ledger show --patch RUN",
    )


def _refused(work: Work, verdict: Verdict | None, path: str, why: str) -> Settled:
    said = f"nothing was written: {one_line(path, 200)} {why}"
    step = "Mend that, and run the task again"
    return Settled("failed", "write_refused", said, work, verdict, next_step=step)


def _conflict(work: Work, verdict: Verdict | None, paths: tuple[str, ...]) -> Settled:
    said = f"nothing was written: {_listed(paths)} changed meanwhile, in the same lines"
    step = "Run the task again on the files of now; the patch is kept with the run"
    return Settled("failed", "base_changed", said, work, verdict, next_step=step)


def _there_already(
    work: Work, verdict: Verdict | None, paths: tuple[str, ...]
) -> Settled:
    said = f"nothing was left to write: {_listed(paths)} changed so meanwhile"
    return Settled("done", None, said, work, verdict)


def _restless(work: Work, verdict: Verdict | None) -> Settled:
    said = "nothing was written: the files changed again and again"
    step = "Stop what changes them, and run the task again"
    return Settled("failed", "base_changed", said, work, verdict, next_step=step)
