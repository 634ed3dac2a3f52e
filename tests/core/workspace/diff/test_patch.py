"""`git apply` takes what mux writes, and mux reads it back."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mux_tui.core.change import FileChange
from mux_tui.core.workspace.answer import Draft, read_answer
from mux_tui.core.workspace.diff import patch, unified
from mux_tui.core.workspace.plan import Existing, plan
from tests.core.workspace.diff.contents import contents

LONG = b"".join(b"line %d\n" % n for n in range(60))

CHANGES = [
    FileChange("plain.txt", LONG, LONG.replace(b"9\n", b"nine\n")),
    FileChange("new/deep/er.py", None, b"print()\n"),
    FileChange("gone.txt", b"a\nb\n", None),
    FileChange("empty_new", None, b""),
    FileChange("empty_gone", b"", None),
    FileChange("filled", b"", b"x\n"),
    FileChange("emptied", b"x\n", b""),
    FileChange("cut.txt", b"a\nb\n", b"a\nb"),
    FileChange("ended.txt", b"a\nb", b"a\nb\n"),
    FileChange("still_cut.txt", b"a\nb", b"A\nb"),
    FileChange("new_cut.txt", None, b"a"),
    FileChange("gone_cut.txt", b"a", None),
    FileChange("crlf.txt", b"a\r\nb\r\nc\r\n", b"a\r\nB\r\nc\r\n"),
    FileChange("to_lf.txt", b"a\r\nb\r\n", b"a\nb\n"),
    FileChange("cr.txt", b"a\rb\nc\n", b"a\rb\nd\n"),
    FileChange("odd.txt", b"a\x0cb\n\xe2\x80\xa8\n", b"a\x0cb\n\xe2\x80\xa9\n"),
    FileChange("my file.txt", b"a\n", b"b\n"),
    FileChange("my new file.txt", None, b"b\n"),
    FileChange("my gone file.txt", b"b\n", None),
    FileChange('quo"te\\d.txt', b"a\n", b"b\n"),
    FileChange("t\tab.txt", None, b"b\n"),
    FileChange("ümläut/日本.txt", b"a\n", b"b\n"),
    FileChange("a/b/a/b.txt", b"a\n", b"b\n"),
    FileChange("run.sh", None, b"#!/bin/sh\n", executable=True),
    FileChange(
        "headers.sql", b"-- a\n++ b\n@@ -1 +1 @@\n", b"-- c\n++ d\n@@ -1 +1 @@\n"
    ),
    FileChange("diff.txt", b"x\n", b"diff --git a/x b/x\n--- a/x\n+++ b/x\n"),
]


def git(folder: Path, *arguments: str, given: str = "") -> None:
    """Run git there, with the bytes of a text on its standard input."""
    settings = ["-c", "core.autocrlf=false", "-c", "core.safecrlf=false"]
    subprocess.run(
        ["git", *settings, *arguments],
        cwd=folder,
        input=given.encode(),
        check=True,
        capture_output=True,
        timeout=30,
    )


def laid(folder: Path, changes: list[FileChange]) -> None:
    """Write what was there before."""
    for change in changes:
        if change.before is not None:
            file = folder / change.path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(change.before)


def found(folder: Path, change: FileChange) -> bytes | None:
    """What is there now."""
    file = folder / change.path
    return file.read_bytes() if file.exists() else None


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: repr(change.path))
def test_git_takes_each_change(tmp_path: Path, change: FileChange) -> None:
    laid(tmp_path, [change])
    git(tmp_path, "apply", "--whitespace=nowarn", "-", given=unified(change))
    assert found(tmp_path, change) == change.after
    if change.after is not None:
        mode = (tmp_path / change.path).stat().st_mode
        assert bool(mode & 0o100) == change.executable


def test_git_takes_all_of_them_at_once_and_back(tmp_path: Path) -> None:
    laid(tmp_path, CHANGES)
    text = patch(CHANGES)
    git(tmp_path, "apply", "--whitespace=nowarn", "-", given=text)
    assert [found(tmp_path, one) for one in CHANGES] == [one.after for one in CHANGES]
    git(tmp_path, "apply", "--whitespace=nowarn", "-R", "-", given=text)
    assert [found(tmp_path, one) for one in CHANGES] == [one.before for one in CHANGES]


def test_the_executable_bit_travels(tmp_path: Path) -> None:
    for before, after in ((b"a\n", b"b\n"), (b"a\n", b"a\n")):
        change = FileChange("run.sh", before, after, executable=True)
        laid(tmp_path, [change])
        (tmp_path / "run.sh").chmod(0o644)
        text = unified(change, was_executable=False)
        git(tmp_path, "apply", "-", given=text)
        assert (tmp_path / "run.sh").stat().st_mode & 0o111 == 0o111
        assert found(tmp_path, change) == after


def test_it_is_what_git_writes(tmp_path: Path) -> None:
    """But for the hashes; one name has spaces, and one is quoted."""
    changes = [one for one in CHANGES if one.path in ("my file.txt", 'quo"te\\d.txt')]
    laid(tmp_path, changes)
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    for change in changes:
        (tmp_path / change.path).write_bytes(change.after or b"")
    git(tmp_path, "diff", "--output=out")
    lines = (tmp_path / "out").read_text().splitlines(keepends=True)
    written = "".join(line for line in lines if not line.startswith("index "))
    shown = patch(changes).replace("-1,1 +1,1", "-1 +1")
    assert shown == written


def test_binary_files_are_only_said_to_differ() -> None:
    text = unified(FileChange("a b.png", b"\x89PNG\0", b"\x89PNG\1"))
    assert text == (
        "diff --git a/a b.png b/a b.png\nBinary files a/a b.png and b/a b.png differ\n"
    )


def test_nothing_is_nothing() -> None:
    assert unified(FileChange("a", b"x\n", b"x\n")) == ""
    assert patch([]) == ""


@given(st.lists(st.tuples(contents, contents), min_size=1, max_size=4))
def test_git_takes_any_text(
    tmp_path_factory: pytest.TempPathFactory, pairs: list[tuple[bytes, bytes]]
) -> None:
    changes = [
        FileChange(f"{number}.txt", before, after)
        for number, (before, after) in enumerate(pairs)
        if before != after
    ]
    if not changes:
        return
    folder = tmp_path_factory.mktemp("git")
    laid(folder, changes)
    git(folder, "apply", "--whitespace=nowarn", "-", given=patch(changes))
    assert [found(folder, one) for one in changes] == [one.after for one in changes]


def replanned(change: FileChange, context: int = 3) -> FileChange | None:
    """The change as it is read back from its own patch."""
    draft = read_answer(unified(change, context, was_executable=change.executable))
    assert isinstance(draft, Draft)
    result = plan(draft, lambda _: Existing(change.before, change.executable))
    assert not result.refused, result.refused
    return result.changes[0] if result.changes else None


@pytest.mark.parametrize(
    "change",
    [one for one in CHANGES if "\t" not in one.path and "\\" not in one.path],
    ids=lambda change: repr(change.path),
)
def test_mux_reads_back_what_it_writes(change: FileChange) -> None:
    if change.path == "to_lf.txt":
        # A file keeps its line ends, whatever a model writes.
        return
    assert replanned(change) == change


@given(contents, contents, st.integers(1, 4))
def test_mux_reads_back_any_text(before: bytes, after: bytes, context: int) -> None:
    """Where line ends stay: those that a file has are kept against a diff's."""
    before, after = before.replace(b"\r", b""), after.replace(b"\r", b"")
    change = FileChange("a/b.txt", before, after)
    if before == after or not before.strip() or not after.strip():
        return
    made = replanned(change, context)
    assert made is not None
    assert made.after == after
