"""Hunks are kept or skipped, and what comes out is bytes of the two files."""

from hypothesis import given
from hypothesis import strategies as st

from mux_tui.core.change import FileChange
from mux_tui.core.workspace.diff import hunks, selected, units
from tests.core.workspace.diff.contents import anything, contents

NUMBERS = b"".join(b"%d\n" % n for n in range(1, 31))
THREE = (
    NUMBERS.replace(b"5\n", b"five\n", 1).replace(b"15\n", b"").replace(b"30\n", b"30")
)


def test_the_hunks_that_are_kept_are_made() -> None:
    change = FileChange("a", NUMBERS, THREE, confidence=0.9, note="n")
    assert units(change) == len(hunks(change.before, change.after)) == 3
    kept = selected(change, {1, 2, 99, -1})
    assert kept.after == NUMBERS.replace(b"15\n", b"").replace(b"30\n", b"30")
    assert (kept.before, kept.confidence, kept.note) == (NUMBERS, 0.9, "n")


@given(anything, anything, st.booleans())
def test_all_is_after_and_none_is_before(
    before: bytes | None, after: bytes | None, executable: bool
) -> None:
    change = FileChange("a", before, after, executable)
    assert selected(change, set(range(units(change)))) == change
    assert selected(change, set()).after == before


@given(contents, contents, st.sets(st.integers(0, 6)))
def test_what_is_kept_and_what_is_skipped_make_the_whole(
    before: bytes, after: bytes, keep: set[int]
) -> None:
    """Keeping some, and then the rest of what differs, ends at the same file."""
    change = FileChange("a", before, after)
    part = selected(change, keep)
    assert part.after is not None
    rest = FileChange("a", part.after, after)
    assert selected(rest, set(range(units(rest)))).after == after
    skipped = selected(change, set(range(units(change))) - keep)
    assert skipped.after is not None
    assert len(part.after) + len(skipped.after) == len(before) + len(after)


def test_what_has_no_hunks_is_one_part() -> None:
    for before, after in (
        (None, b"a\n"),
        (b"a\n", None),
        (None, b""),
        (b"\0", b"\1"),
        (b"a\n", b"a\n"),
    ):
        change = FileChange("a", before, after, executable=True)
        assert units(change) == 1
        assert selected(change, {0}) == change
        assert selected(change, set()).after == before
