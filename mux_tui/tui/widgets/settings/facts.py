"""All that the screen says of one setting."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, reduce
from typing import Any

from mux_tui.core.config.changes import TAKE_OUT
from mux_tui.core.config.check import Refused, typed
from mux_tui.core.config.keys import Key
from mux_tui.core.config.manual import Section, manual
from mux_tui.core.config.notation import read_value, written
from mux_tui.core.config.observe import Observed
from mux_tui.core.config.origin import Origin
from mux_tui.core.config.secrets import masked
from mux_tui.tui.widgets.settings.draft import Draft


@dataclass(frozen=True)
class Fact:
    """One setting."""

    key: Key
    meaning: str
    section: str
    value: Any
    """What holds now."""

    own: Any
    """What the user's file gives; None: nothing."""

    origin: Origin
    staged: Any = None
    """What it shall be, or `TAKE_OUT`; None: it is not changed."""

    @property
    def name(self) -> str:
        """Its dotted name."""
        return self.key.name

    @property
    def shown(self) -> Any:
        """What it is to be, once everything is saved."""
        if self.staged is None:
            return self.value

        return self.key.default if self.staged is TAKE_OUT else self.staged

    @property
    def locked(self) -> str:
        """Why changing the file would change nothing; empty: it would."""
        match self.origin.kind:
            case "variable":
                return f"locked: {self.origin.place} is set in the environment"
            case "flag":
                return f"locked: given with {self.origin.place} when mux was started"
            case _:
                return ""

    @property
    def hidden(self) -> bool:
        """Whether its value holds what must not be shown."""
        return masked(self.shown) != self.shown


def facts_of(observed: Observed, draft: Draft, home: str = "") -> tuple[Fact, ...]:
    """Every setting, in the order of the manual; places under `home` begin with `~`."""
    return tuple(_facts(observed, draft, home))


def tilde(text: str, home: str) -> str:
    """A text that begins with a file's path, shortened if that is under `home`."""
    inside = home.rstrip("/") and text.startswith(f"{home.rstrip('/')}/")
    return f"~{text[len(home.rstrip('/')) :]}" if inside else text


@cache
def _manual() -> tuple[Section, ...]:
    return manual()


def _facts(observed: Observed, draft: Draft, home: str) -> Iterator[Fact]:
    for section in _manual():
        for entry in section.entries:
            name = entry.key.name
            yield Fact(
                entry.key,
                entry.meaning,
                section.name,
                reduce(getattr, name.split("."), observed.loaded.settings),
                observed.own.get(name),
                _at_home(observed.loaded.origins[name], home),
                draft.get(name),
            )


def _at_home(origin: Origin, home: str) -> Origin:
    return Origin(origin.kind, tilde(origin.place, home))


def matches(fact: Fact, words: str) -> bool:
    """Whether all the words that a person looks for are in what is said of it."""
    hay = f"{fact.name} {fact.meaning} {' '.join(fact.key.choices)}".casefold()
    return all(word in hay for word in words.casefold().split())


def as_text(fact: Fact) -> str:
    """The value as a person edits it; a list with one item on each line."""
    if fact.hidden:
        return ""
    if fact.key.many:
        return "\n".join(fact.shown)

    return fact.shown if isinstance(fact.shown, str) else written(fact.shown)


def from_text(key: Key, text: str) -> Any:
    """The value that a person wrote, checked as `mux config set` does.

    Raises:
        Refused: It is not what the setting allows.
    """
    if key.many:
        return typed(key, [line.strip() for line in text.splitlines() if line.strip()])

    return typed(key, read_value(key, text))


def stepped(fact: Fact, step: int, words: tuple[str, ...]) -> Any:
    """The next value to the right (1) or to the left (-1); None: there is none.

    Args:
        fact: The setting.
        step: 1 or -1.
        words: What may be chosen; empty: what the setting allows.
    """
    key, value = fact.key, fact.shown
    if key.many:
        return None
    if key.kind == "bool":
        return not value
    if choices := words or key.choices:
        place = choices.index(value) if value in choices else -1
        return choices[(place + step) % len(choices)]
    if key.kind not in ("int", "float"):
        return None

    return _nearby(key, value, step)


def _nearby(key: Key, value: float, step: int) -> Any:
    wide = key.high is not None and key.high - (key.low or 0) > _NARROW
    size: float = 1 if key.kind == "int" or wide else 0.05
    wanted = round(value + step * size, 4)
    try:
        return typed(key, int(wanted) if key.kind == "int" else wanted)
    except Refused:
        return None


_NARROW = 5
"""A range up to this is walked in steps of a twentieth."""
