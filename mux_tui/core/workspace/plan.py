"""From a draft to what it would do here: pure, and all or nothing.

What is there now is asked for through a function, once for each path; nothing is
written, and nothing of a draft with a refusal in it counts.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from mux_tui.core.change import ChangeSet, FileChange, Refusal
from mux_tui.core.workspace.answer.draft import Draft, FileEdit, Limits
from mux_tui.core.workspace.file_edits import Outcome, Refused, outcome_of
from mux_tui.core.workspace.names import BadName, check_name, folded

_MOST_REFUSALS = 50


@dataclass(frozen=True)
class Existing:
    """What is at a path now; without values: nothing is."""

    content: bytes | None = None
    """A regular file's content; None: there is no file."""

    executable: bool = False
    refused: str = ""
    """Why a draft may not touch what is there, as one clause (`is a directory`)."""


Read = Callable[[str], Existing]
"""What is at a checked path, relative to the work directory."""


def plan(
    draft: Draft, read: Read, limits: Limits | None = None, allow: Collection[str] = ()
) -> ChangeSet:
    """Work out what a draft would do.

    Args:
        draft: What a model asks for.
        read: What is there now; called once for each path that may be used.
        limits: How much a draft may be.
        allow: Patterns of names whose protection is lifted, as in `check_name`.

    Returns:
        The changes in the order of their first edits, without those that change
        nothing; and every refusal, with its reason.
    """
    limits = limits or Limits()
    if len(draft.edits) > limits.files:
        many = Refusal("", f"{len(draft.edits):,} files; at most {limits.files:,}")
        return ChangeSet((), (many,), draft.summary, draft.commands, draft.notes)

    found = _Plan(read, limits)
    for path, edits in _by_path(draft.edits, allow, found.refused).items():
        found.add(path, edits)
    if found.bytes > limits.total_bytes:
        why = f"all files together are larger than {limits.total_bytes:,} bytes"
        found.refused.append(Refusal("", why))

    return ChangeSet(
        tuple(found.changes),
        tuple(found.refused[:_MOST_REFUSALS]),
        draft.summary,
        draft.commands,
        draft.notes,
    )


def _by_path(
    edits: Sequence[FileEdit], allow: Collection[str], refused: list[Refusal]
) -> dict[str, list[FileEdit]]:
    """The edits of each path that may be used; `refused` grows by the others."""
    found: dict[str, list[FileEdit]] = {}
    spelled: dict[str, str] = {}
    for edit in edits:
        try:
            path = check_name(edit.path, allow)
        except BadName as error:
            refused.append(Refusal(edit.path, error.why))
            continue
        other = spelled.setdefault(folded(path), path)
        if other != path:
            why = f"differs from {other} only in how it is spelled"
            refused.append(Refusal(edit.path, why))
            continue
        found.setdefault(path, []).append(edit)

    for path in found:
        refused += [
            Refusal(path, f"lies under {above}, which the draft writes as a file")
            for above in _above(path)
            if folded(above) in spelled
        ]
    return found


def _above(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:end]) for end in range(1, len(parts))]


@dataclass
class _Plan:
    read: Read
    limits: Limits
    changes: list[FileChange] = field(default_factory=lambda: [])
    refused: list[Refusal] = field(default_factory=lambda: [])
    bytes: int = 0

    def add(self, path: str, edits: Sequence[FileEdit]) -> None:
        there = self.read(path)
        if there.refused:
            self.refused.append(Refusal(edits[0].path, there.refused))
            return

        made = outcome_of(edits, there.content)
        if isinstance(made, Refused):
            self.refused += [Refusal(edits[0].path, why) for why in made.whys]
            return
        self._take(path, there, made, edits[0].path)

    def _take(self, path: str, there: Existing, made: Outcome, written: str) -> None:
        size = len(made.content or b"")
        self.bytes += size
        if size > self.limits.file_bytes:
            why = f"is larger than {self.limits.file_bytes:,} bytes"
            self.refused.append(Refusal(written, why))
            return

        executable = there.executable if made.executable is None else made.executable
        change = FileChange(
            path, there.content, made.content, executable, made.confidence, made.note
        )
        if change.before != change.after or executable != there.executable:
            self.changes.append(change)
