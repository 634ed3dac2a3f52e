"""What is asked of a project, what there is of it, and what a model gets to see."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Sources:
    """The files of a project; nothing else can be included."""

    sizes: Mapping[str, int]
    """Every file's path, relative and with `/`, and its bytes."""

    read: Callable[[str], bytes | None]
    """A file's content; None: it cannot be read. Only asked for paths of `sizes`."""

    roots: tuple[str, ...] = ()
    """Full paths that a program's output may put before those of the files."""


@dataclass(frozen=True)
class Question:
    """What a model is going to be asked, and how much it may read for it."""

    task: str
    budget: int
    """Tokens of the whole context."""

    count: Callable[[str], int]
    """How many tokens a text is."""

    is_secret: Callable[[str], bool]
    """Whether a path's content is never shown to a model."""

    nonce: str
    """Random and new for each task: it marks where files begin and end."""

    failing: str = ""
    """What a failing test has written; foreign text."""


@dataclass(frozen=True)
class Included:
    """A file that the model sees."""

    path: str
    tokens: int
    why: str
    """One clause: `is named in the task`."""

    whole: bool
    """Whether all of it is shown."""


@dataclass(frozen=True)
class NotIncluded:
    """A file that was asked for and that the model does not see."""

    path: str
    """As a file's name, or as the task wrote it; foreign text."""

    why: str


@dataclass(frozen=True)
class Context:
    """What a model is shown."""

    text: str
    """To be put before the task; empty: there is nothing to show."""

    tokens: int
    """Of `text`, as the question's function counts."""

    included: tuple[Included, ...] = ()
    left_out: tuple[NotIncluded, ...] = ()
    mapped: int = 0
    """Files that are at least named in the map."""
