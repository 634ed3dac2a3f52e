"""Answers as unified diffs: git's own, and models'."""

import pytest

from mux_tui.core.workspace.answer import (
    DeletedFile,
    EditedFile,
    NoDraft,
    Replacement,
    WholeFile,
    read_answer,
)

HUNK = "@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n"
EDIT = EditedFile("src/a.py", (Replacement("a\nb\nc\n", "a\nB\nc\n", line=1),))


@pytest.mark.parametrize(
    "text",
    [
        f"--- a/src/a.py\n+++ b/src/a.py\n{HUNK}",
        f"--- src/a.py\n+++ src/a.py\n{HUNK}",
        f"--- i/src/a.py\t2026-01-01\n+++ w/src/a.py\t2026-01-01\n{HUNK}",
        "diff --git a/src/a.py b/src/a.py\nindex 1234567..89abcde 100644\n"
        f"--- a/src/a.py\n+++ b/src/a.py\n{HUNK}",
        f"I fix it:\n\n--- a/src/a.py\n+++ b/src/a.py\n{HUNK}\n- one line is new\n",
        f"```diff\n--- a/src/a.py\n+++ b/src/a.py\n{HUNK}```\n",
        f"```\n--- a/src/a.py\n+++ b/src/a.py\n{HUNK}\n\n```\nDone.",
        f"src/a.py\n```diff\n{HUNK}```\n",
        f"```diff src/a.py\n{HUNK}```\n",
        f"--- a/src/a.py\n+++ b/src/a.py\n{HUNK}-- \n2.39.5\n",
        # Numbers that are wrong: only the first line is believed, as a hint.
        f"```diff\n--- a/src/a.py\n+++ b/src/a.py\n{HUNK}```\n".replace("1,3", "1,9"),
        f"```diff\n--- a/src/a.py\n+++ b/src/a.py\n{HUNK}```\n".replace("1,3", "1,1"),
        # A context line whose space was lost.
        f"```diff\n--- a/src/a.py\n+++ b/src/a.py\n{HUNK}```\n".replace("\n c", "\nc"),
    ],
)
def test_hunks_become_replacements(text: str) -> None:
    draft = read_answer(text)
    assert draft.form == "diff"
    assert draft.edits == (EDIT,)


def test_a_hunk_may_have_no_numbers() -> None:
    text = "--- a/x\n+++ b/x\n@@ def f(): @@\n a\n-b\n+B\n"
    assert read_answer(text).edits == (
        EditedFile("x", (Replacement("a\nb\n", "a\nB\n"),)),
    )


def test_blank_lines_that_lost_their_space_are_context() -> None:
    text = "```diff\n--- a/x\n+++ b/x\n@@ -1,4 +1,4 @@\n a\n\n-b\n+B\n\n```\n"
    assert read_answer(text).edits == (
        EditedFile("x", (Replacement("a\n\nb\n\n", "a\n\nB\n\n", line=1),)),
    )


def test_files_are_made_and_deleted() -> None:
    text = (
        "--- /dev/null\n+++ b/new.py\n@@ -0,0 +1,2 @@\n+x\n+y\n"
        "--- a/old.py\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n"
    )
    assert read_answer(text).edits == (
        WholeFile("new.py", "x\ny\n", new=True),
        DeletedFile("old.py"),
    )


def test_git_says_modes_and_empty_files() -> None:
    text = (
        "diff --git a/run.sh b/run.sh\nnew file mode 100755\nindex 0000000..1\n"
        "--- /dev/null\n+++ b/run.sh\n@@ -0,0 +1 @@\n+#!/bin/sh\n"
        "diff --git a/my pkg/__init__.py b/my pkg/__init__.py\nnew file mode 100644\n"
        "index 0000000..e69de29\n"
        "diff --git a/go.sh b/go.sh\nold mode 100644\nnew mode 100755\n"
        "diff --git a/gone b/gone\ndeleted file mode 100644\nindex e69de29..0000000\n"
    )
    assert read_answer(text).edits == (
        WholeFile("run.sh", "#!/bin/sh\n", new=True, executable=True),
        WholeFile("my pkg/__init__.py", "", new=True, executable=False),
        EditedFile("go.sh", (), executable=True),
        DeletedFile("gone"),
    )


def test_names_may_be_quoted() -> None:
    text = (
        'diff --git "a/d\\"\\303\\244.txt" "b/d\\"\\303\\244.txt"\n'
        '--- "a/d\\"\\303\\244.txt"\n+++ "b/d\\"\\303\\244.txt"\n@@ -1 +1 @@\n-a\n+b\n'
    )
    (edit,) = read_answer(text).edits
    assert edit.path == 'd"ä.txt'


def test_the_missing_newline_at_the_end_is_read() -> None:
    mark = "\\ No newline at end of file\n"
    head = "--- a/x\n+++ b/x\n@@ -1 +1 @@\n"
    (added,) = read_answer(f"{head}-a\n{mark}+a\n").edits
    (dropped,) = read_answer(f"{head}-a\n+a\n{mark}").edits
    (kept,) = read_answer(f"{head}-a\n{mark}+b\n{mark}").edits
    assert added == EditedFile("x", (Replacement("a\n", "a\n", False, 1, "add"),))
    assert dropped == EditedFile("x", (Replacement("a\n", "a\n", False, 1, "drop"),))
    assert kept == EditedFile("x", (Replacement("a\n", "b\n", False, 1, "keep"),))
    new = f"--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+a\n{mark}"
    assert read_answer(new).edits == (WholeFile("x", "a", new=True),)


def test_a_removed_line_that_looks_like_a_header_is_a_line() -> None:
    hunk = "@@ -1,3 +1,3 @@\n a\n--- old\n+++ new\n b\n"
    text = f"```diff\n--- a/x.sql\n+++ b/x.sql\n{hunk}```"
    assert read_answer(text).edits == (
        EditedFile("x.sql", (Replacement("a\n-- old\nb\n", "a\n++ new\nb\n", line=1),)),
    )


def test_fences_in_a_diff_are_its_lines() -> None:
    hunk = "@@ -1,3 +1,3 @@\n ```bash\n-a\n+b\n ```\n"
    text = f"```diff\n--- a/R.md\n+++ b/R.md\n{hunk}```\n"
    assert read_answer(text).edits == (
        EditedFile(
            "R.md", (Replacement("```bash\na\n```\n", "```bash\nb\n```\n", line=1),)
        ),
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f"```diff\n{HUNK}```\n", "names no file"),
        (f"--- a/x\n+++ b/y\n{HUNK}", "renames"),
        ("diff --git a/x b/y\nrename from x\nrename to y\n", "renames or copies"),
        ("diff --git a/x b/x\nnew file mode 120000\n", "no regular file"),
        ("diff --git a/x b/x\nnew file mode 160000\n", "no regular file"),
        ("diff --git a/x b/x\nGIT binary patch\n", "binary"),
        ("diff --git a/x b/x\nBinary files a/x and b/x differ\n", "binary"),
        (f"--- /dev/null\n+++ b/x\n{HUNK}", "shows lines that were there"),
        ("--- /dev/null\n+++ /dev/null\n@@ -1 +1 @@\n-a\n", "names no file"),
        ("--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n a\n b\n", "changes no file"),
        (f"```diff\n--- a/x\n+++ b/x\n{HUNK}", "ends inside the code fence"),
        ("x.py\n```diff\n-a\n+b\n```\n", "changes no file"),
    ],
)
def test_what_is_no_edit_of_text_is_refused(text: str, says: str) -> None:
    with pytest.raises(NoDraft, match=says):
        read_answer(text)
