"""From the arguments of a call to a job: directory, files, commands, permission.

The caller may ask for less than the user's settings allow, and never for more.
"""

import asyncio
import re
from pathlib import Path

from mux_tui.core import intake
from mux_tui.core.engine import Engine
from mux_tui.core.errors import Declined, UsageError
from mux_tui.core.routing.features import features
from mux_tui.core.routing.override import split_override
from mux_tui.core.task import Apply, Kind
from mux_tui.core.text import one_line
from mux_tui.core.workspace.names import is_protected
from mux_tui.core.workspace.refused import PathRefused
from mux_tui.core.workspace.tree import open_tree
from mux_tui.mcp.arguments import StartArguments
from mux_tui.mcp.engines import Engines
from mux_tui.mcp.jobs import Job, Jobs
from mux_tui.mcp.proof import check_commands

_CAREFUL: tuple[Apply, ...] = ("auto", "ask", "never")
"""From the least careful to the most."""

_MOST_OF_A_FILE = 512 * 1024
_TICKS = re.compile(r"`+")


class Ordering:
    """Where jobs begin."""

    def __init__(self, engines: Engines, jobs: Jobs, nested: bool) -> None:
        """Begin none yet.

        Args:
            engines: Who does them.
            jobs: Where they are kept.
            nested: Whether mux was started by what works for mux.
        """
        self._engines = engines
        self._jobs = jobs
        self._nested = nested

    async def start(self, wanted: StartArguments, can_ask: bool) -> Job:
        """Start a task.

        Args:
            wanted: What the caller wants.
            can_ask: Whether its user can be asked.

        Raises:
            UsageError: It is no task, or something it names cannot be used.
            Declined: mux does not call itself.
            MuxError: The settings are wrong, or the engine cannot be opened.
        """
        if self._nested:
            raise Declined(
                "this mux takes no tasks",
                "it was started by a CLI that does a task for mux",
                "Do the task yourself",
            )
        self._jobs.check_room()
        cwd = _directory(wanted.cwd, self._engines.cwd)
        async with self._engines.engine(cwd, wanted.prefer_local) as engine:
            commands = tuple(wanted.verify_with)
            _check_no_routes(commands)
            await check_commands(commands, engine.parts)
            apply, notes = granted(
                wanted.apply, engine.settings.workflow.apply, can_ask
            )
            text, kind = await _text(wanted, cwd, engine)
            task = engine.accept(
                text,
                cwd,
                self._engines.cwd,
                route=wanted.route,
                kind=kind,
                verify=commands,
                time_limit=wanted.time_limit,
                apply=apply,
            )
            job = Job(engine.start(task), can_ask, notes)
            self._jobs.add(job)
        return job


def granted(
    wanted: Apply | None, allowed: Apply, can_ask: bool
) -> tuple[Apply, tuple[str, ...]]:
    """When changes are written, and what to say where that is not as wanted.

    Args:
        wanted: What the caller wants; None: whatever is allowed.
        allowed: What the user's settings say.
        can_ask: Whether the user can be asked.
    """
    steps = (_CAREFUL.index(wanted or allowed), _CAREFUL.index(allowed))
    stricter = _CAREFUL[max(steps)]
    given: Apply = "never" if stricter == "ask" and not can_ask else stricter
    if wanted in (None, given):
        return given, ()

    why = f"workflow.apply is {allowed}" if stricter == allowed else "it was asked for"
    if given != stricter:
        why = "this client cannot ask its user"
    return given, (f"apply is {given} and not {wanted}: {why}",)


def _directory(named: str, base: Path) -> Path:
    # A NUL ends the path for the system, and an error of Python's for us.
    if "\0" in named:
        raise UsageError("cwd holds a NUL byte", "", "Name a directory")
    if not Path(named).is_absolute() and not base.is_dir():
        raise UsageError(
            "there is no work directory",
            "the one that this server was started in is gone",
            "Give the call an absolute cwd",
        )
    return intake.accept_directory(Path(named), base)


def _check_no_routes(commands: tuple[str, ...]) -> None:
    for command in commands:
        if command.strip() in ("local", "claude", "codex", "gemini"):
            raise UsageError(
                f"verify_with names {command.strip()}",
                "it takes commands that must exit 0, and no model",
                f"To have {command.strip()} do the task, say so with route",
            )


async def _text(
    wanted: StartArguments, cwd: Path, engine: Engine
) -> tuple[str, Kind | None]:
    """The task's text with its files, and its kind where that was to be known."""
    if not wanted.files:
        return wanted.task, wanted.kind

    limit = engine.settings.limits.task_bytes
    task = intake.accept_text(wanted.task, limit)
    _, prompt = split_override(task)
    kind = wanted.kind or features(prompt, engine.settings.router).kind
    closed = engine.parts.tools.closed if engine.parts.tools else ()
    contents = await asyncio.to_thread(_read_all, wanted.files, cwd, closed)
    if kind == "files":
        # The model is shown the files that a task names.
        names = ", ".join(f"`{path}`" for path in contents)
        return f"{task}\n\nIt is about these files: {names}", kind

    blocks = [_block(path, content) for path, content in contents.items()]
    return "\n\n".join((task, *blocks)), kind


def _read_all(paths: list[str], cwd: Path, closed: tuple[Path, ...]) -> dict[str, str]:
    contents: dict[str, str] = {}
    with open_tree(cwd, closed) as tree:
        for named in paths:
            path = _inside(named, cwd)
            try:
                found = tree.read(path, _MOST_OF_A_FILE)
            except PathRefused as error:
                raise _unusable(path, error.refusal.why) from error
            if found is None:
                raise _unusable(path, "is no file of the work directory")
            contents[path] = _decoded(path, found[0])
    return contents


def _inside(named: str, cwd: Path) -> str:
    """The path from the work directory on; the tree refuses what leads out of it."""
    path = named.removeprefix("./")
    if Path(path).is_absolute() and Path(path).is_relative_to(cwd):
        path = str(Path(path).relative_to(cwd))
    if is_protected(path):
        raise _unusable(path, "is kept from models, by its name")
    return path


def _decoded(path: str, content: bytes) -> str:
    if b"\0" in content:
        raise _unusable(path, "is no text")
    return content.decode("utf-8", "replace")


def _unusable(path: str, why: str) -> UsageError:
    shown = one_line(path, 200)
    return UsageError(f"cannot show {shown}", why, "Name files of the work directory")


def _block(path: str, content: str) -> str:
    longest = max((len(run) for run in _TICKS.findall(content)), default=0)
    fence = "`" * max(3, longest + 1)
    end = "" if content.endswith("\n") or not content else "\n"
    return f"File `{path}`:\n{fence}\n{content}{end}{fence}"
