"""What is kept comes back as it was, or not at all; and not for ever."""

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mux_tui.core.change import digest
from mux_tui.core.errors import EnvironmentProblem
from mux_tui.core.workspace.apply import apply
from mux_tui.core.workspace.archive import Archive
from mux_tui.core.workspace.prune import prune
from mux_tui.core.workspace.results import Applied
from mux_tui.core.workspace.store import Store
from mux_tui.core.workspace.transition import (
    Side,
    Step,
    Transition,
    from_json,
    to_json,
)
from mux_tui.core.workspace.undo import undo
from tests.core.workspace.trees import change, changes, made

_DAY = 86_400.0
_TEXT = st.text(st.characters(codec=None), max_size=20)
_SIDES = st.builds(Side, st.text(max_size=9), st.integers(0, 0o777), st.booleans())
_TRANSITIONS = st.builds(
    Transition,
    id=st.just("id"),
    run_id=st.just("r"),
    act=st.sampled_from(["apply", "undo", "redo"]),
    root=st.just(Path("/w")),
    device=st.integers(0),
    inode=st.integers(0),
    when=st.floats(0, 1e12),
    steps=st.lists(st.builds(Step, _TEXT, _SIDES, _SIDES, _TEXT)).map(tuple),
    made=st.lists(_TEXT).map(tuple),
    dropped=st.lists(_TEXT).map(tuple),
    phase=st.sampled_from(["staging", "placing", "returning", "done"]),
    notes=st.lists(_TEXT).map(tuple),
)


@given(_TRANSITIONS)
def test_a_transition_can_be_read_back(transition: Transition) -> None:
    assert from_json(to_json(transition)) == transition


@pytest.mark.parametrize(
    "document", [b"", b"{}", b"[]", b"null", b"\xff", b'{"phase": "gone"}', b"[" * 9999]
)
def test_what_is_no_transition_is_not_taken_for_one(document: bytes) -> None:
    with pytest.raises(ValueError, match=r"transition|word|Expecting|decode"):
        from_json(document)


@pytest.mark.parametrize("content", [b"", b"text\n", bytes(range(256)) * 999])
def test_a_content_comes_back_as_it_was(tmp_path: Path, content: bytes) -> None:
    store = Store(tmp_path / "objects")

    store.keep([content, content])

    assert store.content(digest(content)) == content
    (file,) = (tmp_path / "objects").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_damaged_content_is_noticed_and_can_be_kept_anew(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.keep([b"text\n", b"other\n"])
    (tmp_path / digest(b"other\n")).replace(tmp_path / digest(b"text\n"))

    for text in (b"text\n", b"other\n"):
        with pytest.raises(EnvironmentProblem, match="not kept any more"):
            store.content(digest(text))
    store.keep([b"text\n"])

    assert store.content(digest(b"text\n")) == b"text\n"


def _history(tmp_path: Path, archive: Archive, runs: int) -> Path:
    """Runs that each change one file, with contents that cannot be packed."""
    work = made(tmp_path / "work", {})
    for number in range(runs):
        wanted = changes(change(f"f{number}", None, f"{number}\n" * 100))
        assert isinstance(apply(work, wanted, f"r{number}", archive), Applied)
    return work


def test_old_runs_are_forgotten(tmp_path: Path, archive: Archive) -> None:
    _history(tmp_path, archive, 3)
    newest = archive.records()[0].when

    assert prune(archive, 30, 1 << 30, newest + 29 * _DAY).runs == ()
    pruned = prune(archive, 30, 1 << 30, newest + 31 * _DAY)

    assert pruned.runs == ("r2", "r1", "r0")
    assert pruned.freed > 0
    assert archive.records() == ()
    assert archive.store.sizes() == {}


def test_the_oldest_runs_give_way_where_space_is_short(
    tmp_path: Path, archive: Archive
) -> None:
    work = _history(tmp_path, archive, 4)
    size = sum(archive.store.sizes().values())

    pruned = prune(archive, 30, size // 2)

    assert pruned.runs == ("r1", "r0")
    assert sum(archive.store.sizes().values()) == size - pruned.freed
    assert isinstance(undo("r3", archive), Applied)
    assert not (work / "f3").exists()


def test_the_newest_run_stays_however_large_it_is(
    tmp_path: Path, archive: Archive
) -> None:
    _history(tmp_path, archive, 2)

    assert prune(archive, 30, 0).runs == ("r0",)
    assert isinstance(undo("r1", archive), Applied)


def test_what_a_transition_under_way_needs_is_not_removed(
    tmp_path: Path, archive: Archive
) -> None:
    _history(tmp_path, archive, 1)
    (record,) = archive.records()
    archive.note(record.in_phase("placing"))

    prune(archive, 0, 0, record.when + _DAY)

    archive.store.require(record.digests)
    assert archive.records() == ()
