"""Writing a task in the user's own editor."""

import asyncio
from pathlib import Path

from mux_tui.core.errors import EnvironmentProblem, MuxError
from mux_tui.core.paths import private_directory, write_private
from mux_tui.tui.editor import edit_file
from mux_tui.tui.host import Host

_NAME = "task.md"


async def edited(app: Host, text: str) -> str | None:
    """The text as the editor left it; None: it stays as it was, and the user was told.

    The file stays where it is when the editor fails: nothing that was written is lost.
    """
    file = app.desk.environment.paths.state_dir / _NAME
    most = app.desk.settings.limits.task_bytes
    try:
        await asyncio.to_thread(_write, file, text)
        await edit_file(app, file)
        return await asyncio.to_thread(_read, file, most)
    except MuxError as error:
        app.tell_error(error)
        return None


def _write(file: Path, text: str) -> None:
    private_directory(file.parent)
    try:
        write_private(file, text)
    except OSError as error:
        raise EnvironmentProblem(
            f"cannot write {file}", error.strerror or str(error)
        ) from error


def _read(file: Path, most: int) -> str:
    try:
        if file.stat().st_size > most:
            raise EnvironmentProblem(
                "the task is too long",
                f"limits.task_bytes is {most:,}",
                f"It is still in {file}",
            )
        text = file.read_text(encoding="utf-8", errors="replace")
        file.unlink()
    except OSError as error:
        raise EnvironmentProblem(
            f"cannot read {file}", error.strerror or str(error)
        ) from error

    return text.removesuffix("\n")
