"""Where a run is repeated: a copy of its directory in which it has not happened."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from mux_tui.core.errors import UsageError
from mux_tui.core.file_work.tools import Tools
from mux_tui.core.replay.subject import Subject, is_home
from mux_tui.core.replay.taking_back import take_back
from mux_tui.core.survey import repository_root
from mux_tui.core.workspace.scratch import Copy, linked, scratch_copy

_GIT = ".git"


@dataclass(frozen=True)
class Base:
    """The place of one replay."""

    cwd: Path
    home: Path | None = None
    """What `cwd` is a copy of; None: it is the user's own, and nothing writes there."""

    lent: tuple[str, ...] = ()
    """What proofs may be lent of the user's own, for it is not in the copy."""

    notes: tuple[str, ...] = ()
    """In what the files differ from those of then, one sentence each."""


def needs_copy(subject: Subject, commands: bool) -> bool:
    """Whether something could be written where it is repeated.

    Args:
        subject: What is repeated.
        commands: Whether commands check an answer in text.
    """
    return subject.kind != "advisory" or commands


@asynccontextmanager
async def replay_base(
    subject: Subject, tools: Tools, commands: bool
) -> AsyncGenerator[Base, None]:
    """The place of one replay, for as long as the context is open.

    An answer in text needs no copy, unless commands are run on it: they could write.

    Args:
        subject: What is repeated.
        tools: Where copies are kept, and contents of changed files.
        commands: Whether commands check an answer in text.

    Raises:
        MuxError: It cannot be copied, or its files cannot be made what they were.
    """
    if not needs_copy(subject, commands):
        yield Base(subject.cwd)
        return

    if is_home(str(subject.cwd), tools.variables):
        raise UsageError(
            "its checks would run in a copy of its directory, which is no project"
        )
    place = tools.paths.scratch.with_name("replays")
    async with scratch_copy(subject.cwd, place, tools.options) as copy:
        run = subject.run
        notes = await asyncio.to_thread(
            take_back, copy.path, copy.root, run.run_id, run.changes, tools.archive
        )
        await asyncio.to_thread(_closed_off, copy)
        with ExitStack() as stack:
            if subject.kind != "advisory":
                # What runs on an answer in text is in no sandbox, and sees no link.
                stack.enter_context(linked(copy, copy.lendable))
            yield Base(copy.path, copy.root, copy.lendable, notes)


def _closed_off(copy: Copy) -> None:
    """Let git go by the copy's own rules, and not by those of a directory above it."""
    if not copy.git and repository_root(copy.path) is None:
        return

    git = copy.path / _GIT
    for folder in (git, git / "objects", git / "refs"):
        folder.mkdir()
    (git / "HEAD").write_text("ref: refs/heads/main\n")
