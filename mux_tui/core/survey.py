"""What a decision needs to know, gathered without changing anything.

Nothing is started and nothing is sent: a CLI counts as present when its program is on
the PATH, a repository is looked at through its file names.
"""

import asyncio
import os
from itertools import islice
from pathlib import Path
from typing import Protocol

from mux_tui.core.config.settings import Settings
from mux_tui.core.routing.features import features
from mux_tui.core.routing.override import split_override
from mux_tui.core.routing.situation import LocalState, Repository, Situation
from mux_tui.core.task import Route, Task
from mux_tui.core.weights.tokenizer import count_tokens

_BYTES_PER_TOKEN = 3.5
"""Bytes of English prose and code in one token, roughly."""

_FRAME_TOKENS = 16
"""What a chat template adds around a system prompt and one message."""


class Looked(Protocol):
    """The local model, as far as a decision looks at it."""

    @property
    def directory(self) -> Path | None:
        """The model's files; None: they are somebody else's business."""
        ...

    async def state(self) -> LocalState:
        """How it is."""
        ...


_MOST_NAMES = 2000
_TEST_PLACES = ("tests", "test", "spec", "__tests__")
_TEST_FILES = ("pytest.ini", "tox.ini", "noxfile.py", "conftest.py")


async def survey(
    task: Task,
    settings: Settings,
    local: Looked,
    present: tuple[Route, ...],
) -> Situation:
    """Gather everything that `decide` looks at.

    Args:
        task: What was asked.
        settings: The user's.
        local: The model on this machine.
        present: Cloud routes whose CLI was found.
    """
    _, prompt = split_override(task.text)
    read = f"{settings.providers.local.system_prompt}\n{prompt}"
    if local.directory is None:
        tokens, exact = count(read, local)
    else:
        # A tokenizer needs a second for a megabyte, and lets others work meanwhile.
        tokens, exact = await asyncio.to_thread(count, read, local)
    return Situation(
        text=task.text,
        features=features(prompt, settings.router),
        local=await local.state(),
        route=task.route,
        kind=task.kind,
        prompt_tokens=tokens,
        tokens_exact=exact,
        max_tokens=settings.providers.local.max_tokens,
        present=present,
        repository=repository_at(task.place),
    )


def count(text: str, local: Looked) -> tuple[int, bool]:
    """Tokens of a prompt, and whether the model's own tokenizer counted them."""
    if local.directory is not None:
        counted = count_tokens(text, local.directory)
        if counted is not None:
            return counted + _FRAME_TOKENS, True

    return round(len(text.encode()) / _BYTES_PER_TOKEN) + _FRAME_TOKENS, False


def repository_at(cwd: Path) -> Repository:
    """The repository around a work directory, told by names alone."""
    root = repository_root(cwd)
    top = root or cwd
    return Repository(
        is_git=root is not None, has_tests=_has_tests(top), name=top.name or str(top)
    )


def repository_root(cwd: Path) -> Path | None:
    """The top of the git tree around a work directory; None: there is none."""
    for up in (cwd, *cwd.parents):
        try:
            if (up / ".git").exists():
                return up
        except OSError:
            return None

    return None


def _has_tests(top: Path) -> bool | None:
    try:
        with os.scandir(top) as entries:
            names = [entry.name for entry in islice(entries, _MOST_NAMES)]
    except OSError:
        return None

    return any(
        name in _TEST_PLACES or name in _TEST_FILES or _is_test_file(name)
        for name in names
    )


def _is_test_file(name: str) -> bool:
    stem, _, ending = name.partition(".")
    return ending in ("py", "js", "ts", "go", "test.js", "test.ts", "spec.ts") and (
        stem.startswith("test_") or stem.endswith("_test") or ".test." in name
    )
