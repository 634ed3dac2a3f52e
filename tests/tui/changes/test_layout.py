"""Every line of a diff has its row, one below the other or side by side."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mux_tui.core.change import FileChange
from mux_tui.core.workspace.diff import hunks
from mux_tui.tui.widgets.changes.document import diff_of
from mux_tui.tui.widgets.changes.layout import Layout

_CONTENT = st.lists(st.sampled_from([b"a\n", b"b\n", b"c\n"]), max_size=40)


@given(st.lists(st.tuples(_CONTENT, _CONTENT), min_size=1, max_size=3), st.booleans())
def test_no_line_is_lost(
    files: list[tuple[list[bytes], list[bytes]]], split: bool
) -> None:
    changes = [
        FileChange(f"f{number}", b"".join(before), b"".join(after))
        for number, (before, after) in enumerate(files)
    ]
    diffs = [diff_of(change) for change in changes]
    layout = Layout(diffs, split=split, names=True, heads=True)
    shown: list[object] = []
    for row in range(layout.height):
        block, at = layout.at(row)
        if block.kind == "lines":
            shown.append(block.lines[at])
        elif block.kind == "pairs":
            pair = block.pairs[at]
            shown += [line for line in (pair.left, pair.right) if line is not None]
    wanted = [
        line
        for change in changes
        for hunk in hunks(change.before, change.after)
        for line in hunk.lines
    ]
    for line in wanted:
        assert line in shown
    if not split:
        assert shown == wanted


def test_parts_are_found_by_their_rows() -> None:
    before = b"".join(b"%d\n" % n for n in range(60))
    after = before.replace(b"5\n", b"x\n", 1).replace(b"40\n", b"y\n")
    layout = Layout(
        [diff_of(FileChange("f", before, after))], split=False, names=False, heads=True
    )
    assert layout.parts == [(0, 0), (0, 1)]
    first, second = layout.rows_of(0, 0), layout.rows_of(0, 1)
    assert (first.start, first.stop, second.stop) == (0, second.start, layout.height)
    assert layout.part_at(first.stop - 1) == (0, 0)
    assert layout.part_at(second.start) == (0, 1)
    assert layout.at(second.start)[0].text.endswith("28 unchanged lines above")


@pytest.mark.parametrize("heads", [True, False])
def test_a_file_without_lines_has_a_head_only_where_it_carries_a_mark(
    heads: bool,
) -> None:
    diff = diff_of(FileChange("f", b"\0", b"\0\0"))
    layout = Layout([diff], split=False, names=False, heads=heads)
    assert bool(layout.parts) is heads
    assert layout.at(0)[0].kind == "words"


def test_nothing_has_no_rows() -> None:
    layout = Layout([], split=False, names=True, heads=True)
    assert (layout.height, layout.parts, layout.part_at(0)) == (0, [], None)
