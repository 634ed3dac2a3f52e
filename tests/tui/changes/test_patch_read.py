"""A patch is read back into the lines that it was made of, whatever they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mux_tui.core.change import FileChange
from mux_tui.core.workspace.diff import hunks, patch, unified
from mux_tui.tui.widgets.changes.patch_read import read_patch

_LINE = st.sampled_from(
    [
        "a",
        "b",
        "",
        "--- a/x",
        "+++ b/x",
        "@@ -1,2 +1,2 @@",
        "diff --git a/x b/x",
        "\\ No",
    ]
)


def _text(lines: list[str], end: str) -> str:
    return "\n".join(lines) + end


_CONTENT = st.none() | st.builds(
    _text, st.lists(_LINE, max_size=25), st.sampled_from(["", "\n"])
)
_PATH = st.text(
    st.characters(codec="utf-8", exclude_characters="\n/"), min_size=1, max_size=12
)


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else text.encode()


@given(st.lists(st.tuples(_PATH, _CONTENT, _CONTENT), max_size=3))
def test_it_holds_the_same_hunks(
    files: list[tuple[str, str | None, str | None]],
) -> None:
    changes = [
        FileChange(path, _bytes(before), _bytes(after))
        for path, before, after in files
        if before != after
    ]
    found = read_patch(patch(changes))
    assert [file.path for file in found] == [change.path for change in changes]
    for file, change in zip(found, changes, strict=True):
        assert file.kind == change.kind
        assert file.hunks == hunks(change.before, change.after)


@given(st.text(max_size=400))
def test_what_is_no_patch_fails_nothing(text: str) -> None:
    read_patch(text)
    read_patch(f"diff --git a/x b/x\n@@ -1,3 +1,3 @@\n{text}")


@pytest.mark.parametrize(
    ("change", "was", "words"),
    [
        (FileChange("a", b"\0", b"\0\0"), None, "binary content"),
        (FileChange("a", None, b"x\n", executable=True), None, "may be executed"),
        (FileChange("a", b"x\n", b"x\n", executable=True), False, "it may be executed"),
        (FileChange("a", b"x\n", b"x\n"), True, "it may not be executed"),
    ],
)
def test_what_has_no_lines_is_said(
    change: FileChange, was: bool | None, words: str
) -> None:
    (file,) = read_patch(unified(change, was_executable=was))
    assert any(words in said for said in file.said)


def test_lines_are_counted() -> None:
    (file,) = read_patch(patch([FileChange("a", b"1\n2\n", b"1\n3\n4\n")]))
    assert (file.added, file.removed) == (2, 1)
