"""Asking, on a terminal, whether proposed changes may be written."""

from dataclasses import replace
from typing import TYPE_CHECKING

from mux_tui.cli.shell import Shell
from mux_tui.cli.work_report import proposal_lines
from mux_tui.core.permission import Approve
from mux_tui.core.text import one_line, printable

if TYPE_CHECKING:
    from mux_tui.core.change import ChangeSet, FileChange
    from mux_tui.core.proposal import Proposal
    from mux_tui.core.run import Run
    from mux_tui.core.task import Task

_QUESTION = "write these changes? [y]es, [s]ome of them, [N]o: "
_PART = "write this part? [y]es, [N]o, [q]uit and write nothing: "


def approver(shell: Shell, under_way: "list[Run]") -> Approve:
    """What asks the person at this terminal; without one, nothing is written.

    Args:
        shell: Where to ask.
        under_way: The runs whose story is told before the question.
    """

    async def approve(_task: "Task", proposal: "Proposal") -> "ChangeSet | None":
        if not shell.interactive:
            return None

        for run in under_way:
            await run.caught_up()
        _show(shell, proposal)
        said = await _answer(shell, _QUESTION)
        if said in ("y", "yes"):
            return proposal.changes
        if said in ("s", "some"):
            return await _some(shell, proposal.changes)

        return None

    return approve


def _show(shell: Shell, proposal: "Proposal") -> None:
    # Also with --quiet: nobody says yes to what they have not seen.
    shell.diagnostics.prompt(f"{printable(proposal.work.patch)}\n")
    for line in proposal_lines(proposal):
        shell.diagnostics.prompt(f"{line}\n")


async def _some(shell: Shell, changes: "ChangeSet") -> "ChangeSet | None":
    """What is kept, part by part; None: nothing."""
    from mux_tui.core.workspace.diff import selected, units

    kept: list[FileChange] = []
    for change in changes.changes:
        keep: set[int] = set()
        for number in range(units(change)):
            _show_part(shell, change, number)
            said = await _answer(shell, _PART)
            if said in ("q", "quit"):
                return None
            if said in ("y", "yes"):
                keep.add(number)
        if keep:
            kept.append(selected(change, keep))
    return replace(changes, changes=tuple(kept)) if kept else None


def _show_part(shell: Shell, change: "FileChange", number: int) -> None:
    from mux_tui.core.workspace.diff import selected, unified, units

    part = change if units(change) == 1 else selected(change, {number})
    count = f" {number + 1} of {units(change)}" if units(change) > 1 else ""
    shell.diagnostics.prompt(f"{one_line(change.path, 200)}{count}:\n")
    shell.diagnostics.prompt(f"{printable(unified(part))}\n")


async def _answer(shell: Shell, question: str) -> str:
    shell.diagnostics.prompt(question)
    return (await shell.answer()).strip().lower()
