"""A small project to copy, with git and without."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from mux_tui.core.workspace.scratch import Copy, ScratchOptions

Git = Callable[..., str]


@pytest.fixture
def options() -> ScratchOptions:
    """What a user's mux would say."""
    return ScratchOptions(environ=dict(os.environ))


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Where copies are kept."""
    return tmp_path / "state" / "scratch"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project: two files, one of them executable."""
    root = tmp_path / "project"
    (root / "src").mkdir(parents=True)
    (root / "src" / "app.py").write_text("value = 1\n")
    (root / "run.sh").write_text("#!/bin/sh\n")
    (root / "run.sh").chmod(0o755)
    return root


@pytest.fixture
def git(root: Path) -> Git:
    """The project is a repository; the value runs git in it."""

    def run(*arguments: str) -> str:
        who = ("-c", "user.name=A", "-c", "user.email=a@b.c")
        done = subprocess.run(
            ["git", *who, *arguments],
            cwd=root,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout

    run("init", "-q")
    run("add", ".")
    run("commit", "-qm", "first")
    return run


def tree_of(path: Path) -> dict[str, bytes]:
    """Every file below a directory, links not followed."""
    return {
        str(file.relative_to(path)): file.read_bytes()
        for file in path.rglob("*")
        if file.is_file() and not file.is_symlink()
    }


def whys(copy: Copy) -> dict[str, str]:
    """What was left out, and why."""
    return {one.path: one.why for one in copy.left_out}


def copies(place: Path) -> list[str]:
    """What is kept where copies are kept."""
    return sorted(name for name in os.listdir(place) if name != "lock")
