"""What is remembered of the server, and whom it names."""

import dataclasses
import os
import stat
from pathlib import Path

import pytest

from mux_tui.core.errors import ServerError
from mux_tui.core.hardware.processes import identity
from mux_tui.core.model_server.exit_mark import read_exit, write_exit
from mux_tui.core.model_server.lifecycle import ModelServer
from mux_tui.core.model_server.record import (
    ServerRecord,
    process_of,
    read_record,
    remove_record,
    write_record,
)
from mux_tui.core.paths import Paths, private_directory
from tests.core.model_server.conftest import Make, alive

RECORD = ServerRecord(
    "token", 4000, "/models/a", "f00", 1e9, 99999, 12.5, "ready", (1e9, 2e9)
)


def test_a_record_comes_back_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "server.json"
    write_record(path, RECORD)
    assert read_record(path) == RECORD
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]
    assert RECORD.base_url == "http://127.0.0.1:4000/v1"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        "null",
        "\0\0",
        '{"instance": "x", "port": 1e99, "started_at": 1}',
        '{"instance": "x", "port": 80, "started_at": -1, "state": "ready"}',
        '{"instance": "x", "port": 80, "started_at": 1, "state": "flying"}',
        '{"instance": 5, "port": 80, "started_at": 1, "state": "ready"}',
        "[" * 100_000,
    ],
)
def test_a_damaged_record_is_no_record(text: str, tmp_path: Path) -> None:
    path = tmp_path / "server.json"
    path.write_text(text)
    assert read_record(path) is None


def test_a_record_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(ServerError, match="cannot write"):
        write_record(tmp_path / "missing" / "server.json", RECORD)


def test_only_the_record_of_that_server_is_removed(tmp_path: Path) -> None:
    path = tmp_path / "server.json"
    write_record(path, RECORD)
    remove_record(path, "another")
    assert path.exists()
    remove_record(path, "token")
    remove_record(path, "token")
    assert not path.exists()


def test_a_number_that_a_stranger_has_now_names_nobody() -> None:
    own = identity(os.getpid())
    assert own is not None
    word = own.command[-1]
    mine = dataclasses.replace(
        RECORD, pid=own.pid, process_started=own.started, instance=word
    )
    assert process_of(mine) is not None
    assert process_of(dataclasses.replace(mine, instance="token")) is None
    later = dataclasses.replace(mine, process_started=own.started - 1)
    assert process_of(later) is None


async def test_a_stranger_with_the_recorded_number_is_never_signalled(
    make: Make, model: Path, paths: Paths, pids: Path
) -> None:
    server = make()
    running = await server.start(model)
    record = read_record(paths.server_record)
    assert record is not None
    for changed in (
        dataclasses.replace(record, process_started=record.process_started - 1),
        dataclasses.replace(record, instance="0" * 32),
    ):
        write_record(paths.server_record, changed)
        assert (await server.status()).state == "crashed"
        assert await server.adopt() is None
        assert not await server.stop()
        assert alive(pids) == [running.pid]


def _recorded(paths: Paths, **changes: object) -> None:
    private_directory(paths.state_dir)
    write_record(paths.server_record, dataclasses.replace(RECORD, **changes))  # pyright: ignore[reportArgumentType]


async def test_a_record_from_before_a_restart_of_the_machine_is_stale(
    make: Make, paths: Paths
) -> None:
    _recorded(paths)
    status = await make().status()
    assert (status.state, status.pid) == ("stale", None)
    assert "restarted" in status.sentence


async def test_an_unreadable_record_is_stale_and_a_start_replaces_it(
    make: Make, model: Path, paths: Paths
) -> None:
    server: ModelServer = make()
    private_directory(paths.state_dir)
    paths.server_record.write_text("{")
    assert (await server.status()).state == "stale"
    await server.start(model)
    assert (await server.status()).state == "ready"


async def test_asking_for_the_status_writes_and_removes_nothing(
    make: Make, paths: Paths
) -> None:
    assert (await make().status()).state == "stopped"
    assert not paths.state_dir.exists()
    _recorded(paths)
    before = {p: p.stat().st_mtime_ns for p in paths.state_dir.iterdir()}
    await make().status()
    assert before == {p: p.stat().st_mtime_ns for p in paths.state_dir.iterdir()}


def test_the_last_word_counts_only_for_the_server_that_left_it(tmp_path: Path) -> None:
    mark = tmp_path / "server.exit"
    assert read_exit(mark, "a") is None
    write_exit(mark, "a", "idle")
    assert read_exit(mark, "a") == "idle"
    assert read_exit(mark, "b") is None
    mark.write_text('{"instance": "a", "reason": "boredom"}')
    assert read_exit(mark, "a") is None
    mark.write_text("[")
    assert read_exit(mark, "a") is None
