"""What was changed in a copy becomes facts; nothing is dropped without a word."""

import asyncio
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mux_tui.core.change import ChangeSet, FileChange
from mux_tui.core.workspace.refused import PathChanged, PathRefused
from mux_tui.core.workspace.scratch import (
    CopyChanges,
    ScratchOptions,
    changes_in,
    put,
    restore,
    scratch_copy,
)
from mux_tui.core.workspace.scratch.changes_in import ChangeLimits
from tests.core.workspace.scratch.conftest import Git, tree_of


def _refused(found: CopyChanges) -> dict[str, str]:
    return {one.path: one.why for one in found.changes.refused}


def _left(found: CopyChanges) -> dict[str, str]:
    return {one.path: one.why for one in found.left_behind}


async def test_a_copy_that_nobody_touched_has_no_changes(
    root: Path, place: Path, options: ScratchOptions, git: Git
) -> None:
    (root / ".gitignore").write_text("*.log\n")
    (root / "a.log").write_text("x")
    (root / "link").symlink_to("run.sh")
    async with scratch_copy(root, place, options) as copy:
        assert await changes_in(copy) == CopyChanges(ChangeSet())
        (copy.path / "run.sh").touch()
        assert await changes_in(copy) == CopyChanges(ChangeSet())


async def test_edits_new_files_deletions_and_permissions_are_found(
    root: Path, place: Path, options: ScratchOptions
) -> None:
    (root / "gone.txt").write_text("gone")
    (root / "plain.sh").write_text("sh")
    async with scratch_copy(root, place, options) as copy:
        (copy.path / "src" / "app.py").write_text("value = 2\n")
        (copy.path / "new" / "deep").mkdir(parents=True)
        (copy.path / "new" / "deep" / "x.py").write_text("x")
        (copy.path / "gone.txt").unlink()
        (copy.path / "plain.sh").chmod(0o755)
        found = await changes_in(copy)

    assert found.changes.refused == ()
    assert found.changes.changes == (
        FileChange("gone.txt", b"gone", None),
        FileChange("new/deep/x.py", None, b"x"),
        FileChange("plain.sh", b"sh", b"sh", executable=True),
        FileChange("src/app.py", b"value = 1\n", b"value = 2\n"),
    )


async def test_an_edit_of_the_same_length_with_the_old_times_is_found(
    root: Path, place: Path, options: ScratchOptions
) -> None:
    async with scratch_copy(root, place, options) as copy:
        file = copy.path / "src" / "app.py"
        facts = file.stat()
        with open(file, "r+b") as stream:
            stream.write(b"value = 7\n")
        os.utime(file, ns=(facts.st_atime_ns, facts.st_mtime_ns))
        found = await changes_in(copy)

    assert [change.after for change in found.changes.changes] == [b"value = 7\n"]


async def test_what_an_oracle_leaves_is_left_behind_and_named(
    root: Path, place: Path, options: ScratchOptions, git: Git
) -> None:
    (root / ".gitignore").write_text("out/\n*.log\nstate.db\n")
    (root / "state.db").write_text("1")
    async with scratch_copy(root, place, options) as copy:
        for path in (
            "src/__pycache__/app.pyc",
            ".pytest_cache/README.md",
            "node_modules/p/index.js",
            "venv/pyvenv.cfg",
            "out/made.js",
            "x.log",
            ".coverage",
            ".git/config",
        ):
            (copy.path / path).parent.mkdir(parents=True, exist_ok=True)
            (copy.path / path).write_text("x")
        (copy.path / "state.db").write_text("2")
        found = await changes_in(copy)

    assert found.changes.changes == ()
    assert found.changes.refused == ()
    left = _left(found)
    assert left.keys() == {
        "src/__pycache__",
        ".pytest_cache",
        "node_modules",
        "venv",
        "out/made.js",
        "x.log",
        ".coverage",
        ".git",
        "state.db",
    }
    assert left["x.log"] == "git ignores it, and it is new"
    assert left["state.db"] == "git ignores it, and it is not what it was"


async def test_links_special_files_and_hard_links_are_refused(
    root: Path, place: Path, options: ScratchOptions, tmp_path: Path
) -> None:
    (root / "good").symlink_to("run.sh")
    (root / "other").symlink_to("run.sh")
    (tmp_path / "secret").write_text("secret")
    async with scratch_copy(root, place, options) as copy:
        (copy.path / "new").symlink_to("/etc/passwd")
        (copy.path / "good").unlink()
        (copy.path / "good").symlink_to("src")
        (copy.path / "other").unlink()
        os.mkfifo(copy.path / "pipe")
        os.link(tmp_path / "secret", copy.path / "hard.txt")
        (copy.path / "src" / "app.py").unlink()
        (copy.path / "src").rmdir()
        (copy.path / "src").symlink_to("/etc")
        found = await changes_in(copy)

    refused = _refused(found)
    assert {"new", "good", "other", "pipe", "hard.txt", "src"} <= refused.keys()
    assert "hard links" in refused["hard.txt"]
    assert all(change.after is None for change in found.changes.changes)


@pytest.mark.parametrize(
    ("path", "why"),
    [
        (".github/workflows/ci.yml", "build machine"),
        ("a\nb.py", "control character"),
        (".env", "secrets"),
        (".claude/settings.json", "coding agent"),
        ("x\x1b[2J", "control character"),
    ],
)
async def test_names_follow_the_rules_of_every_draft(
    root: Path, place: Path, options: ScratchOptions, path: str, why: str
) -> None:
    async with scratch_copy(root, place, options) as copy:
        (copy.path / path).parent.mkdir(parents=True, exist_ok=True)
        (copy.path / path).write_text("x")
        found = await changes_in(copy)
        lifted = await changes_in(copy, allow=(path,))

    assert why in _refused(found)[path]
    assert bool(lifted.changes.changes) == ("control" not in why)


async def test_a_file_where_something_was_not_copied_is_refused(
    root: Path, place: Path, options: ScratchOptions
) -> None:
    os.mkfifo(root / "pipe")
    (root / "out").symlink_to("/etc/passwd")
    async with scratch_copy(root, place, options) as copy:
        for name in ("pipe", "out"):
            (copy.path / name).write_text("x")
        found = await changes_in(copy)

    assert _refused(found).keys() == {"pipe", "out"}


async def test_a_base_that_has_changed_meanwhile_is_refused(
    root: Path, place: Path, options: ScratchOptions
) -> None:
    (root / "same.py").write_text("same")
    async with scratch_copy(root, place, options) as copy:
        for name in ("src/app.py", "same.py", "new.py"):
            (copy.path / name).write_text("draft")
        (root / "src" / "app.py").write_text("the user's")
        (root / "new.py").write_text("the user's")
        (root / "same.py").write_text("same")
        found = await changes_in(copy)

    assert _refused(found).keys() == {"src/app.py", "new.py"}
    assert "since it was copied" in _refused(found)["src/app.py"]
    assert [change.path for change in found.changes.changes] == ["same.py"]


async def test_too_much_is_refused(
    root: Path, place: Path, options: ScratchOptions
) -> None:
    async with scratch_copy(root, place, options) as copy:
        for number in range(12):
            (copy.path / f"{number}.txt").write_text("x" * 100)
        many = await changes_in(copy, ChangeLimits(files=5))
        seen = await changes_in(copy, ChangeLimits(listed=5))
        large = await changes_in(copy, ChangeLimits(file_bytes=99))
        total = await changes_in(copy, ChangeLimits(total_bytes=500))

    assert _refused(many) == {"": "more than 5 files are changed"}
    assert _refused(seen) == {"": "more than 5 files are new in the copy"}
    assert seen.changes.changes == ()
    assert len(_refused(large)) == 12
    assert "exceed 500 bytes" in _refused(total)[""]


_PATHS = st.sampled_from(
    ("a.py", "b.py", "src/app.py", "src/new.py", "deep/er/file.txt", "run.sh")
)
_DRAFTS = st.dictionaries(_PATHS, st.none() | st.binary(max_size=40), max_size=5)


@given(_DRAFTS)
@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
    ],
)
def test_what_is_put_is_what_is_found_and_can_be_taken_out(
    tmp_path_factory: pytest.TempPathFactory, draft: dict[str, bytes | None]
) -> None:
    """`put`, `changes_in` and `restore` say the same of every draft."""
    base = tmp_path_factory.mktemp("case")
    root = base / "project"
    (root / "src").mkdir(parents=True)
    (root / "src" / "app.py").write_bytes(b"value = 1\n")
    (root / "run.sh").write_bytes(b"#!/bin/sh\n")
    (root / "run.sh").chmod(0o755)
    start = tree_of(root)
    changes = tuple(
        FileChange(path, start.get(path), after, after is not None and path == "run.sh")
        for path, after in sorted(draft.items())
        if start.get(path) != after
    )

    async def check() -> None:
        options = ScratchOptions(environ=dict(os.environ))
        async with scratch_copy(root, base / "scratch", options) as copy:
            put(copy, changes)
            found = await changes_in(copy)
            assert found.changes.changes == changes
            assert found.changes.refused == ()
            restore(copy, found.changes.changes)
            assert tree_of(copy.path) == start
            assert (await changes_in(copy)).changes.changes == ()
        assert tree_of(root) == start

    asyncio.run(check())


async def test_a_draft_is_not_put_through_links_or_over_other_content(
    root: Path, place: Path, options: ScratchOptions, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    async with scratch_copy(root, place, options) as copy:
        (copy.path / "out").symlink_to(outside)
        for path in ("out/x.py", "../x.py", "/x.py", ".git/config", "./y.py"):
            with pytest.raises(PathRefused):
                put(
                    copy, [FileChange("ok.py", None, b"1"), FileChange(path, None, b"")]
                )
        with pytest.raises(PathChanged):
            put(copy, [FileChange("src/app.py", b"other", b"new")])
        assert not (copy.path / "ok.py").exists(), "all are looked at first"

    assert os.listdir(outside) == []


async def test_an_ignored_file_may_not_hide_a_new_rule(
    root: Path, place: Path, options: ScratchOptions, git: Git
) -> None:
    """The work directory's own rules count, not those that the draft has written."""
    async with scratch_copy(root, place, options) as copy:
        (copy.path / ".gitignore").write_text("*.py\n")
        (copy.path / "hidden.py").write_text("x")
        found = await changes_in(copy)

    paths = [change.path for change in found.changes.changes]
    assert paths == [".gitignore", "hidden.py"]


async def test_unreadable_things_in_the_copy_are_refused_not_deleted(
    root: Path, place: Path, options: ScratchOptions
) -> None:
    async with scratch_copy(root, place, options) as copy:
        deep = copy.path
        for _ in range(100):
            deep = deep / "d"
            deep.mkdir()
        (deep / "x").write_text("x")
        found = await changes_in(copy)

    assert list(_refused(found).values()) == ["lies too deep"]
