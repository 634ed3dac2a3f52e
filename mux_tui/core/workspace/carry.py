"""Carrying a transition out, so that a tree is wholly the one side or the other.

What is to happen is on the disk before anything happens. Then the new contents are
written beside their places, then a mark says that there is no way but forward, then
they take their places. A process that is killed anywhere leaves enough behind for
`settle` to go on in either direction. Everything here blocks: call it in a thread.

One gap stays: a program that writes a file between mux's last look at it and the
renaming, some ten microseconds, loses what it wrote.
"""

import secrets
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Literal

from mux_tui.core.change import Refusal
from mux_tui.core.errors import EnvironmentProblem
from mux_tui.core.text import one_line
from mux_tui.core.workspace.archive import Archive
from mux_tui.core.workspace.refused import PathChanged, PathRefused
from mux_tui.core.workspace.regular import Standing
from mux_tui.core.workspace.results import Applied, Refused, Result, Stale
from mux_tui.core.workspace.seat import Mode
from mux_tui.core.workspace.transition import Act, Side, Step, Transition
from mux_tui.core.workspace.tree import Tree, temporary_name

Goal = Literal["before", "after"]


@dataclass(frozen=True)
class Wish:
    """What shall happen to one file, which has been looked at."""

    path: str
    here: Standing | None
    after: Side

    @property
    def before(self) -> Side:
        """The file as it stands."""
        return Side(self.here.digest, self.here.mode) if self.here else Side()


def examine(
    tree: Tree, expected: Iterable[tuple[str, str]]
) -> dict[str, Standing | None] | Stale | Refused:
    """Look at every file that is to be changed.

    Args:
        tree: The work directory.
        expected: Each path, and the digest that it should have; empty: no file.

    Returns:
        How each of them stands; or what is in the way, all of it.
    """
    found: dict[str, Standing | None] = {}
    stale: list[str] = []
    refused: list[Refusal] = []
    for path, wanted in expected:
        if path in found:
            refused.append(Refusal(path, "is named twice"))
            continue
        try:
            here = found[path] = tree.look(path)
        except PathRefused as error:
            refused.append(error.refusal)
        else:
            if (here.digest if here else "") != wanted:
                stale.append(path)
    if refused:
        return Refused(tuple(refused))

    return Stale(tuple(stale)) if stale else found


def prepare(
    tree: Tree,
    run_id: str,
    act: Act,
    wishes: Iterable[Wish],
    dropped: tuple[str, ...] = (),
) -> Transition:
    """What shall happen, in the form in which it is carried out.

    Args:
        tree: The work directory.
        run_id: Whose changes these are.
        act: Which way it goes.
        wishes: The files, looked at just now.
        dropped: Directories to remove where they are empty afterwards.

    Raises:
        PathRefused: A directory on the way may not be used.
    """
    token = secrets.token_hex(6)
    steps: list[Step] = []
    made: dict[str, None] = {}
    differing = (wish for wish in wishes if wish.before != wish.after)
    for number, wish in enumerate(differing):
        temporary = temporary_name(token, number)
        steps.append(Step(wish.path, wish.before, wish.after, temporary))
        if wish.after.digest and wish.here is None:
            made |= dict.fromkeys(tree.missing_folders(wish.path))

    return Transition(
        id=token,
        run_id=run_id,
        act=act,
        root=tree.root,
        device=tree.device,
        inode=tree.inode,
        when=time.time(),
        steps=tuple(steps),
        made=tuple(made),
        dropped=dropped,
    )


def carry_out(
    tree: Tree, archive: Archive, planned: Transition, contents: dict[str, bytes]
) -> Result:
    """Do it, or leave everything as it was. Call it while the root is held.

    Args:
        tree: The work directory.
        archive: Where it is written down.
        planned: What shall happen.
        contents: What the archive does not keep yet, by digest: the files as they are
            and as they shall be.

    Raises:
        EnvironmentProblem: The archive cannot be written, and nothing was changed; or
            neither way could be gone to its end, and `recover` is to be called.
    """
    archive.begin(planned, contents)
    try:
        staged = _stage(tree, archive, planned)
        archive.note(staged)
    except PathRefused as error:
        clear(tree, archive, planned)
        return Refused((error.refusal,))
    except EnvironmentProblem:
        clear(tree, archive, planned)
        raise
    try:
        for step in staged.steps:
            _place(tree, step)
    except PathRefused as error:
        return _taken_back(tree, archive, staged, error)
    _finish(tree, staged, "after")
    notes = staged.notes
    try:
        archive.complete(staged)
    except EnvironmentProblem as error:
        # The journal is on the disk, and the way back with it.
        notes += (f"the next start of mux writes down the way back: {error.why}",)

    return Applied(staged.run_id, staged.root, staged.paths, notes)


def settle(
    tree: Tree, archive: Archive, cut: Transition, goal: Goal
) -> tuple[str, ...]:
    """Bring every file of a transition to one side, from wherever it was left.

    Args:
        tree: The work directory.
        archive: Where the contents are.
        cut: What was under way.
        goal: Which side.

    Returns:
        The files that somebody else has changed meanwhile; they are left alone.

    Raises:
        PathRefused: One cannot be written now; try again later.
        EnvironmentProblem: Its content is not kept any more.
    """
    if goal == "before":
        # What waits is not wanted any more, and its space may be.
        _unstage(tree, cut)
    left = [step.path for step in cut.steps if not _settled(tree, archive, step, goal)]
    _finish(tree, cut, goal)
    return tuple(left)


def clear(tree: Tree, archive: Archive, planned: Transition) -> None:
    """Give up a transition that is still in its staging: no file was touched."""
    _finish(tree, planned, "before")
    archive.forget(planned)


def _stage(tree: Tree, archive: Archive, planned: Transition) -> Transition:
    """Write every new file beside its place; the same transition, to be placed."""
    steps: list[Step] = []
    made: list[str] = []
    notes: list[str] = []
    for step in planned.steps:
        if not step.after.digest:
            steps.append(step)
            continue
        content = archive.store.content(step.after.digest)
        mode = Mode(step.after.mode, step.after.masked)
        staged = tree.stage(step.path, step.temporary, content, mode, made)
        after = Side(step.after.digest, staged.mode)
        steps.append(replace(step, after=after))
        notes += [f"{one_line(step.path)}: {staged.note}"] if staged.note else []

    return replace(
        planned,
        steps=tuple(steps),
        made=tuple(made),
        notes=tuple(notes),
        phase="placing",
    )


def _place(tree: Tree, step: Step) -> None:
    if step.after.digest:
        tree.place(step.path, step.temporary, step.before.digest)
    else:
        tree.remove(step.path, step.before.digest)


def _taken_back(
    tree: Tree, archive: Archive, staged: Transition, cause: PathRefused
) -> Result:
    with suppress(EnvironmentProblem):
        # Without this mark, a death from here on means forward: whole, as well.
        archive.note(staged.in_phase("returning"))
    try:
        left = settle(tree, archive, staged, "before")
    except PathRefused as error:
        raise EnvironmentProblem(
            f"{one_line(cause.refusal.path)} could not be written, and what was"
            " written before it could not be taken back",
            f"{cause.refusal.why}; {one_line(error.refusal.path)}: {error.refusal.why}",
            "mux tries again when it starts the next time",
        ) from error
    archive.forget(staged)
    if isinstance(cause, PathChanged):
        return Stale(tuple(dict.fromkeys((cause.refusal.path, *left))))
    return Refused((cause.refusal,))


def _settled(tree: Tree, archive: Archive, step: Step, goal: Goal) -> bool:
    wanted, other = (
        (step.after, step.before) if goal == "after" else (step.before, step.after)
    )
    try:
        here = tree.look(step.path, linked=True)
    except PathRefused as error:
        if error.fault:
            raise
        return False
    if _is(here, wanted) and (wanted.digest != other.digest or _same(here, wanted)):
        return True
    if not _is(here, other):
        return False
    try:
        _move(tree, archive, step, wanted, other)
    except PathChanged:
        return False

    return True


def _is(here: Standing | None, side: Side) -> bool:
    return (here.digest if here else "") == side.digest


def _same(here: Standing | None, side: Side) -> bool:
    return here is not None and here.mode == side.mode


def _move(tree: Tree, archive: Archive, step: Step, to: Side, at: Side) -> None:
    if not to.digest:
        tree.remove(step.path, at.digest)
        return
    waiting = tree.staged(step.path, step.temporary)
    if waiting is None or waiting.digest != to.digest or waiting.mode != to.mode:
        tree.unstage(step.path, step.temporary)
        content = archive.store.content(to.digest)
        tree.stage(step.path, step.temporary, content, Mode(to.mode, to.masked), [])
    tree.place(step.path, step.temporary, at.digest)


def _finish(tree: Tree, over: Transition, goal: Goal) -> None:
    """Leave nothing of mux's own in the tree, and bring its names onto the disk."""
    _unstage(tree, over)
    for path in reversed(over.made if goal == "before" else over.dropped):
        with suppress(PathRefused):
            tree.remove_folder(path)
    tree.sync_folders((*over.paths, *over.made, *over.dropped))


def _unstage(tree: Tree, over: Transition) -> None:
    for step in over.steps:
        # Where its directory has been replaced by a link, it went with it.
        with suppress(PathRefused):
            tree.unstage(step.path, step.temporary)
