"""From what a user typed to a task that may be run, or to one clear error."""

import os
from pathlib import Path

from mux_tui.core.errors import UsageError
from mux_tui.core.paths import expanded
from mux_tui.core.routing.override import split_override
from mux_tui.core.text import one_line


def accept_text(text: str, most_bytes: int) -> str:
    """Return the task's text without white space around it.

    Lone surrogates, which no encoding can carry, become question marks.

    Args:
        text: As typed, piped or sent.
        most_bytes: Longest task, in bytes of UTF-8.

    Raises:
        UsageError: It is empty, too long, or no text.
    """
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > most_bytes:
        raise UsageError(
            "the task is too long",
            f"it has {size:,} bytes, and limits.task_bytes is {most_bytes:,}",
            "Put the material into a file and name the file, or raise the limit",
        )
    if "\0" in text:
        raise UsageError(
            "the task holds a NUL byte",
            "it is not text",
            "Send text, not a binary file",
        )

    clean = text.encode("utf-8", "replace").decode("utf-8")
    if not clean.strip():
        raise UsageError("the task is empty", "", 'Say what to do: mux run "TASK"')
    if not any(character.isprintable() and character != " " for character in clean):
        raise UsageError(
            "the task holds no readable text", "only control bytes", "Send text"
        )

    word, rest = split_override(clean)
    if word is not None and not rest.strip():
        raise UsageError(
            f"the task is only the word @{word}",
            "it says who, and not what",
            f'Say what to do: mux run "@{word} TASK"',
        )

    return clean.strip()


def accept_directory(directory: Path, base: Path) -> Path:
    """Return the work directory as an absolute path without links.

    Args:
        directory: As given; relative to `base`.
        base: The directory mux was started in.

    Raises:
        UsageError: It is missing, no directory, or cannot be read.
    """
    path = base / expanded(directory)
    shown = one_line(str(path))
    try:
        real = path.resolve(strict=True)
    except (OSError, RuntimeError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it cannot be resolved"
        raise UsageError(
            f"no work directory {shown}", why, "Name one that is there"
        ) from (error)
    if not real.is_dir():
        raise UsageError(
            f"{shown} is no directory", "", "Name its directory with --cwd"
        )
    if not os.access(real, os.R_OK | os.X_OK):
        raise UsageError(
            f"{shown} cannot be read", "permission denied", "Use another directory"
        )

    return real
