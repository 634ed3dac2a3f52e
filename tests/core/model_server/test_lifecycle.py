"""One server: started under a lock, adopted by others, stopped whole."""

import asyncio
import dataclasses
import os
import signal
import socket
import stat
from pathlib import Path

import pytest

from mux_tui.core.errors import ServerError
from mux_tui.core.events import ServerChanged, ServerEvent
from mux_tui.core.model_server.record import read_record, write_record
from mux_tui.core.paths import Paths
from tests.core.model_server.conftest import PACE, Make, alive, started, wait_until


def phases(events: list[ServerEvent]) -> list[str]:
    return [event.phase for event in events if isinstance(event, ServerChanged)]


async def test_a_start_ends_with_a_real_token_and_tells_each_phase(
    make: Make, model: Path, paths: Paths, pids: Path
) -> None:
    server, events = make("held"), list[ServerEvent]()

    def report(event: ServerEvent) -> None:
        events.append(event)
        if "loading" in phases(events):
            pids.with_name("loaded").touch()

    running = await server.start(model, report)
    assert phases(events) == ["starting", "loading", "warming", "ready"]
    assert running.model == str(model)
    assert running.model_id == "default_model"
    assert started(pids) == [running.pid]
    record = read_record(paths.server_record)
    assert record is not None
    assert (record.pid, record.state) == (running.pid, "ready")
    assert record.base_url == running.base_url
    for file in (paths.server_record, paths.server_log, paths.server_lock):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600

    status = await server.status()
    assert (status.state, status.pid) == ("ready", running.pid)
    assert status.uptime_seconds is not None
    assert (status.resident_bytes or 0) > 0
    assert not status.outdated
    assert await server.stop()


async def test_another_mux_adopts_the_server_and_leaves_it_running(
    make: Make, model: Path, pids: Path
) -> None:
    first = await make().start(model)
    assert await make().adopt() == first
    assert await make().start(model) == first
    assert alive(pids) == [first.pid]


async def test_a_stop_leaves_no_process_no_record_and_a_free_port(
    make: Make, model: Path, paths: Paths, pids: Path
) -> None:
    server = make()
    running = await server.start(model)
    port = int(running.base_url.split(":")[2].split("/")[0])
    assert await server.stop()
    assert alive(pids) == []
    assert not paths.server_record.exists()
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        trial.bind(("127.0.0.1", port))

    assert not await server.stop()
    assert (await server.status()).state == "stopped"


async def test_a_stop_ends_deaf_grandchildren_in_and_outside_the_group(
    make: Make, model: Path, pids: Path
) -> None:
    server = make("deaf", pace=dataclasses.replace(PACE, grace=0.2))
    await server.start(model)
    assert len(alive(pids)) == 3
    assert await server.stop()
    wait_until(lambda: not alive(pids))


@pytest.mark.parametrize("count", [2, pytest.param(50, marks=pytest.mark.slow)])
async def test_simultaneous_starts_give_one_server(
    make: Make, model: Path, pids: Path, count: int
) -> None:
    servers = [make("slow") for _ in range(count)]
    running = await asyncio.gather(*(server.start(model) for server in servers))
    assert len({one.instance for one in running}) == 1
    assert started(pids) == [running[0].pid]


async def test_a_killed_server_is_crashed_and_can_be_started_again(
    make: Make, model: Path, paths: Paths
) -> None:
    server = make()
    running = await server.start(model)
    os.kill(running.pid, signal.SIGKILL)
    while (status := await server.status()).state != "crashed":
        assert status.state in ("ready", "unresponsive")
    assert status.pid is None
    assert await server.adopt() is None
    again = await server.start(model)
    assert again.instance != running.instance
    assert await server.stop()


async def test_a_server_that_left_for_idleness_is_stopped_and_not_crashed(
    make: Make, model: Path, pids: Path
) -> None:
    server = make("idle")
    await server.start(model)
    pids.with_name("leave").touch()
    while (status := await server.status()).state != "stopped":
        assert status.state in ("ready", "unresponsive")
        await asyncio.sleep(0.01)
    assert "want of requests" in status.sentence


async def test_a_terminated_server_is_stopped_and_not_crashed(
    make: Make, model: Path, pids: Path
) -> None:
    server = make()
    running = await server.start(model)
    os.kill(running.pid, signal.SIGTERM)
    while (status := await server.status()).state != "stopped":
        assert status.state in ("ready", "unresponsive")


async def test_another_model_stops_the_old_server_first(
    make: Make, model: Path, tmp_path: Path, pids: Path
) -> None:
    other = tmp_path / "other"
    model.rename(other)
    first = await make().start(other)
    other.rename(model)
    events = list[ServerEvent]()
    second = await make().start(model, events.append)
    assert phases(events)[0] == "stopping"
    assert second.model == str(model)
    assert alive(pids) == [second.pid]
    assert first.instance != second.instance


async def test_a_server_with_other_settings_is_adopted_but_not_silently(
    make: Make, model: Path
) -> None:
    first = await make().start(model)
    events = list[ServerEvent]()
    changed = make(idle_minutes=3.0)
    again = await changed.start(model, events.append)
    assert again.instance == first.instance
    assert again.outdated
    assert "other settings" in str(events[-1])
    assert (await changed.status()).outdated


@pytest.mark.parametrize("sign", ["dead", "hang"])
async def test_a_silent_or_dead_server_is_replaced(
    sign: str, make: Make, model: Path, pids: Path
) -> None:
    server = make(sign, pace=dataclasses.replace(PACE, answer=0.2, patience=0.2))
    first = await server.start(model)
    pids.with_name(sign).touch()
    assert (await server.status()).state == "unresponsive"
    assert await server.adopt() is None

    events = list[ServerEvent]()

    def report(event: ServerEvent) -> None:
        events.append(event)
        pids.with_name(sign).unlink(missing_ok=True)

    second = await server.start(model, report)
    assert phases(events)[0] == "stopping"
    assert alive(pids) == [second.pid]
    assert first.instance != second.instance


async def test_a_cancelled_start_ends_what_it_started(
    make: Make, model: Path, paths: Paths, pids: Path
) -> None:
    events = list[ServerEvent]()
    starting = asyncio.create_task(make("never").start(model, events.append))
    while "loading" not in phases(events):
        await asyncio.sleep(0.01)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert alive(pids) == []
    assert not paths.server_record.exists()


async def test_a_stop_reaches_a_server_that_another_mux_is_starting(
    make: Make, model: Path, pids: Path
) -> None:
    events = list[ServerEvent]()
    starting = asyncio.create_task(make("never").start(model, events.append))
    while "loading" not in phases(events):
        await asyncio.sleep(0.01)
    assert await make().stop()
    with pytest.raises(ServerError, match="it was stopped"):
        await starting
    assert alive(pids) == []


async def test_a_background_start_is_finished_by_whoever_comes_next(
    make: Make, model: Path, pids: Path
) -> None:
    server = make("held")
    assert await server.start_in_background(model)
    assert not await server.start_in_background(model)
    assert (await server.status()).state == "starting"
    pids.with_name("loaded").touch()
    running = await make("held").start(model)
    assert started(pids) == [running.pid]
    assert (await server.status()).state == "ready"


async def test_a_background_start_is_adopted_once_it_gives_a_token(
    make: Make, model: Path, paths: Paths
) -> None:
    server = make("slow")
    assert await server.start_in_background(model)
    while (running := await server.adopt()) is None:
        await asyncio.sleep(0.02)
    record = read_record(paths.server_record)
    assert record is not None
    assert (record.pid, record.state) == (running.pid, "ready")


async def test_a_server_that_crashes_again_and_again_is_left_alone(
    make: Make, model: Path
) -> None:
    server = make("dies")
    status = await server.status()
    for _ in range(3):
        assert await server.start_in_background(model)
        while (status := await server.status()).state == "starting":
            await asyncio.sleep(0.01)
        assert status.state == "crashed"
        assert status.out_of_memory
    assert not await server.start_in_background(model)
    assert status.restarts == 3


async def test_a_server_whose_starter_was_killed_at_once_is_found_by_its_token(
    make: Make, model: Path, paths: Paths, pids: Path
) -> None:
    first = await make().start(model)
    record = read_record(paths.server_record)
    assert record is not None
    write_record(
        paths.server_record,
        dataclasses.replace(record, pid=0, process_started=0.0, state="starting"),
    )
    again = await make().start(model)
    assert again == first
    assert alive(pids) == [first.pid]


async def test_a_server_without_our_header_is_proved_by_its_port(
    make: Make, model: Path
) -> None:
    server = make("plain")
    running = await server.start(model)
    assert (await server.status()).state == "ready"
    assert await server.adopt() == running
