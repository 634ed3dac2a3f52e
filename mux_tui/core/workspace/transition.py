"""One step from a tree to another, as facts that can be written down.

Applying, taking back and doing again are the same thing in other directions. A
transition names every file with what it is before and after, so that one that was cut
off in the middle can be finished or taken back by whoever finds it.
"""

import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, get_args

Act = Literal["apply", "undo", "redo"]

Phase = Literal["staging", "placing", "returning", "done"]
"""How far it has come.

`staging`: no file has been touched. `placing`: it is to be finished. `returning`: it
is to be taken back.
"""


@dataclass(frozen=True)
class Side:
    """A file on one side of a transition."""

    digest: str = ""
    """As of `core.change.digest`; empty: there is no file."""

    mode: int = 0
    """Its permission bits."""

    masked: bool = False
    """Whether the umask takes its share of them: a new file, not yet written."""


@dataclass(frozen=True)
class Step:
    """What happens to one file."""

    path: str
    before: Side
    after: Side
    temporary: str
    """The name under which its new content waits beside it."""


@dataclass(frozen=True)
class Transition:
    """What happens to a tree."""

    id: str
    """Unique among all transitions."""

    run_id: str
    act: Act
    root: Path
    """The work directory, without links."""

    device: int
    inode: int
    """The work directory's own, by which it is known again."""

    when: float
    """Seconds since the epoch at its beginning."""

    steps: tuple[Step, ...]
    made: tuple[str, ...] = ()
    """Directories that it makes, the outermost first."""

    dropped: tuple[str, ...] = ()
    """Directories that it removes if they are empty then."""

    phase: Phase = "staging"
    notes: tuple[str, ...] = field(default=())
    """What could not be kept of the files it replaced."""

    @property
    def paths(self) -> tuple[str, ...]:
        """Its files."""
        return tuple(step.path for step in self.steps)

    @property
    def digests(self) -> frozenset[str]:
        """The contents that are needed to go through it, either way."""
        sides = (side for step in self.steps for side in (step.before, step.after))
        return frozenset(side.digest for side in sides if side.digest)

    def in_phase(self, phase: Phase) -> "Transition":
        """The same, further on."""
        return replace(self, phase=phase)


def to_json(transition: Transition) -> bytes:
    """The transition as a JSON document."""
    document = asdict(transition) | {"root": str(transition.root)}
    return json.dumps(document, indent=1).encode()


def from_json(document: bytes) -> Transition:
    """Read back what `to_json` wrote.

    Raises:
        ValueError: It is not that.
    """
    try:
        fields: dict[str, Any] = json.loads(document)
        if fields["phase"] not in get_args(Phase) or fields["act"] not in get_args(Act):
            raise ValueError("an unknown word")
        steps = tuple(_step(step) for step in fields.pop("steps"))
        names = ("made", "dropped", "notes")
        lists = {name: tuple(fields.pop(name)) for name in names}
        root = Path(fields.pop("root"))
        return Transition(root=root, steps=steps, **lists, **fields)
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"no transition: {error!r}") from error


def _step(fields: dict[str, Any]) -> Step:
    before, after = Side(**fields.pop("before")), Side(**fields.pop("after"))
    return Step(before=before, after=after, **fields)
