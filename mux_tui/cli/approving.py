"""Asking, line by line, whether proposed changes may be written."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mux_tui.cli.diagnostics import Diagnostics
from mux_tui.cli.work_report import proposal_lines
from mux_tui.core.text import one_line, printable

if TYPE_CHECKING:
    from mux_tui.core.change import ChangeSet, FileChange
    from mux_tui.core.proposal import Proposal

_QUESTION = "write these changes? [y]es, [s]ome of them, [N]o: "
_PART = "write this part? [y]es, [N]o, [q]uit and write nothing: "

Answer = Callable[[str], Awaitable[str]]
"""Shows a question, and returns the line that is typed; empty: the input has ended."""


@dataclass(frozen=True)
class Approving:
    """A person who reads the changes and answers."""

    diagnostics: Diagnostics
    answer: Answer

    async def approve(self, proposal: "Proposal") -> "ChangeSet | None":
        """Show what is proposed, and return what may be written; None: nothing."""
        # Also with --quiet: nobody says yes to what they have not seen.
        self.diagnostics.prompt(f"{printable(proposal.work.patch)}\n")
        for line in proposal_lines(proposal):
            self.diagnostics.prompt(f"{line}\n")
        said = await self._said(_QUESTION)
        if said in ("y", "yes"):
            return proposal.changes
        if said in ("s", "some"):
            return await self._some(proposal.changes)

        return None

    async def _some(self, changes: "ChangeSet") -> "ChangeSet | None":
        from mux_tui.core.workspace.diff import selected, units

        kept: list[FileChange] = []
        for change in changes.changes:
            keep: set[int] = set()
            for number in range(units(change)):
                self._show_part(change, number)
                said = await self._said(_PART)
                if said in ("q", "quit"):
                    return None
                if said in ("y", "yes"):
                    keep.add(number)
            if keep:
                kept.append(selected(change, keep))
        return replace(changes, changes=tuple(kept)) if kept else None

    def _show_part(self, change: "FileChange", number: int) -> None:
        from mux_tui.core.workspace.diff import selected, unified, units

        part = change if units(change) == 1 else selected(change, {number})
        count = f" {number + 1} of {units(change)}" if units(change) > 1 else ""
        self.diagnostics.prompt(f"{one_line(change.path, 200)}{count}:\n")
        self.diagnostics.prompt(f"{printable(unified(part))}\n")

    async def _said(self, question: str) -> str:
        return (await self.answer(question)).strip().lower()
