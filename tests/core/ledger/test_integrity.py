"""Looking at a ledger changes nothing and never fails."""

from pathlib import Path

import pytest

from mux_tui.core.config.settings import Ledger as LedgerSettings
from mux_tui.core.ledger.integrity import integrity
from mux_tui.core.ledger.migrations import MIGRATIONS
from mux_tui.core.ledger.store import Ledger, open_ledger
from tests.core.ledger.facts import OWNER, a_task
from tests.ledger_torture import damages


def seen(path: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in path.parent.iterdir()}


async def test_no_ledger_is_no_fault_and_none_is_made(tmp_path: Path) -> None:
    found = await integrity(tmp_path / "data" / "ledger.db")
    assert (found.exists, found.ok) == (False, True)
    assert list(tmp_path.iterdir()) == []


async def test_a_sound_ledger_is_counted_and_left_as_it_is(
    path: Path, settings: LedgerSettings
) -> None:
    async with open_ledger(path, settings) as ledger:
        await ledger.begin(a_task(), OWNER)
    before = seen(path)
    found = await integrity(path)
    assert (found.exists, found.ok, found.runs) == (True, True, 1)
    assert (found.schema, found.size) == (len(MIGRATIONS), len(before["ledger.db"]))
    assert seen(path) == before


async def test_an_open_ledger_can_be_checked_and_goes_on(
    ledger: Ledger, path: Path
) -> None:
    await ledger.begin(a_task(), OWNER)
    assert (await integrity(path)).runs == 1
    await ledger.begin(a_task(), OWNER)
    assert (await integrity(path)).runs == 2


@pytest.mark.parametrize("damage", damages(bytes(100)))
async def test_damage_is_found_and_left_as_it_is(
    path: Path, settings: LedgerSettings, damage: str
) -> None:
    async with open_ledger(path, settings) as ledger:
        for _ in range(20):
            await ledger.begin(a_task("word " * 500), OWNER)
    path.write_bytes(damages(path.read_bytes())[damage])
    before = seen(path)["ledger.db"]
    found = await integrity(path)
    assert not found.ok
    assert f"{path} is damaged" in found.problem
    assert found.next_step.startswith("Nothing was changed")
    assert seen(path)["ledger.db"] == before


async def test_a_directory_and_an_unreachable_place_are_problems(
    tmp_path: Path,
) -> None:
    (tmp_path / "file").touch()
    assert "not a regular file" in (await integrity(tmp_path)).problem
    assert "Not a directory" in (await integrity(tmp_path / "file" / "x")).problem
    assert (await integrity(tmp_path / "file")).ok
