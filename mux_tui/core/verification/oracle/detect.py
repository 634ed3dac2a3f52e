"""What proves a change of this project, in the order it is tried.

The project is read as it was before the change: what a draft writes into a Makefile
does not choose what is run. The user's own commands stand in for the project's tests;
the floor is there always.
"""

import shlex
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from mux_tui.core.config.settings import Verification
from mux_tui.core.text import one_line
from mux_tui.core.verification.oracle.detecting import (
    floor,
    javascript,
    others,
    python,
)
from mux_tui.core.verification.oracle.detecting.context import LENT, Context, lent
from mux_tui.core.verification.oracle.facts import Kind, Oracle
from mux_tui.core.verification.oracle.listing import listing
from mux_tui.core.verification.oracle.recipe_names import (
    CARGO,
    INCLUDED,
    JAVASCRIPT,
    MAKE,
    PYTEST,
    PYTHON,
)

_ORDER: tuple[Kind, ...] = ("floor", "check", "tests", "command")
_SLOW = ("mypy", "pyright", "tsc", "eslint", "make", "npm", "cargo", "go test")
"""After all the others of their kind, and in this order."""


def detect(
    root: Path,
    changed: Sequence[str],
    settings: Verification,
    verify: Sequence[str] = (),
) -> tuple[Oracle, ...]:
    """Find the oracles of a project. Reads its files, and starts nothing.

    The same commands prove text and files. An answer in text goes to them on standard
    input, in the work directory (`verification.verdict`); file work is proved here,
    where they find nothing on standard input and the changed files around them. Which
    of the two is the task's kind, and never the command's.

    Args:
        root: The project as it was before the change.
        changed: What the change adds, modifies and deletes, from the root.
        settings: The user's commands, and whether what changed is parsed.
        verify: The task's own commands, which come before those of the settings.
    """
    context = Context(listing(root), tuple(changed))
    found = floor.find(context) if settings.parse_code else []
    commands = tuple(verify) or settings.commands
    found += [_command(context, command) for command in commands] or _own(context)
    return tuple(sorted(found, key=_place))


def _own(context: Context) -> list[Oracle]:
    """What the project itself has."""
    found = [
        *python.find(context),
        *javascript.find(context),
        *others.bats(context),
        *others.cargo(context),
        *others.go(context),
    ]
    if any(oracle.kind == "tests" for oracle in found):
        return found

    return [*found, *others.make(context)]


def _command(context: Context, command: str) -> Oracle:
    """A command of the user's; without words when it cannot be split into any."""
    try:
        words = tuple(shlex.split(command))
    except ValueError:
        words = ()

    return Oracle(
        one_line(command, 120),
        "command",
        words,
        "the user asked for it",
        lends=lent(context.files, ".", *LENT),
        recipe=_recipe(words),
    )


def _recipe(words: Sequence[str]) -> tuple[str, ...]:
    """What decides what a command of the user's runs, where its program is known."""
    name = PurePosixPath(words[0]).name if words else ""
    if name.startswith("python") and words[1:2] == ("-m",):
        name = words[2] if len(words) > 2 else ""
    if name in ("pytest", "py.test", "unittest", "tox", "nox"):
        return (*PYTEST, *PYTHON)
    if name in ("npm", "npx", "yarn", "pnpm", "bun", "jest", "vitest"):
        return ("package.json", *JAVASCRIPT)
    if name in ("make", "gmake"):
        return (*MAKE, *INCLUDED)

    return CARGO if name == "cargo" else ()


def _place(oracle: Oracle) -> tuple[int, int]:
    slow = [
        place for place, name in enumerate(_SLOW, 1) if oracle.name.startswith(name)
    ]
    return _ORDER.index(oracle.kind), max(slow, default=0)
