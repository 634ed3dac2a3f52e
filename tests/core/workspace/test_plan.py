"""From a draft to changes: all or nothing, with every reason."""

import json
import subprocess
import sys
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mux_tui.core.change import ChangeSet, FileChange
from mux_tui.core.workspace.answer import (
    DeletedFile,
    Draft,
    EditedFile,
    FileEdit,
    Limits,
    Replacement,
    WholeFile,
    read_answer,
)
from mux_tui.core.workspace.names import check_name
from mux_tui.core.workspace.plan import Existing, plan

TREE = {
    "a.py": Existing(b"x = 1\ny = 2\n"),
    "run.sh": Existing(b"#!/bin/sh\necho 1\n", executable=True),
    "crlf.txt": Existing(b"one\r\ntwo\r\n"),
    "bom.txt": Existing(b"\xef\xbb\xbfone\ntwo\n"),
    "cut.txt": Existing(b"one\ntwo"),
    "latin.txt": Existing(b"caf\xe9\n"),
    "image.png": Existing(b"\x89PNG\0\0"),
    "empty.txt": Existing(b""),
    "folder": Existing(refused="is a directory"),
    "link": Existing(refused="is a symbolic link"),
}


def planned(
    answer: str | list[dict[str, object]],
    tree: Mapping[str, Existing] = TREE,
    limits: Limits | None = None,
    allow: tuple[str, ...] = (),
) -> ChangeSet:
    """Plan an answer, or JSON of files."""
    text = answer if isinstance(answer, str) else json.dumps({"files": answer})
    asked: list[str] = []

    def read(path: str) -> Existing:
        asked.append(path)
        return tree.get(path, Existing())

    result = plan(read_answer(text), read, limits, allow)
    assert len(asked) == len(set(asked)), "each path is read once"
    assert not any(".." in path or path.startswith("/") for path in asked)
    return result


def whys(result: ChangeSet) -> list[tuple[str, str]]:
    """What is refused, and why."""
    return [(one.path, one.why) for one in result.refused]


def edit(path: str, search: str, replace: str) -> dict[str, object]:
    """An edit in the JSON form."""
    return {"path": path, "edits": [{"search": search, "replace": replace}]}


def test_a_draft_becomes_changes() -> None:
    result = planned(
        json.dumps(
            {
                "files": [
                    {"path": "./new.py", "content": "print()\n"},
                    edit("a.py", "x = 1", "x = 3"),
                    {"path": "run.sh", "delete": True},
                ],
                "summary": "Three.",
                "commands": ["rm -rf /"],
            }
        )
    )
    assert result == ChangeSet(
        (
            FileChange("new.py", None, b"print()\n"),
            FileChange("a.py", b"x = 1\ny = 2\n", b"x = 3\ny = 2\n"),
            FileChange("run.sh", TREE["run.sh"].content, None, executable=True),
        ),
        (),
        "Three.",
        ("rm -rf /",),
    )
    assert [change.kind for change in result.changes] == ["add", "modify", "delete"]


def test_one_bad_path_is_named_and_the_others_stay_visible() -> None:
    result = planned(
        [
            {"path": "good.py", "content": "x\n"},
            {"path": "../../outside.txt", "content": "x\n"},
            {"path": ".git/hooks/pre-commit", "content": "#!/bin/sh\n"},
            {"path": "/etc/passwd", "content": "x\n"},
        ]
    )
    assert [path for path, _ in whys(result)] == [
        "../../outside.txt",
        ".git/hooks/pre-commit",
        "/etc/passwd",
    ]
    assert "version control" in result.refused[1].why


@pytest.mark.parametrize(
    ("file", "says"),
    [
        ({"path": "folder", "content": "x"}, "is a directory"),
        ({"path": "link", "content": "x"}, "is a symbolic link"),
        ({"path": "gone.py", "delete": True}, "no such file"),
        (edit("gone.py", "x", "y"), "no such file"),
        (edit("a.py", "z = 9", "y"), "stands nowhere"),
        (edit("a.py", "", "y"), "empty"),
        (edit("image.png", "PNG", "JPG"), "binary"),
        (edit("latin.txt", "caf", "tea"), "not UTF-8"),
        ({"path": "a.py", "content": ""}, "would be emptied"),
        ({"path": "a.py", "content": "\n \n"}, "would be emptied"),
        ({"path": "a.py", "content": "x = 1\n# ... rest unchanged\n"}, "left out"),
        (edit("a.py", "x = 1\ny = 2", "# ... existing code ..."), "left out"),
        ({"path": ".env", "content": "KEY=1"}, "secrets"),
        ({"path": "C:\\x", "content": "x"}, "backslash"),
        ({"path": "", "content": "x"}, "names no file"),
        ({"path": "a" * 300, "content": "x"}, "255 bytes"),
        ({"path": "a\x00b", "content": "x"}, "control"),
        ({"path": "\ud800", "content": "x"}, "invisible"),
    ],
)
def test_what_cannot_be_done_is_refused_with_its_reason(
    file: dict[str, object], says: str
) -> None:
    result = planned([file, {"path": "other.py", "content": "x\n"}])
    assert len(result.refused) == 1
    assert says in result.refused[0].why


def test_the_same_path_twice_has_one_rule() -> None:
    whole: dict[str, object] = {"path": "a.py", "content": "x\n"}
    first, second = edit("a.py", "x = 1", "x = 2"), edit("./a.py", "x = 2", "x = 3")
    result = planned([first, second])
    assert not result.refused
    assert [change.after for change in result.changes] == [b"x = 3\ny = 2\n"]
    gone: dict[str, object] = {"path": "a.py", "delete": True}
    for files in ([whole, whole], [whole, first], [gone, whole]):
        assert "more than once" in planned(files).refused[0].why


def test_names_that_may_be_one_file_are_refused() -> None:
    result = planned([{"path": p, "content": "x"} for p in ("Readme.md", "README.md")])
    assert whys(result) == [
        ("README.md", "differs from Readme.md only in how it is spelled")
    ]


def test_a_file_is_no_directory_of_the_same_draft() -> None:
    result = planned([{"path": p, "content": "x"} for p in ("lib/x.py", "LIB")])
    assert "lies under lib" in result.refused[0].why


def test_what_changes_nothing_is_left_out() -> None:
    assert planned([{"path": "a.py", "content": "x = 1\ny = 2\n"}]) == ChangeSet()
    assert planned([edit("a.py", "x = 1", "x = 1")]) == ChangeSet()


@pytest.mark.parametrize(
    ("path", "content", "after"),
    [
        ("crlf.txt", "one\nTWO\n", b"one\r\nTWO\r\n"),
        ("crlf.txt", "one\r\nTWO", b"one\r\nTWO\r\n"),
        ("bom.txt", "one\nTWO\n", b"\xef\xbb\xbfone\nTWO\n"),
        ("bom.txt", "\ufeffone\nTWO\n", b"\xef\xbb\xbfone\nTWO\n"),
        ("a.py", "x = 1\r\ny = 3\r\n", b"x = 1\ny = 3\n"),
        ("a.py", "x = 1\ny = 3", b"x = 1\ny = 3\n"),
        ("cut.txt", "one\nTWO\n", b"one\nTWO"),
        ("empty.txt", "one", b"one"),
        ("new.txt", "one\r\ntwo", b"one\r\ntwo"),
        ("new.txt", "  one\n\n", b"  one\n\n"),
    ],
)
def test_a_whole_file_keeps_the_habits_of_the_old_one(
    path: str, content: str, after: bytes
) -> None:
    (change,) = planned([{"path": path, "content": content}]).changes
    assert change.after == after


@pytest.mark.parametrize(
    ("path", "after"),
    [
        ("crlf.txt", b"one\r\nTWO\r\nand a half\r\n"),
        ("bom.txt", b"\xef\xbb\xbfone\nTWO\nand a half\n"),
        ("cut.txt", b"one\nTWO\nand a half"),
    ],
)
def test_an_edited_file_keeps_its_habits(path: str, after: bytes) -> None:
    block = "<<<<<<< SEARCH\ntwo\n=======\nTWO\nand a half\n>>>>>>> REPLACE"
    (change,) = planned(f"{path}\n{block}").changes
    assert change.after == after
    (change,) = planned([edit(path, "two", "TWO\nand a half")]).changes
    assert change.after == after


def test_a_file_stays_executable_and_a_new_one_is_only_where_git_says_so() -> None:
    result = planned(
        [
            edit("run.sh", "echo 1", "echo 2"),
            {"path": "new.sh", "content": "#!/bin/sh\n"},
        ]
    )
    assert [change.executable for change in result.changes] == [True, False]
    (change,) = planned(
        "diff --git a/a.py b/a.py\nold mode 100644\nnew mode 100755\n"
    ).changes
    assert change.executable
    assert change.before == change.after


def test_what_is_said_to_be_new_overwrites_nothing() -> None:
    diff = "--- /dev/null\n+++ b/a.py\n@@ -0,0 +1 @@\n+x\n"
    assert "is there already" in planned(diff).refused[0].why
    block = "a.py\n<<<<<<< SEARCH\n=======\nx\n>>>>>>> REPLACE\n"
    assert "is there already" in planned(block).refused[0].why
    assert not planned(diff.replace("a.py", "empty.txt")).refused


@pytest.mark.parametrize(
    "answer",
    [
        [edit("new.txt", "", "x\n")],
        "--- a/new.txt\n+++ b/new.txt\n@@ -0,0 +1 @@\n+x\n",
        "new.txt\n<<<<<<< SEARCH\n=======\nx\n>>>>>>> REPLACE\n",
    ],
)
def test_an_edit_of_nothing_makes_a_file(answer: str | list[dict[str, object]]) -> None:
    result = planned(answer)
    assert result.changes == (FileChange("new.txt", None, b"x\n"),)


def test_a_file_that_loses_most_of_its_lines_says_so() -> None:
    long = b"".join(b"line %d\n" % n for n in range(100))
    tree = {"a.txt": Existing(long)}
    (change,) = planned(
        [{"path": "a.txt", "content": "line 1\nline 2\n"}], tree
    ).changes
    assert change.note == "98 of its 100 lines go"


def test_confidence_is_that_of_the_least_sure_edit() -> None:
    text = (
        "a.py\n<<<<<<< SEARCH\nx = 1\n=======\nx = 3\n>>>>>>> REPLACE\n"
        "<<<<<<< SEARCH\n  y = 2\n=======\n  y = 4\n>>>>>>> REPLACE\n"
    )
    (change,) = planned(text).changes
    assert change.after == b"x = 3\ny = 4\n"
    assert change.confidence == 0.9
    assert change.note == "edit 2: it is indented otherwise"


def test_every_edit_that_has_no_place_is_named() -> None:
    edits = [{"search": word, "replace": ""} for word in ("no", "x = 1", "nope")]
    result = planned([{"path": "a.py", "edits": edits}])
    assert [one.why.partition(":")[0] for one in result.refused] == ["edit 1", "edit 3"]


def test_sizes_are_bounded() -> None:
    files: list[dict[str, object]] = [
        {"path": f"{n}.txt", "content": "x" * 60} for n in range(3)
    ]
    assert not planned(files).refused
    result = planned(files, limits=Limits(total_bytes=100))
    assert "larger than 100 bytes" in result.refused[0].why
    growing = planned([edit("a.py", "x = 1", "x" * 50)], limits=Limits(file_bytes=40))
    assert "larger than 40 bytes" in growing.refused[0].why
    draft = read_answer(json.dumps({"files": files}))
    assert (
        "at most 2" in plan(draft, lambda _: Existing(), Limits(files=2)).refused[0].why
    )


def test_protection_is_lifted_by_name() -> None:
    files: list[dict[str, object]] = [
        {"path": ".github/workflows/ci.yml", "content": "on: push\n"}
    ]
    assert planned(files).refused
    assert not planned(files, allow=(".github/workflows/*",)).refused


def test_many_edits_of_a_large_file_are_refused_at_once() -> None:
    edits = [{"search": f"{n}", "replace": "x"} for n in range(300)]
    tree = {"a.txt": Existing(b"y\n" * 500_000)}
    result = planned([{"path": "a.txt", "edits": edits}], tree)
    assert "too large for so many edits" in result.refused[0].why


_CONTENTS = st.sampled_from(
    [
        None,
        b"",
        b"a\n",
        b"a\r\nb\r\n",
        b"\xef\xbb\xbfa\nb",
        b"\0",
        b"\xff",
        b"b\na\na\n",
    ]
)
_TEXTS = st.sampled_from(
    ["", "a", "a\n", "b\r\n", "\n", "a\nb\n", "é", "\ud800", "\0", "# ..."]
)
_PATHS = st.sampled_from(["a", "A", "./a", "a/b", "b", "../a", ".env", "é", "\ud800"])
_EDITS = st.one_of(
    st.builds(WholeFile, _PATHS, _TEXTS, st.booleans(), st.sampled_from([None, True])),
    st.builds(DeletedFile, _PATHS),
    st.builds(
        EditedFile,
        _PATHS,
        st.lists(
            st.builds(
                Replacement,
                _TEXTS,
                _TEXTS,
                st.booleans(),
                st.sampled_from([None, 1, 2]),
                st.sampled_from(["keep", "add", "drop"]),
            ),
            max_size=3,
        ).map(tuple),
        st.sampled_from([None, False]),
    ),
)


@given(
    st.lists(_EDITS, max_size=5).map(tuple),
    st.dictionaries(st.sampled_from(["a", "A", "b", "a/b", "é"]), _CONTENTS),
)
def test_any_draft_is_changes_of_checked_paths_or_refusals(
    edits: tuple[FileEdit, ...], tree: dict[str, bytes | None]
) -> None:
    result = plan(Draft("json", edits), lambda path: Existing(tree.get(path)))
    paths = [change.path for change in result.changes]
    assert len(paths) == len(set(paths))
    for change in result.changes:
        assert check_name(change.path) == change.path
        assert change.before == tree.get(change.path)
        assert (change.before, change.executable) != (change.after, False)
        assert 0 < change.confidence <= 1
    for refusal in result.refused:
        assert refusal.why
        assert "\n" not in refusal.why


def test_reading_and_planning_need_no_machine() -> None:
    """In a fresh interpreter they import nothing that could do anything."""
    code = (
        "import sys, mux_tui.core.workspace.answer, mux_tui.core.workspace.plan\n"
        "import mux_tui.core.workspace.diff\n"
        "doing = 'asyncio subprocess socket sqlite3 httpx psutil pathlib json_repair'\n"
        "sys.exit([name for name in doing.split() if name in sys.modules] or None)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=30)
