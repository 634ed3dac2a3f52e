"""Asking git: it says what it ignores, and nothing of the repository runs."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mux_tui.core.workspace.scratch.ignore import ignored_among, ignored_in
from mux_tui.core.workspace.scratch.quoted import quoted, unquoted
from tests.core.workspace.scratch.conftest import Git

_NAMES = st.binary(min_size=1, max_size=40).filter(lambda raw: b"\0" not in raw)


@given(_NAMES)
def test_every_name_survives_its_quotes(raw: bytes) -> None:
    name = os.fsdecode(raw)
    line = quoted(name)
    assert line.isascii()
    assert "\n" not in line
    assert "\r" not in line
    assert unquoted(line) == name


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("plain name.py", "plain name.py"),
        (r'"a\nb"', "a\nb"),
        (r'"\303\244\"\\"', 'ä"\\'),
        (r'"\a\b\t\v\f\r"', "\a\b\t\v\f\r"),
        (r'"\\n"', "\\n"),
    ],
)
def test_names_are_read_as_git_writes_them(line: str, name: str) -> None:
    assert unquoted(line) == name


def _trap(root: Path, git: Git) -> Path:
    """Everything in a repository that could start a program, and its trace."""
    trace = root.parent / "ran"
    script = root.parent / "evil"
    script.write_text(f"#!/bin/sh\ntouch '{trace}'\n")
    script.chmod(0o755)
    for key in (
        "core.fsmonitor",
        "core.pager",
        "core.editor",
        "core.sshCommand",
        "core.askPass",
        "core.gitProxy",
        "diff.external",
        "filter.x.clean",
        "filter.x.smudge",
        "filter.x.process",
        "credential.helper",
        "alias.ls-files",
        "alias.check-ignore",
        "pager.ls-files",
    ):
        git("config", key, f"!{script}" if "alias" in key else str(script))
    hooks = root / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for name in ("fsmonitor-watchman", "post-index-change", "query-watchman"):
        (hooks / name).write_text(script.read_text())
        (hooks / name).chmod(0o755)
    (root / ".gitattributes").write_text("* filter=x diff=x\n")
    (root / ".gitignore").write_text("ignored\n")
    (root / "ignored").write_text("x")
    return trace


async def test_a_repository_that_would_run_programs_runs_none(
    root: Path, git: Git
) -> None:
    trace = _trap(root, git)
    (root / "src" / "app.py").write_text("changed, so that git looks again\n")
    ignored = await ignored_in(root, dict(os.environ))
    among = await ignored_among(["ignored", "src/app.py"], root, dict(os.environ))

    assert ignored.files == {"ignored"}
    assert among == {"ignored"}
    assert not trace.exists()


async def test_a_work_tree_elsewhere_leads_nowhere(
    root: Path, git: Git, tmp_path: Path
) -> None:
    git("config", "core.worktree", str(tmp_path))
    ignored = await ignored_in(root, dict(os.environ))
    assert all(not path.startswith(("/", "..")) for path in ignored.files)


async def test_a_program_named_git_in_the_work_directory_is_not_run(
    root: Path,
) -> None:
    trace = root.parent / "ran"
    (root / "git").write_text(f"#!/bin/sh\ntouch '{trace}'\n")
    (root / "git").chmod(0o755)
    environ = {"PATH": f".::{root.name}"}
    assert not (await ignored_in(root, environ)).known
    assert not trace.exists()


async def test_git_that_hangs_is_not_waited_for(root: Path, git: Git) -> None:
    os.mkfifo(root / "pipe")
    git("config", "core.excludesFile", str(root / "pipe"))
    ignored = await ignored_in(root, dict(os.environ), seconds=0.3)
    assert not ignored.known


async def test_a_directory_without_git_and_a_machine_without_it(root: Path) -> None:
    assert not (await ignored_in(root, dict(os.environ))).known
    assert not (await ignored_in(root, {"PATH": "/nonexistent"})).known


async def test_new_files_are_judged_by_the_directories_they_are_in(
    root: Path, git: Git
) -> None:
    (root / ".gitignore").write_text("out/\n*.log\n!keep.log\n")
    paths = ["out/deep/a", "x/b.log", "keep.log", "x/\n.log", '"', "src/c.py"]
    found = await ignored_among(paths, root, dict(os.environ))
    assert found == {"out/deep/a", "x/b.log", "x/\n.log"}
