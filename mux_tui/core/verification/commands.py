"""The user's own commands as proof: each gets the answer on standard input.

Exit status 0 is `pass`, any other `fail`. A command that cannot be started, or does
not end in time, says nothing of the answer: `unknown`.
"""

import shlex
import shutil
from collections.abc import Mapping
from pathlib import Path

from mux_tui.core.process.run import Exit, Finished, ProcessStartError, run
from mux_tui.core.task import Check, VerdictStatus
from mux_tui.core.text import one_line, printable

_OUTPUT_CAP = 262_144
_LINES = 20
_CHARS = 2_000


async def run_check(
    command: str, answer: str, *, cwd: Path, environ: Mapping[str, str], limit: float
) -> Check:
    """Run one command, without a shell.

    Args:
        command: Split as a POSIX shell splits; nothing in it is expanded.
        answer: What it reads on standard input, as UTF-8.
        cwd: The work directory.
        environ: The whole environment; PATH in it finds the program.
        limit: Seconds.
    """
    name = one_line(command, 120)
    try:
        words = shlex.split(command)
    except ValueError as error:
        return Check(name, "unknown", f"cannot be split into words: {error}")

    argv = _argv(words, cwd, environ)
    if not argv:
        return Check(name, "unknown", "the command was not found")

    try:
        finished = await run(
            argv,
            cwd=cwd,
            env=environ,
            stdin=answer.encode("utf-8", "replace"),
            time_limit=limit,
            output_cap=_OUTPUT_CAP,
        )
    except ProcessStartError as error:
        return Check(name, "unknown", one_line(error.why))

    status, told = _judge(finished.exit, limit)
    detail = "" if status == "pass" else f"{told}\n{_last_lines(finished)}".strip()
    return Check(name, status, detail, finished.exit.seconds)


def _argv(words: list[str], cwd: Path, environ: Mapping[str, str]) -> list[str]:
    """The words with the program's path; empty: there is no such program."""
    if not words or "\0" in words[0]:
        return []

    program, *arguments = words
    if "/" in program:
        path = cwd / program
        return [str(path), *arguments] if path.is_file() else []

    found = shutil.which(program, path=environ.get("PATH", ""))
    # A relative entry of PATH means our own directory, which is not the command's.
    return [str(Path(found).absolute()), *arguments] if found else []


def _judge(end: Exit, limit: float) -> tuple[VerdictStatus, str]:
    if end.stopped:
        return "unknown", f"did not end within {limit:g} s"
    if end.signal is not None:
        return "unknown", f"was ended by signal {end.signal}"
    if end.code == 0:
        return "pass", ""

    return "fail", f"exit status {end.code}"


def _last_lines(finished: Finished) -> str:
    """The last lines of what it wrote, safe to show."""
    text = printable(f"{finished.stdout}\n{finished.stderr}")
    lines = [line.rstrip() for line in text.split("\n") if line.strip()]
    return "\n".join(lines[-_LINES:])[-_CHARS:]
