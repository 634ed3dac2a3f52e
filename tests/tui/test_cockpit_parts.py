"""The cockpit's parts without a screen: file names, saving, pastes, lines of text."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from mux_tui.core.errors import MuxError
from mux_tui.core.ledger.rows import RunRow
from mux_tui.tui.glyphs import ASCII, UNICODE, Glyphs
from mux_tui.tui.screens.cockpit.files import MOST, FileNames, best, walk
from mux_tui.tui.screens.cockpit.history import fitting
from mux_tui.tui.screens.cockpit.place import branch_of, place_of
from mux_tui.tui.screens.cockpit.saving import save, target_of
from mux_tui.tui.story import Stage
from mux_tui.tui.widgets.recent import recent_line
from mux_tui.tui.widgets.stages import seconds_text, stage_lines, stage_row
from mux_tui.tui.widgets.task.pastes import LONGEST, Pastes
from tests.tui.cockpit_stage import files_in

NAMES = ("src/user_service.py", "src/user.py", "docs/users/guide.md", "Makefile")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("user", ["src/user.py", "src/user_service.py", "docs/users/guide.md"]),
        ("USER", ["src/user.py", "src/user_service.py", "docs/users/guide.md"]),
        ("usvc", ["src/user_service.py"]),
        ("docs/g", ["docs/users/guide.md"]),
        ("src/", ["src/user.py", "src/user_service.py"]),
        ("[.*", []),
        ("", ["Makefile", "src/user.py", "src/user_service.py", "docs/users/guide.md"]),
    ],
)
def test_the_best_name_comes_first(typed: str, expected: list[str]) -> None:
    assert best(typed, NAMES, 8) == expected


async def test_git_knows_which_files_count(tmp_path: Path) -> None:
    """Ignored files are left out, and a repository's own programs are not run."""
    files_in(tmp_path, "kept.py", "out/ignored.py", ".gitignore")
    (tmp_path / ".gitignore").write_text("out/\n")
    ran = tmp_path / "ran"
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    git = [shutil.which("git") or "git", "-C", str(tmp_path)]
    subprocess.run([*git, "init", "-q"], check=True, env=env)
    hook = tmp_path / "hook"
    hook.write_text(f"#!/bin/sh\ntouch {ran}\n")
    hook.chmod(0o755)
    config = [*git, "config", "core.fsmonitor", str(hook)]
    subprocess.run(config, check=True, env=env)
    names = await FileNames(tmp_path, env).find("k")
    assert names == ["kept.py", "hook"]
    assert not ran.exists()


async def test_without_git_the_directory_is_walked(tmp_path: Path) -> None:
    files_in(tmp_path, "a.py", "node_modules/b.py", ".venv/c.py", "d/e.py")
    names = await FileNames(tmp_path, {"PATH": "/nowhere"}).find("py")
    assert names == ["a.py", "d/e.py"]


def test_a_walk_does_not_follow_links_in_circles(tmp_path: Path) -> None:
    files_in(tmp_path, "a/b.py")
    (tmp_path / "a" / "again").symlink_to(tmp_path)
    assert list(walk(tmp_path)) == ["a/b.py"]


def test_a_walk_ends_at_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MOST == 20_000
    monkeypatch.setattr("mux_tui.tui.screens.cockpit.files.MOST", 5)
    files_in(tmp_path, *(f"{n}.py" for n in range(9)))
    assert len(list(walk(tmp_path))) == 5


def test_a_branch_is_read_from_a_repository_and_from_a_worktree(tmp_path: Path) -> None:
    files_in(tmp_path, ".git/worktrees/w/HEAD", "w/src/x")
    (tmp_path / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    (tmp_path / ".git/worktrees/w/HEAD").write_text("ref: refs/heads/fix/it\n")
    (tmp_path / "w" / ".git").write_text("gitdir: ../.git/worktrees/w\n")
    assert branch_of(tmp_path) == "main"
    assert branch_of(tmp_path / "w" / "src") == "fix/it"
    assert place_of(tmp_path / "w", str(tmp_path), "·") == "~/w · fix/it"
    (tmp_path / ".git" / "HEAD").write_text("9f2c" * 10)
    assert branch_of(tmp_path) == ""


def test_saving_replaces_only_what_it_may(tmp_path: Path) -> None:
    path = target_of("answer.md", tmp_path)
    save(path, "one", replace=False)
    with pytest.raises(FileExistsError):
        save(path, "two", replace=False)
    assert path.read_text() == "one"
    save(path, "two", replace=True)
    assert path.read_text() == "two"
    assert [p.name for p in tmp_path.iterdir()] == ["answer.md"]


def test_saving_through_a_link_keeps_the_link(tmp_path: Path) -> None:
    (tmp_path / "real.md").write_text("one")
    (tmp_path / "link.md").symlink_to("real.md")
    save(tmp_path / "link.md", "two", replace=True)
    assert (tmp_path / "link.md").is_symlink()
    assert (tmp_path / "real.md").read_text() == "two"


@pytest.mark.parametrize("name", ["x" * 300, "round.md"])
def test_what_the_system_does_not_take_is_an_error_in_words(
    name: str, tmp_path: Path
) -> None:
    (tmp_path / "round.md").symlink_to("round.md")
    with pytest.raises((MuxError, FileExistsError)):
        save(target_of(name, tmp_path), "one", replace=False)


@pytest.mark.parametrize(
    "name", ["", "  ", "\0", "folder", "missing/answer.md", "~nobody-at-all/a.md"]
)
def test_what_is_no_file_name_is_said(name: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(MuxError):
        target_of(name, tmp_path)


def test_a_mark_stands_for_what_was_pasted_and_for_nothing_else() -> None:
    pastes = Pastes()
    long = "x" * (LONGEST + 1)
    assert pastes.keep("short") == "short"
    lines = "y\n" * 100
    first, second = pastes.keep(long), pastes.keep(lines)
    assert first == "[pasted #1: 1 line, 4,001 characters]"
    assert pastes.expanded(f"a {first} b {second}") == f"a {long} b {lines}"
    unknown = "[pasted #9: 1 line, 1 characters]"
    assert pastes.expanded(unknown) == unknown


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (None, ""),
        (0.0, "0.00 s"),
        (0.4567, "0.46 s"),
        (4.12, "4.1 s"),
        (31.4, "31 s"),
        (99.6, "100 s"),
        (187, "3:07"),
        (7200, "2.0 h"),
    ],
)
def test_a_duration_fits_into_seven_cells(seconds: float | None, expected: str) -> None:
    assert seconds_text(seconds) == expected


STAGES = [
    Stage("route", "done", 0.0, 0.003),
    Stage("ask local", "busy", 1.0, detail="reads 400/1,000 · 300 tok/s"),
    Stage("score"),
]


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII])
@pytest.mark.parametrize("width", [20, 44, 120])
def test_stages_never_exceed_their_width(glyphs: Glyphs, width: int) -> None:
    lines = stage_lines(STAGES, glyphs, width, 8, 3.0)
    row = stage_row(STAGES, glyphs, width, 3.0)
    assert all(line.cell_length <= width for line in [*lines, row])
    if glyphs is ASCII:
        assert all(line.plain.isascii() for line in lines if width > 80)


def test_many_stages_show_the_last_ones() -> None:
    many = [Stage(f"s{n}", "done", 0.0, 1.0) for n in range(12)]
    lines = [line.plain for line in stage_lines(many, UNICODE, 44, 8, 3.0)]
    assert len(lines) == 8
    assert lines[0].startswith("… 5 earlier")
    assert lines[-1].startswith("✓ s11")


def row(number: int, text: str | None, status: str = "done") -> RunRow:
    """A row of the ledger."""
    return RunRow(
        number,
        f"run{number}",
        1_795_000_000.0,
        4.1,
        status,
        None,
        "local",
        "local",
        "m",
        0.8,
        "pass",
        1,
        1,
        None,
        7,
        text,
        0,
        None,
        None,
    )


def test_earlier_tasks_are_found_once_newest_first() -> None:
    rows = [row(1, "Fix A"), row(2, "Fix B"), row(3, "Fix A"), row(4, None)]
    assert [r.id for r in fitting(rows, [])] == [3, 2]
    assert [r.id for r in fitting(rows, ["FIX", "b"])] == [2]


def test_a_recent_run_is_one_safe_line() -> None:
    hostile = row(1, "\x1b[2J[red]\nx", status="\x1b[31m")
    line = recent_line(hostile, UNICODE, 60, 1_795_000_000.0)
    assert line.plain.isprintable()
    assert "[red]" in line.plain
    unkept = recent_line(row(1, None), UNICODE, 60, 1_795_000_000.0)
    assert "7 characters" in unkept.plain
