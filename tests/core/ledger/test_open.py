"""Opening: what is in the ledger's place, and who else is at it."""

import asyncio
import fcntl
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from mux_tui.core.config.settings import Ledger as LedgerSettings
from mux_tui.core.errors import LedgerError, UsageError
from mux_tui.core.ledger.store import open_ledger
from tests.core.ledger.facts import OWNER, a_task, an_outcome
from tests.ledger_torture import damages


async def filled(path: Path, settings: LedgerSettings, runs: int = 40) -> bytes:
    """Make a ledger with some runs and return its bytes."""
    async with open_ledger(path, settings) as ledger:
        for _ in range(runs):
            task = a_task("word " * 300)
            await ledger.begin(task, OWNER)
            await ledger.finish(an_outcome(task.run_id, "answer " * 300))
    return path.read_bytes()


async def refusal(path: Path, settings: LedgerSettings) -> str:
    """What opening says, and checks that it is one line."""
    with pytest.raises(LedgerError) as caught:
        async with open_ledger(path, settings):
            pass
    message = str(caught.value)
    assert "\n" not in message
    return message


@pytest.mark.parametrize("damage", damages(bytes(100)))
async def test_a_damaged_ledger_is_told_clearly_and_left_as_it_is(
    path: Path, settings: LedgerSettings, damage: str
) -> None:
    """Either it still can be read, or the error tells how to move it away."""
    content = damages(await filled(path, settings))[damage]
    path.write_bytes(content)
    refused: list[LedgerError] = []
    try:
        async with open_ledger(path, settings) as ledger:
            await ledger.recent(100)
            await ledger.details(0, 100)
    except LedgerError as error:
        refused.append(error)
    for error in refused:
        assert error.what == f"the ledger {path} is damaged"
        advice = f"To start a new one: mv {path} {path}.corrupt-2"
        assert error.next_step.startswith("Nothing was changed. Try: mux ledger repair")
        assert advice in error.next_step
    assert refused or damage == "middle page overwritten"
    assert path.read_bytes() == content
    assert {file.name for file in path.parent.iterdir()} <= {
        "ledger.db",
        "ledger.db.lock",
        "ledger.db-shm",
        "ledger.db-wal",
    }


async def test_moving_a_damaged_ledger_away_as_told_starts_a_new_one(
    path: Path, settings: LedgerSettings
) -> None:
    """Even when SQLite's other files are left behind."""
    await filled(path, settings)
    path.write_bytes(b"x" * 5000)
    path.with_name("ledger.db-wal").write_bytes(b"y" * 5000)
    command = (await refusal(path, settings)).partition("one: ")[2]
    subprocess.run(command, shell=True, check=True)
    assert len(await filled(path, settings, 1)) > 5000
    (away,) = path.parent.glob("*.corrupt-*")
    assert away.read_bytes() == b"x" * 5000


async def test_an_empty_file_becomes_a_ledger(
    path: Path, settings: LedgerSettings
) -> None:
    path.parent.mkdir()
    path.touch()
    assert await filled(path, settings, 1)


async def test_only_a_regular_file_is_opened(
    tmp_path: Path, settings: LedgerSettings
) -> None:
    """A pipe would block for ever; a device has no end."""
    folder, pipe, device = tmp_path / "folder", tmp_path / "pipe", tmp_path / "device"
    folder.mkdir()
    os.mkfifo(pipe)
    device.symlink_to("/dev/full")
    for path in (folder, pipe, device):
        assert "not a regular file" in await refusal(path, settings)


async def test_a_place_that_cannot_be_made_is_named(
    tmp_path: Path, settings: LedgerSettings
) -> None:
    (tmp_path / "file").touch()
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    for path in (
        tmp_path / "file" / "ledger.db",
        loop,
        tmp_path / ("n" * 300),
        tmp_path / "nul\0byte",
    ):
        assert str(tmp_path) in await refusal(path, settings)


async def test_a_link_to_a_ledger_is_followed(
    path: Path, tmp_path: Path, settings: LedgerSettings
) -> None:
    await filled(path, settings, 2)
    link = tmp_path / "link.db"
    link.symlink_to(path)
    async with open_ledger(link, settings) as ledger:
        assert len(await ledger.recent(9)) == 2


async def test_a_ledger_of_a_newer_mux_is_refused_as_wrong_usage(
    path: Path, settings: LedgerSettings
) -> None:
    await filled(path, settings, 1)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 999999")
    before = path.read_bytes()
    with pytest.raises(UsageError, match="newer mux .schema 999999, .* Nothing was ch"):
        async with open_ledger(path, settings):
            pass
    assert path.read_bytes() == before


async def test_the_database_of_another_program_is_not_touched(
    path: Path, settings: LedgerSettings
) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
    before = path.read_bytes()
    assert "another program" in await refusal(path, settings)
    assert path.read_bytes() == before


async def test_a_database_that_is_locked_is_told_after_the_waiting_time(
    path: Path, settings: LedgerSettings
) -> None:
    await filled(path, settings, 1)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        async with open_ledger(path, settings) as ledger:
            other.execute("BEGIN IMMEDIATE")
            begin = time.monotonic()
            with pytest.raises(LedgerError, match=f"{path} is locked"):
                await ledger.begin(a_task(), OWNER)
            assert settings.busy_timeout * 0.9 < time.monotonic() - begin
            assert len(await ledger.recent(9)) == 1
            other.execute("ROLLBACK")
            await ledger.begin(a_task(), OWNER)


async def test_a_mux_that_is_stopped_while_writing_is_waited_for_and_then_told(
    path: Path, settings: LedgerSettings
) -> None:
    async with open_ledger(path, settings) as ledger:
        with path.with_name("ledger.db.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            with pytest.raises(LedgerError, match="is locked"):
                await ledger.begin(a_task(), OWNER)
            waiting = asyncio.create_task(ledger.begin(a_task(), OWNER))
            await asyncio.sleep(0)
            fcntl.flock(lock, fcntl.LOCK_UN)
            await waiting


async def test_a_ledger_that_is_removed_while_open_is_noticed(
    path: Path, settings: LedgerSettings
) -> None:
    """A removed file can be written to: nobody would ever see it again."""
    async with open_ledger(path, settings) as ledger:
        await ledger.begin(a_task(), OWNER)
        path.rename(path.with_name("elsewhere.db"))
        with pytest.raises(LedgerError, match="removed or replaced"):
            await ledger.begin(a_task(), OWNER)


async def test_side_files_that_are_removed_while_open_are_noticed(
    path: Path, settings: LedgerSettings
) -> None:
    """What had been acknowledged before is a beginning of what is left, or all."""
    tasks = [a_task() for _ in range(3)]
    async with open_ledger(path, settings) as ledger:
        await ledger.begin(tasks[0], OWNER)
        await ledger.begin(tasks[1], OWNER)
        for suffix in ("-wal", "-shm"):
            path.with_name(f"ledger.db{suffix}").unlink()
        with pytest.raises(LedgerError, match="may be missing"):
            await ledger.begin(tasks[2], OWNER)
    async with open_ledger(path, settings) as ledger:
        runs = [run.run_id for run in await ledger.details(0, 9)]
    assert runs == [task.run_id for task in tasks][: len(runs)]


@pytest.fixture
def as_nobody() -> Iterator[Path]:
    """A directory, and for root the rights of a user to whom rights apply."""
    place = Path(tempfile.mkdtemp())
    root = os.geteuid() == 0
    if root:
        os.chown(place, 65534, 65534)
        os.seteuid(65534)
    try:
        yield place
    finally:
        if root:
            os.seteuid(0)
        place.chmod(0o700)
        shutil.rmtree(place)


async def test_a_read_only_ledger_can_be_read_and_says_why_it_is_not_written(
    as_nobody: Path, settings: LedgerSettings
) -> None:
    path = as_nobody / "ledger.db"
    await filled(path, settings, 1)
    path.chmod(0o400)
    async with open_ledger(path, settings) as ledger:
        assert len(await ledger.recent(9)) == 1
        with pytest.raises(LedgerError, match=r"cannot write .*ledger\.db.*readonly"):
            await ledger.begin(a_task(), OWNER)


async def test_a_read_only_directory_is_named(
    as_nobody: Path, settings: LedgerSettings
) -> None:
    as_nobody.chmod(0o500)
    message = await refusal(as_nobody / "ledger.db", settings)
    assert "Permission denied" in message
    assert "ledger.path" in message
    message = await refusal(as_nobody / "new" / "ledger.db", settings)
    assert "cannot make the directory" in message


@pytest.mark.parametrize("opening", ["open_ledger(path, Ledger())", "connect(path, 1)"])
@pytest.mark.parametrize("run", ["asyncio.run", "loop.run_until_complete"])
def test_a_connection_that_is_left_open_does_not_keep_the_program_from_ending(
    tmp_path: Path, opening: str, run: str
) -> None:
    """A loop that is not shut down closes nothing; the thread must not matter."""
    program = f"""
import asyncio, pathlib, sys
from mux_tui.core.config.settings import Ledger
from mux_tui.core.ledger.connection import connect
from mux_tui.core.ledger.store import open_ledger

leaked = []
loop = asyncio.new_event_loop()

async def main():
    path = pathlib.Path(sys.argv[1])
    context = {opening}
    leaked.append((context, await context.__aenter__()))
    raise RuntimeError("on purpose")

{run}(main())
"""
    command = [sys.executable, "-c", program, str(tmp_path / "ledger.db")]
    done = subprocess.run(command, timeout=60, capture_output=True, text=True)
    assert done.returncode == 1
    assert "RuntimeError: on purpose" in done.stderr
