"""Changes in numbers."""

from mux_tui.core.change import ChangeSet, FileChange, Refusal, digest
from mux_tui.core.workspace.diff import selected
from mux_tui.core.workspace.figures import with_kept, work_of

OLD = b"".join(b"line %d\n" % n for n in range(40))
NEW = OLD.replace(b"line 2\n", b"two\n").replace(b"line 30\n", b"x\ny\n")
EDIT = FileChange("a.py", OLD, NEW, confidence=0.9, note="placed by likeness")
ADDED = FileChange("b.py", None, b"1\n", executable=True)


def test_each_file_has_its_lines_parts_and_digests() -> None:
    work = work_of(ChangeSet((EDIT, ADDED)))
    edit, added = work.files
    assert (edit.added, edit.removed, edit.hunks) == (3, 2, 2)
    assert (edit.before, edit.after) == (digest(OLD), digest(NEW))
    assert (edit.confidence, edit.note) == (0.9, "placed by likeness")
    assert (added.kind, added.added, added.before, added.executable) == (
        "add",
        1,
        "",
        True,
    )
    assert (work.added, work.removed, work.paths) == (4, 2, ("a.py", "b.py"))
    assert work.patch.startswith("diff --git a/a.py b/a.py")


def test_refusals_and_words_come_along() -> None:
    refused = (Refusal("../x", "leaves the work directory"),)
    changes = ChangeSet((), refused, "did it", ("rm -rf /",), ("mended JSON",))
    work = work_of(changes, ("cache: git ignores it",))
    assert work.refused == refused
    assert (work.summary, work.commands) == ("did it", ("rm -rf /",))
    assert (work.notes, work.left_behind) == (
        ("mended JSON",),
        ("cache: git ignores it",),
    )


def test_a_patch_beyond_all_measure_is_not_kept_as_text() -> None:
    work = work_of(ChangeSet((FileChange("big", None, b"0123456789\n" * 500_000),)))
    assert work.patch == ""
    assert "patch" in work.notes[0]
    assert work.files[0].added == 500_000


def test_kept_parts_are_counted() -> None:
    work = work_of(ChangeSet((EDIT, ADDED)))
    kept = ChangeSet((selected(EDIT, {1}),))
    assert [file.kept for file in with_kept(work.files, kept)] == [1, 0]
    assert [f.kept for f in with_kept(work.files, ChangeSet((EDIT, ADDED)))] == [2, 1]
