"""A diff says what changes, and nothing else."""

from random import Random
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mux_tui.core.workspace.diff import Counts, Row, counts, hunks, is_binary, rows
from mux_tui.core.workspace.diff.regions import Region, regions
from tests.core.workspace.diff.contents import anything, contents

_ITEMS = st.lists(st.integers(0, 4), max_size=40)


def applied(before: list[int], after: list[int], found: list[Region]) -> list[int]:
    """What the regions make of `before`."""
    made: list[int] = []
    at = 0
    for region in found:
        assert region.before_start >= at
        made += before[at : region.before_start]
        made += after[region.after_start : region.after_end]
        at = region.before_end
    return made + before[at:]


@given(_ITEMS, _ITEMS)
def test_regions_make_the_one_of_the_other(before: list[int], after: list[int]) -> None:
    found = regions(before, after)
    assert applied(before, after, found) == after
    for one, other in zip(found, found[1:], strict=False):
        assert one.before_end < other.before_start or one.after_end < other.after_start


@given(_ITEMS, st.integers(0, 40), _ITEMS)
def test_what_is_inserted_is_all_that_differs(
    before: list[int], at: int, new: list[int]
) -> None:
    after = before[:at] + new + before[at:]
    found = regions(before, after)
    added = sum(region.after_end - region.after_start for region in found)
    removed = sum(region.before_end - region.before_start for region in found)
    assert (added, removed) == (len(new), 0)


def _shapes() -> list[tuple[str, list[int], list[int]]]:
    random, size = Random(7), 20_000
    few = [random.randrange(100) for _ in range(size)]
    return [
        ("one line", [1] * size, [1] * (size - 5000)),
        ("two words", [0, 1] * (size // 2), [1, 0] * (size // 2)),
        ("noise", few, [random.randrange(100) for _ in range(size)]),
        ("shuffled", list(range(size)), random.sample(range(size), size)),
        ("reversed", list(range(size)), list(range(size))[::-1]),
        ("blocks", ([1] * 50 + [2]) * 400, ([1] * 49 + [2]) * 400),
        ("a few edits", few, [7 if n % 97 == 0 else x for n, x in enumerate(few)]),
        ("too many", [1, 2] * 110_000, [2, 3] * 110_000),
    ]


@pytest.mark.parametrize(
    ("before", "after"), [pytest.param(a, b, id=name) for name, a, b in _shapes()]
)
def test_long_files_are_compared_soon(before: list[int], after: list[int]) -> None:
    begun = process_time()
    found = regions(before, after)
    assert process_time() - begun < 8
    assert applied(before, after, found) == after


def test_a_hunk_has_numbers_kinds_and_context() -> None:
    before = b"".join(b"%d\n" % n for n in range(1, 21))
    after = before.replace(b"10\n", b"ten\n10.5\n").replace(b"20\n", b"20")
    first, second = hunks(before, after)
    assert (first.number, first.header) == (0, "@@ -7,7 +7,8 @@")
    assert [
        (line.kind, line.text, line.before, line.after) for line in first.lines
    ] == [
        ("context", "7", 7, 7),
        ("context", "8", 8, 8),
        ("context", "9", 9, 9),
        ("removed", "10", 10, None),
        ("added", "ten", None, 10),
        ("added", "10.5", None, 11),
        ("context", "11", 11, 12),
        ("context", "12", 12, 13),
        ("context", "13", 13, 14),
    ]
    assert (second.number, second.header) == (1, "@@ -17,4 +18,4 @@")
    assert [line.ended for line in second.lines][-2:] == [True, False]
    assert counts(before, after) == Counts(3, 2)


def test_near_changes_share_a_hunk() -> None:
    before = b"".join(b"%d\n" % n for n in range(1, 21))
    near = before.replace(b"5\n", b"five\n", 1).replace(b"12\n", b"twelve\n")
    far = before.replace(b"5\n", b"five\n", 1).replace(b"13\n", b"thirteen\n")
    assert len(hunks(before, near)) == 1
    assert len(hunks(before, far)) == 2
    assert len(hunks(before, far, context=0)) == 2
    assert hunks(before, far, context=0)[0].header == "@@ -5,1 +5,1 @@"


def test_new_deleted_and_empty_files() -> None:
    (new,) = hunks(None, b"a\nb\n")
    assert new.header == "@@ -0,0 +1,2 @@"
    (gone,) = hunks(b"a\nb\n", None)
    assert gone.header == "@@ -1,2 +0,0 @@"
    assert hunks(None, b"") == hunks(b"", None) == hunks(b"a", b"a") == ()


@pytest.mark.parametrize("content", [b"\0", b"a\0b", b"\xff\xfe", b"caf\xe9\n"])
def test_binary_files_are_said_and_not_shown(content: bytes) -> None:
    assert is_binary(content)
    assert not is_binary(b"text")
    assert not is_binary(None)
    assert hunks(content, b"a\n") == hunks(b"a\n", content) == ()
    assert counts(content, b"a\n") == Counts(0, 0)


@given(contents, contents, st.integers(0, 4))
def test_hunks_hold_all_that_differs_once(before: bytes, after: bytes, n: int) -> None:
    found = hunks(before, after, n)
    kinds = [line.kind for hunk in found for line in hunk.lines]
    assert counts(before, after) == (kinds.count("added"), kinds.count("removed"))
    assert bool(found) == (before != after)
    for hunk in found:
        sides = [line.kind for line in hunk.lines]
        assert hunk.before_count == len(sides) - sides.count("added")
        assert hunk.after_count == len(sides) - sides.count("removed")
    assert [hunk.number for hunk in found] == list(range(len(found)))


@given(contents, contents)
def test_rows_hold_each_line_once_in_order(before: bytes, after: bytes) -> None:
    for hunk in hunks(before, after):
        pairs = rows(hunk)
        left = [row.left for row in pairs if row.left]
        right = [row.right for row in pairs if row.right]
        assert left == [line for line in hunk.lines if line.kind != "added"]
        assert right == [line for line in hunk.lines if line.kind != "removed"]
        assert not any(row == Row(None, None) for row in pairs)


@given(anything, anything)
def test_any_bytes_can_be_compared(before: bytes | None, after: bytes | None) -> None:
    hunks(before, after)
    counts(before, after)
