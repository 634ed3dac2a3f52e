"""Changes are taken back and done again, and the ledger hears of it."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from mux_tui.core.config.settings import Ledger as LedgerSettings
from mux_tui.core.errors import MuxError, UsageError
from mux_tui.core.ledger.rows import ended
from mux_tui.core.ledger.store import Ledger, open_ledger
from mux_tui.core.paths import Paths
from mux_tui.core.takeback import chosen, take_back
from mux_tui.core.workspace.apply import apply
from mux_tui.core.workspace.archive import Archive
from mux_tui.core.workspace.results import Applied, Stale
from tests.core.ledger.facts import OWNER, a_file_decision, a_file_outcome, a_task
from tests.core.workspace.trees import change, changes, made


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """mux's directories, outside of every work directory."""
    return Paths.from_environment({"MUX_HOME": str(tmp_path / "mux")})


def applied(paths: Paths, root: Path, run_id: str, text: str = "new\n") -> None:
    """Let a run write `text` into the file `a` of a directory."""
    root.mkdir(exist_ok=True)
    file = root / "a"
    before = file.read_text() if file.exists() else None
    wanted = changes(change("a", before, text))
    done = apply(root, wanted, run_id, Archive(paths.changes))
    assert isinstance(done, Applied)


async def recorded(ledger: Ledger, *run_ids: str) -> None:
    """Record file work of these ids."""
    for run_id in run_ids:
        await ledger.begin(a_task(run_id=run_id), OWNER)
        await ledger.decided(run_id, a_file_decision())
        await ledger.finish(a_file_outcome(run_id))


async def state(ledger: Ledger, run_id: str) -> str:
    """What the ledger says became of a run's changes."""
    run = await ledger.get(run_id)
    assert run is not None
    return ended(run)


async def test_the_files_go_back_and_the_ledger_knows(
    paths: Paths, tmp_path: Path
) -> None:
    work = made(tmp_path / "work", {"a": "old\n"})
    applied(paths, work, "01a-x")
    async with open_ledger(paths.ledger, LedgerSettings()) as ledger:
        await recorded(ledger, "01a-x")
        done = await take_back("01a-x", "undo", paths, ledger)
        assert done == Applied("01a-x", work, ("a",))
        assert (work / "a").read_text() == "old\n"
        assert await state(ledger, "01a-x") == "taken back"

        await take_back("01a-x", "redo", paths, ledger)
        assert (work / "a").read_text() == "new\n"
        assert await state(ledger, "01a-x") == "applied"


async def test_files_that_changed_since_stay_and_so_does_the_ledger(
    paths: Paths, tmp_path: Path
) -> None:
    work = made(tmp_path / "work", {"a": "old\n"})
    applied(paths, work, "01a-x")
    (work / "a").write_text("mine\n")
    async with open_ledger(paths.ledger, LedgerSettings()) as ledger:
        await recorded(ledger, "01a-x")
        assert await take_back("01a-x", "undo", paths, ledger) == Stale(("a",))
        assert await state(ledger, "01a-x") == "applied"
    assert (work / "a").read_text() == "mine\n"


async def test_a_ledger_that_cannot_be_written_takes_nothing_of_it_back(
    paths: Paths, tmp_path: Path
) -> None:
    work = made(tmp_path / "work", {"a": "old\n"})
    applied(paths, work, "01a-x")
    settings = LedgerSettings(busy_timeout=0.1)
    async with open_ledger(paths.ledger, settings) as ledger:
        await recorded(ledger, "01a-x")
        with closing(sqlite3.connect(paths.ledger, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            done = await take_back("01a-x", "undo", paths, ledger)
    assert isinstance(done, Applied)
    (note,) = done.notes
    assert note.startswith("it is not in the ledger: ")
    assert (work / "a").read_text() == "old\n"


async def test_without_a_ledger_the_way_back_is_there(
    paths: Paths, tmp_path: Path
) -> None:
    work = made(tmp_path / "work", {"a": "old\n"})
    applied(paths, work, "01a-x")
    assert await chosen("01a", "undo", paths, None, tmp_path) == "01a-x"
    assert isinstance(await take_back("01a-x", "undo", paths, None), Applied)
    assert (work / "a").read_text() == "old\n"


async def test_what_has_begun_is_done_and_recorded_although_nobody_waits(
    paths: Paths, tmp_path: Path
) -> None:
    work = made(tmp_path / "work", {"a": "old\n"})
    applied(paths, work, "01a-x")
    async with open_ledger(paths.ledger, LedgerSettings()) as ledger:
        await recorded(ledger, "01a-x")
        task = asyncio.create_task(take_back("01a-x", "undo", paths, ledger))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await state(ledger, "01a-x") == "taken back"
    assert (work / "a").read_text() == "old\n"


async def test_the_newest_change_of_the_directory_is_meant_when_none_is_named(
    paths: Paths, tmp_path: Path
) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    applied(paths, here, "01b-x", "first\n")
    applied(paths, here, "01a-x", "second\n")
    applied(paths, there, "01c-x")
    link = tmp_path / "link"
    link.symlink_to(here)
    assert await chosen("", "undo", paths, None, link) == "01a-x"
    await take_back("01a-x", "undo", paths, None)
    assert await chosen("", "undo", paths, None, here) == "01b-x"
    assert await chosen("", "redo", paths, None, here) == "01a-x"
    with pytest.raises(UsageError, match="no changes to do again in .*/there"):
        await chosen("", "redo", paths, None, there)
    with pytest.raises(UsageError, match="no changes to take back in"):
        await chosen("", "undo", paths, None, tmp_path)


async def test_a_run_is_found_by_the_beginning_of_its_id(
    paths: Paths, tmp_path: Path
) -> None:
    applied(paths, tmp_path / "work", "01a-x", "first\n")
    applied(paths, tmp_path / "work", "01a-y", "second\n")
    async with open_ledger(paths.ledger, LedgerSettings()) as ledger:
        await recorded(ledger, "01a-x", "01b-x")
        for one in (ledger, None):
            assert await chosen("01A-Y", "undo", paths, one, tmp_path) == "01a-y"
            with pytest.raises(MuxError, match="no such run: zz"):
                await chosen("zz", "undo", paths, one, tmp_path)
        assert await chosen("01b", "undo", paths, ledger, tmp_path) == "01b-x"
        with pytest.raises(UsageError, match="begins with 01: 01a-x, 01b-x"):
            await chosen("01", "undo", paths, ledger, tmp_path)
    with pytest.raises(UsageError, match="begins with 01a: 01a-"):
        await chosen("01a", "undo", paths, None, tmp_path)


@pytest.mark.parametrize("reference", [" ", "../x", "\x1b[2J", "a\0b", "x" * 5000])
async def test_no_reference_leads_anywhere_else(
    paths: Paths, tmp_path: Path, reference: str
) -> None:
    with pytest.raises(MuxError, match="no such run") as caught:
        await chosen(reference, "undo", paths, None, tmp_path)
    assert "\x1b" not in str(caught.value)
    assert not paths.changes.exists()
