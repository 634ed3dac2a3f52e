"""A scratch copy: what is in it, and what is not."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from mux_tui.core.errors import EnvironmentProblem, UsageError
from mux_tui.core.workspace.scratch import (
    CopyTooLarge,
    ScratchOptions,
    scratch_copy,
)
from tests.core.workspace.scratch.conftest import Git, copies, tree_of, whys


async def test_a_copy_holds_the_directory_as_it_is_now(
    root: Path, place: Path, options: ScratchOptions, git: Git
) -> None:
    """Uncommitted and untracked work is in it."""
    (root / "src" / "app.py").write_text("value = 2\n")
    (root / "src" / "new.py").write_text("new\n")
    async with scratch_copy(root, place, options) as copy:
        assert copy.git
        assert copy.path.name == "project"
        assert tree_of(copy.path) == {
            "src/app.py": b"value = 2\n",
            "src/new.py": b"new\n",
            "run.sh": b"#!/bin/sh\n",
        }
        assert (copy.path / "run.sh").stat().st_mode & 0o777 == 0o755
        old, new = (root / "run.sh").stat(), (copy.path / "run.sh").stat()
        assert new.st_mtime_ns == old.st_mtime_ns
        assert copy.base.files.keys() == tree_of(copy.path).keys()


async def test_what_git_ignores_stays_out_but_small_files_that_programs_need(
    root: Path, place: Path, options: ScratchOptions, git: Git
) -> None:
    (root / ".gitignore").write_text("out/\n_version.py\n*.bin\n.env\n*.log\n")
    for path, size in (
        ("out/a.o", 1),
        ("src/_version.py", 10),
        ("src/big.bin", 300_000),
        (".env", 5),
        ("line\nbreak.log", 2),
        ("kept/out/tracked.o", 1),
        ("kept/out/other.o", 1),
    ):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(b"x" * size)
    git("add", "-f", "kept/out/tracked.o")
    async with scratch_copy(root, place, options) as copy:
        told = whys(copy)
        there = tree_of(copy.path).keys()

    assert {"out", "src/big.bin", ".env", ".git"} == set(told)
    assert "a secret's" in told[".env"]
    assert {"src/_version.py", "line\nbreak.log", "kept/out/tracked.o"} <= there
    assert "out/a.o" not in there
    assert copy.base.ignored == {
        "src/_version.py",
        "line\nbreak.log",
        "kept/out/other.o",
    }


async def test_without_git_names_decide(
    root: Path, place: Path, options: ScratchOptions
) -> None:
    for path in (
        "node_modules/p/index.js",
        "web/node_modules/p/index.js",
        "env/pyvenv.cfg",
        "target/CACHEDIR.TAG",
        "src/__pycache__/app.pyc",
        "build/source.c",
    ):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("x")
    async with scratch_copy(root, place, options) as copy:
        assert not copy.git
        assert tree_of(copy.path).keys() == {"src/app.py", "run.sh", "build/source.c"}
        assert set(whys(copy)) == {
            "node_modules",
            "web/node_modules",
            "env",
            "target",
            "src/__pycache__",
        }
        assert copy.lendable == ("env", "node_modules", "web/node_modules")


async def test_packages_that_git_keeps_are_copied(
    root: Path, place: Path, options: ScratchOptions, git: Git
) -> None:
    (root / "node_modules" / "own").mkdir(parents=True)
    (root / "node_modules" / "own" / "index.js").write_text("x")
    git("add", "-f", "node_modules")
    async with scratch_copy(root, place, options) as copy:
        assert "node_modules/own/index.js" in copy.base.files


@pytest.mark.parametrize(
    "name", ["new\nline", "esc\x1b[31m", "-rf", " ", "ü", "a" * 255]
)
async def test_any_name_is_copied(
    root: Path, place: Path, options: ScratchOptions, git: Git, name: str
) -> None:
    (root / name).write_text("x")
    (root / f"d{name[:200]}").mkdir()
    (root / f"d{name[:200]}" / "file").write_text("y")
    async with scratch_copy(root, place, options) as copy:
        assert (copy.path / name).read_text() == "x"
        assert (copy.path / f"d{name[:200]}" / "file").read_text() == "y"


async def test_names_that_are_no_utf_8_are_copied(
    root: Path, place: Path, options: ScratchOptions, git: Git
) -> None:
    (root / ".gitignore").write_bytes(b"gone\xff\n")
    for name in (b"name\xff", b"gone\xff"):
        (Path(os.fsdecode(bytes(root) + b"/" + name))).write_text("x")
    async with scratch_copy(root, place, options) as copy:
        assert b"name\xff" in os.listdir(bytes(copy.path))
        assert os.fsdecode(b"gone\xff") in copy.base.ignored


async def test_too_many_files_are_refused_and_the_bulk_is_named(
    root: Path, place: Path, options: ScratchOptions
) -> None:
    (root / "data" / "raw").mkdir(parents=True)
    for number in range(60):
        (root / "data" / "raw" / f"{number}.csv").write_text("")
    with pytest.raises(CopyTooLarge) as refusal:
        async with scratch_copy(root, place, replace(options, files=50)):
            pass

    assert "more than 50 files" in refusal.value.why
    assert "data/raw/" in refusal.value.why
    assert ".gitignore" in refusal.value.next_step
    assert copies(place) == []


async def test_what_to_exclude_is_said_where_it_helps(
    root: Path, place: Path, options: ScratchOptions, git: Git
) -> None:
    with pytest.raises(CopyTooLarge) as refusal:
        async with scratch_copy(root, place, replace(options, files=1)):
            pass

    assert refusal.value.next_step.startswith("Name what is not source code in .git")


async def test_too_many_bytes_are_refused_before_they_are_written(
    root: Path, place: Path, options: ScratchOptions
) -> None:
    with open(root / "src" / "huge", "wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(CopyTooLarge, match=r"src/"):
        async with scratch_copy(root, place, options):
            pass

    assert copies(place) == []


async def test_a_large_file_is_copied_whole(
    root: Path, place: Path, options: ScratchOptions
) -> None:
    content = os.urandom(1 << 20) * 9
    (root / "large.bin").write_bytes(content)
    async with scratch_copy(root, place, options) as copy:
        assert (copy.path / "large.bin").read_bytes() == content
        assert copy.base.files["large.bin"].digest == ""


async def test_muxs_own_directory_inside_of_the_project_is_not_copied(
    root: Path, options: ScratchOptions
) -> None:
    place = root / ".state" / "scratch"
    async with scratch_copy(root, place, options) as copy:
        assert whys(copy) == {".state/scratch": "belongs to mux itself"}
    with pytest.raises(UsageError, match="keeps its own files"):
        async with scratch_copy(place, place, options):
            pass


async def test_a_root_that_is_a_link_or_none_at_all(
    root: Path, place: Path, options: ScratchOptions, tmp_path: Path
) -> None:
    (tmp_path / "link").symlink_to(root)
    async with scratch_copy(tmp_path / "link", place, options) as copy:
        assert copy.root == root
        assert "run.sh" in copy.base.files
    for wrong in (root / "run.sh", tmp_path / "missing"):
        with pytest.raises(UsageError, match="cannot work in"):
            async with scratch_copy(wrong, place, options):
                pass


async def test_a_place_that_cannot_be_used_is_told(
    root: Path, tmp_path: Path, options: ScratchOptions
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EnvironmentProblem):
        async with scratch_copy(root, tmp_path / "file" / "scratch", options):
            pass
