"""Where tasks are done, in a few words: the directory and its branch."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from mux_tui.core.text import one_line

if TYPE_CHECKING:
    from mux_tui.tui.desk import Desk

_LONGEST_HEAD = 4096


async def look_up(desk: "Desk", dot: str) -> str:
    """Where the desk's tasks are done."""
    home = desk.environment.variables.get("HOME", "")
    return await asyncio.to_thread(place_of, desk.cwd, home, dot)


def place_of(cwd: Path, home: str, dot: str) -> str:
    """`~/src/shop · main`; reads a small file or two."""
    shown = shortened(cwd, home)
    branch = branch_of(cwd)
    return one_line(f"{shown} {dot} {branch}" if branch else shown)


def shortened(path: Path, home: str) -> str:
    """A directory, with `~` for the user's own; may be foreign text."""
    shown = str(path)
    if home and (shown == home or shown.startswith(f"{home}/")):
        return f"~{shown[len(home) :]}"

    return shown


def branch_of(cwd: Path) -> str:
    """The branch that is checked out; empty: none, or no git tree."""
    # Late: with it comes what a decision looks at, and the first frame needs none.
    from mux_tui.core.survey import repository_root

    root = repository_root(cwd)
    if root is None:
        return ""
    try:
        head = _git_folder(root / ".git") / "HEAD"
        with head.open(encoding="utf-8", errors="replace") as file:
            told = file.read(_LONGEST_HEAD).strip()
    except OSError:
        return ""

    return told.removeprefix("ref: refs/heads/") if told.startswith("ref:") else ""


def _git_folder(git: Path) -> Path:
    """A worktree's `.git` is a file that says where the folder is."""
    if git.is_dir():
        return git

    with git.open(encoding="utf-8", errors="replace") as file:
        named = file.read(_LONGEST_HEAD).strip().removeprefix("gitdir: ")
    return git.parent / named
