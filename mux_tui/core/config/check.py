"""From raw values to typed ones: nothing is converted by guessing, and everything that
is wrong is told at once.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from mux_tui.core.config.keys import Key, keys, nearest, sections
from mux_tui.core.config.notation import written
from mux_tui.core.config.rules import fault_of, holds_secret
from mux_tui.core.text import one_line

MOST_PROBLEMS = 50
"""More are counted and not told: nobody reads on, and guessing names takes long."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")

Where = Callable[[tuple[str, ...]], str]
"""Says where a key stands, for problems: `/home/ada/config.toml:12`."""


class Refused(ValueError):
    """A value that a setting may not have; the message says why, as one clause."""


@dataclass
class Checked:
    """The values that are right, and one line for each that is not."""

    values: dict[str, Any] = field(default_factory=dict[str, Any])
    """Typed, by dotted name."""

    problems: list[str] = field(default_factory=list[str])
    untold: int = 0
    """How many problems there were beyond `MOST_PROBLEMS`."""

    def problem(self, where: str, clause: Callable[[], str]) -> None:
        """Note one problem; `clause` is worked out only when it is told."""
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(f"{one_line(where, 400)}: {clause()}")
        else:
            self.untold += 1

    def all_problems(self) -> tuple[str, ...]:
        """Every problem told, and how many more there are."""
        more = (f"… and {self.untold} more",) if self.untold else ()
        return (*self.problems, *more)


def check_table(table: Mapping[str, Any], where: Where) -> Checked:
    """Check a whole TOML document.

    Args:
        table: As `tomllib` read it.
        where: Says where a key stands.
    """
    checked = Checked()
    for path, raw in _leaves(table, ()):
        name = ".".join(path)
        key = keys().get(name) if all("." not in part for part in path) else None
        if key is None:
            checked.problem(where(path), lambda n=name: unknown(n))
            continue
        check_into(checked, lambda path=path: where(path), key, raw)

    return checked


def check_into(checked: Checked, where: Callable[[], str], key: Key, raw: Any) -> None:
    """Check one value and put it, or its problem, into `checked`.

    `where` is asked only when there is a problem: to find a place costs more than to
    check a value.
    """
    try:
        checked.values[key.name] = typed(key, raw)
    except Refused as refused:
        why = str(refused)
        checked.problem(where(), lambda: f"{_assignment(key, raw)}: {why}")


def unknown(name: str) -> str:
    """The clause for a name that is no setting."""
    shown = one_line(name, 80)
    if name in sections():
        return f"{shown} is a table of settings, not a setting"

    guess = nearest(name)
    return f"unknown setting {shown}" + (f", nearest is {guess}" if guess else "")


def typed(key: Key, raw: Any) -> Any:
    """The value of a setting, strictly: no text for numbers, no true for 1.

    Raises:
        Refused: It is not what the setting allows.
    """
    if key.many:
        if not isinstance(raw, (list, tuple)):
            raise Refused(f"must be {allowed(key)}")
        value: Any = tuple(_item(key, item) for item in raw)  # pyright: ignore[reportUnknownVariableType]
    else:
        value = _item(key, raw)
    if fault := fault_of(key.name, value):
        raise Refused(f"must {fault}")

    return value


def allowed(key: Key) -> str:
    """What a setting may be, in words: `a whole number from 0 to 65535`."""
    if key.choices:
        words = ", ".join(written(choice) for choice in key.choices)
        return f"a list of {words}" if key.many else f"one of {words}"
    if key.many:
        return 'a list of texts, such as ["one", "two"]'

    match key.kind:
        case "bool":
            return "true or false"
        case "text":
            return "text"
        case "int":
            return f"a whole number{_range(key)}"
        case "float":
            return f"a number{_range(key)}"


def _range(key: Key) -> str:
    if key.low is None or key.high is None:
        return ""

    return f" from {_plain(key.low)} to {_plain(key.high)}"


def _plain(bound: float) -> str:
    return str(int(bound)) if bound == int(bound) else str(bound)


def _item(key: Key, raw: Any) -> Any:
    match key.kind:
        case "bool":
            good = isinstance(raw, bool)
        case "int":
            good = type(raw) is int and _inside(key, raw)
        case "float":
            good = type(raw) in (int, float) and _inside(key, raw)
        case "text":
            good = isinstance(raw, str) and (not key.choices or raw in key.choices)
    if not good:
        raise Refused(f"must be {allowed(key)}")
    if key.kind == "float":
        return float(raw)

    return _clean(key, raw) if isinstance(raw, str) else raw


def _inside(key: Key, number: float) -> bool:
    if isinstance(number, float) and not math.isfinite(number):
        return False

    above = key.low is None or number >= key.low
    return above and (key.high is None or number <= key.high)


def _clean(key: Key, text: str) -> str:
    if _CONTROL.search(text):
        raise Refused("must hold no control bytes")

    # A blank at the end of a pasted address is invisible, and never meant.
    return text.strip() if key.name.endswith("_url") else text


def _assignment(key: Key, raw: Any) -> str:
    if holds_secret(key.name):
        return key.name

    # Late: what is wrong nowhere needs none of its patterns.
    from mux_tui.core.config.secrets import masked

    return f"{key.name} = {one_line(written(masked(raw)), 80)}"


def _leaves(
    table: Mapping[str, Any], prefix: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], Any]]:
    for part, raw in table.items():
        path = (*prefix, part)
        named = "." not in part and ".".join(path) in sections()
        if named and isinstance(raw, dict):
            yield from _leaves(raw, path)  # pyright: ignore[reportUnknownArgumentType]
        else:
            yield path, raw
