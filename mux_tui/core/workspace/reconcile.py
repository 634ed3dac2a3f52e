"""Taking a run back, or doing it again, over files that have changed since."""

from collections.abc import Collection
from dataclasses import dataclass, field

from mux_tui.core.change import digest
from mux_tui.core.workspace.carry import Wish
from mux_tui.core.workspace.merge import merged
from mux_tui.core.workspace.regular import Standing
from mux_tui.core.workspace.store import Store
from mux_tui.core.workspace.transition import Side, Step, Transition
from mux_tui.core.workspace.tree import Tree

_MOST_MERGED = 16 * 1024 * 1024
"""Bytes of a file beyond which it is not merged."""


@dataclass
class Reconciliation:
    """What shall happen to the files of a record, some of which have changed."""

    tree: Tree
    store: Store
    marked: bool
    """Whether a conflict is written into the file, or keeps it from being merged."""

    names: tuple[str, str]
    """What the file as it is, and as the record has it, are called at markers."""

    contents: dict[str, bytes] = field(default_factory=dict[str, bytes])
    """What the store does not keep yet, by digest; filled by `wishes`."""

    conflicts: list[str] = field(default_factory=list[str])
    """Files that cannot be merged; filled by `wishes`."""

    def wishes(self, record: Transition, changed: Collection[str]) -> list[Wish]:
        """What shall happen to each file that has no conflict.

        Raises:
            PathRefused: One cannot be read any more.
            EnvironmentProblem: A content is not kept any more.
        """
        found: list[Wish] = []
        for step in record.steps:
            wish = self._wish(step, step.path in changed)
            if wish is None:
                self.conflicts.append(step.path)
            else:
                found.append(wish)

        return found

    def _wish(self, step: Step, changed: bool) -> Wish | None:
        here = self.tree.look(step.path)
        is_back = (here.digest if here else "") == step.before.digest
        if not changed or is_back:
            return back(step, here)
        return self._merged(step, here) if here else None

    def _merged(self, step: Step, here: Standing) -> Wish | None:
        if not step.before.digest or not step.after.digest or here.size > _MOST_MERGED:
            return None
        file = self.tree.read(step.path, _MOST_MERGED)
        if file is None or digest(file[0]) != here.digest:
            return None
        result = merged(
            base=self.store.content(step.after.digest),
            ours=file[0],
            theirs=self.store.content(step.before.digest),
            names=self.names,
        )
        if result is None or (result.conflicts and not self.marked):
            return None
        name = digest(result.content)
        self.contents |= {here.digest: file[0], name: result.content}
        return Wish(step.path, here, Side(name, here.mode))


def back(step: Step, here: Standing | None) -> Wish:
    """A file goes back to what it was; permissions that others gave it stay."""
    mode = step.before.mode
    if here and step.before.mode == step.after.mode:
        mode = here.mode
    after = Side(step.before.digest, mode) if step.before.digest else Side()
    return Wish(step.path, here, after)
