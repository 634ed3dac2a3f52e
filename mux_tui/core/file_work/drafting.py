"""From an answer to changes, or to why it is none; nothing is written."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from mux_tui.core.change import ChangeSet, Refusal
from mux_tui.core.text import one_line
from mux_tui.core.work import Work
from mux_tui.core.workspace.answer import Knows, Limits, NoDraft, read_answer
from mux_tui.core.workspace.existing import reader
from mux_tui.core.workspace.figures import work_of
from mux_tui.core.workspace.plan import plan
from mux_tui.core.workspace.rebase import Rebased, rebased
from mux_tui.core.workspace.tree import open_tree

_SHOWN = 5


@dataclass(frozen=True)
class Drafted:
    """What an answer came to."""

    work: Work
    changes: ChangeSet | None = None
    """None: there is nothing that could be done."""


async def drafted(
    text: str,
    root: Path,
    closed: Iterable[Path],
    allow: tuple[str, ...],
    knows: Knows,
) -> Drafted:
    """Read an answer, and work out what it would do to a directory.

    Args:
        text: The whole answer.
        root: The directory.
        closed: Directories in it that no change may reach.
        allow: Patterns of names whose protection is lifted.
        knows: Which names the project has.
    """
    return await asyncio.to_thread(_drafted, text, root, tuple(closed), allow, knows)


def drawn_up(
    changes: ChangeSet, nothing: str, left_behind: tuple[str, ...] = ()
) -> Drafted:
    """What changes come to that are there already.

    Args:
        changes: All of them.
        nothing: What is said when there are none.
        left_behind: What stays in the copy that they come from.
    """
    work = work_of(changes, left_behind)
    if unusable := _unusable(changes, nothing):
        return Drafted(replace(work, unusable=unusable))

    return Drafted(work, changes)


def carried_over(changes: ChangeSet, root: Path, closed: Iterable[Path]) -> Rebased:
    """Changes as they are for the files of now; blocks.

    Args:
        changes: Made for the files as they were.
        root: The directory.
        closed: Directories in it that no change may reach.
    """
    with open_tree(root, closed) as tree:
        return rebased(changes, reader(tree, Limits().file_bytes))


def _drafted(
    text: str,
    root: Path,
    closed: tuple[Path, ...],
    allow: tuple[str, ...],
    knows: Knows,
) -> Drafted:
    limits = Limits()
    try:
        draft = read_answer(text, limits, knows)
    except NoDraft as error:
        return Drafted(Work(unusable=error.why))

    with open_tree(root, closed) as tree:
        changes = plan(draft, reader(tree, limits.file_bytes), limits, allow)
    return drawn_up(changes, "it changes nothing: the files are so already")


def _unusable(changes: ChangeSet, nothing: str) -> str:
    if changes.refused:
        told = "; ".join(_refusal(one) for one in changes.refused[:_SHOWN])
        more = len(changes.refused) - _SHOWN
        return f"{told} and {more} more" if more > 0 else told

    return "" if changes.changes else nothing


def _refusal(refusal: Refusal) -> str:
    name = one_line(refusal.path, 120)
    return f"{name} {refusal.why}" if name else refusal.why
