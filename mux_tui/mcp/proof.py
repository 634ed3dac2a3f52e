"""A caller's commands as proof, run where they can do no harm.

Who calls is a model, and its word is no permission to run anything on this machine. In
a sandbox, in a copy of the work directory, without network, a command can prove an
answer and nothing else. Commands of the user's own settings run as always.
"""

import secrets
import shlex
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

from mux_tui.core.attempts import Parts
from mux_tui.core.errors import MuxError, UsageError
from mux_tui.core.file_work.tools import Tools
from mux_tui.core.task import Check, Task, Verdict
from mux_tui.core.text import one_line
from mux_tui.core.verification.oracle.bench import Bench
from mux_tui.core.verification.oracle.environment import search_path
from mux_tui.core.verification.oracle.facts import Oracle, Room
from mux_tui.core.verification.oracle.run import prove
from mux_tui.core.verification.oracle.sandbox import inside
from mux_tui.core.verification.parse import parse_checks
from mux_tui.core.verification.verdict import summed_up
from mux_tui.core.workspace.scratch import scratch_copy

_WITH_INPUT = 'exec <"$1"; shift; exec "$@"'
"""Gives a command the answer on standard input, which runs of oracles have none of."""


def sandboxed(parts: Parts) -> Callable[[str, Task], Awaitable[Verdict]]:
    """What checks answers in text, for `Parts.verify`."""

    async def verified(answer: str, task: Task) -> Verdict:
        settings, tools = parts.settings.verification, parts.tools
        if tools is None or task.verify == settings.commands:
            return await parts.verify(answer, task)

        checks = list(parse_checks(answer)) if settings.parse_code else []
        return summed_up([*checks, *await _checks(answer, task, tools)])

    return verified


async def check_commands(commands: tuple[str, ...], parts: Parts) -> None:
    """See that a caller's commands may be run.

    Raises:
        UsageError: There is no sandbox to run them in.
    """
    own = parts.settings.verification.commands
    if parts.tools is None or all(command in own for command in commands):
        return

    sandbox = (await parts.tools.bench()).sandbox
    if not sandbox.real:
        raise UsageError(
            "verify_with cannot run commands of its own here",
            one_line(sandbox.note),
            "Have the user put them into verification.commands",
        )


async def _checks(answer: str, task: Task, tools: Tools) -> list[Check]:
    bench = await tools.bench()
    try:
        async with scratch_copy(task.cwd, tools.paths.scratch, tools.options) as copy:
            room = Room(copy.path, copy.root, copy.lendable)
            given = copy.path / f".mux-answer-{secrets.token_hex(8)}"
            given.write_text(answer, encoding="utf-8", errors="replace")
            # One after the other: they share the copy.
            return [
                await _check(command, given, room, bench) for command in task.verify
            ]
    except (MuxError, OSError) as error:
        why = one_line(str(error))
        return [Check(_name(command), "unknown", why) for command in task.verify]


async def _check(command: str, given: Path, room: Room, bench: Bench) -> Check:
    try:
        words = shlex.split(command)
    except ValueError as error:
        why = f"cannot be split into words: {error}"
        return Check(_name(command), "unknown", why)
    if not words or not _there(words[0], room, bench):
        return Check(_name(command), "unknown", "the command was not found")

    seen = inside(bench.sandbox, room) / given.name
    argv = ("sh", "-c", _WITH_INPUT, "mux", str(seen), *words)
    oracle = Oracle(_name(command), "command", argv, "the caller asks for it")
    proof = await prove(oracle, room, bench)
    detail = "" if proof.status == "pass" else "\n".join((proof.summary, *proof.lines))
    return Check(oracle.name, proof.status, detail, proof.seconds)


def _there(program: str, room: Room, bench: Bench) -> bool:
    if "/" in program:
        return (room.scratch / program).is_file() or Path(program).is_file()

    path = ":".join(search_path(bench.variables, ()))
    return shutil.which(program, path=path) is not None


def _name(command: str) -> str:
    return one_line(command, 120)
