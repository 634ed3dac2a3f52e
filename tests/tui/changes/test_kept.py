"""What is kept of changes is what is written, to the byte."""

from hypothesis import given
from hypothesis import strategies as st

from mux_tui.core.change import ChangeSet, FileChange
from mux_tui.core.workspace.diff import selected, units
from mux_tui.tui.widgets.changes.kept import Kept

_LINES = st.lists(st.sampled_from([b"a\n", b"b\n", b"c\n", b"d\n"]), max_size=30)
_CONTENTS = st.none() | _LINES.map(b"".join) | st.just(b"\0binary")


@st.composite
def _changes(draw: st.DrawFn) -> ChangeSet:
    files = draw(st.lists(st.tuples(_CONTENTS, _CONTENTS), max_size=4))
    made = [
        FileChange(f"f{number}", before, after)
        for number, (before, after) in enumerate(files)
        if before is not None or after is not None
    ]
    return ChangeSet(tuple(made), summary="why")


@given(_changes(), st.data())
def test_the_answer_is_exactly_the_kept_part(
    changes: ChangeSet, data: st.DataObject
) -> None:
    kept = Kept.all_of(changes)
    wanted: list[FileChange] = []
    for number, change in enumerate(changes.changes):
        count = units(change)
        parts = data.draw(st.sets(st.integers(0, count - 1)))
        for part in set(range(count)) - parts:
            kept.toggle(number, part)
        if parts:
            wanted.append(selected(change, parts))
    assert kept.changes() == ChangeSet(tuple(wanted), summary="why")


@given(_changes())
def test_all_of_it_is_the_proposal_itself(changes: ChangeSet) -> None:
    kept = Kept.all_of(changes)
    for number in range(len(kept)):
        kept.toggle_file(number)
        kept.toggle_file(number)
    assert kept.changes() is changes


def test_a_file_is_kept_in_part_until_all_of_it_is() -> None:
    before = b"".join(b"%d\n" % n for n in range(40))
    after = before.replace(b"3\n", b"x\n", 1).replace(b"30\n", b"y\n")
    kept = Kept.all_of(ChangeSet((FileChange("f", before, after),)))
    assert (kept.parts(0), kept.state(0)) == (2, "all")
    kept.toggle(0, 1)
    assert (kept.state(0), kept.count, kept.total) == ("part", 1, 2)
    kept.toggle_file(0)
    assert kept.state(0) == "all"
    kept.toggle_file(0)
    assert (kept.state(0), kept.files) == ("none", 0)
    kept.toggle(0, 7)
    assert kept.state(0) == "none"
    kept.keep_all()
    assert kept.state(0) == "all"
