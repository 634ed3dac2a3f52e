"""One proxy: started once, found by all, ended in order, and never mistaken."""

import asyncio
import json
import os
import signal
import socket
import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from mux_tui.core.config.environment import Environment
from mux_tui.core.config.load import load
from mux_tui.core.errors import ProxyError
from mux_tui.core.hardware.processes import identity
from mux_tui.core.paths import Paths
from mux_tui.core.proxy.process.lifecycle import ProxyPace, ProxyProcess
from mux_tui.core.proxy.process.record import (
    ProxyRecord,
    read_record,
    remove_record,
    write_record,
)
from tests.core.proxy.raw import TOKEN, Raw, ask, head, post

PROJECT = Path(__file__).resolve().parents[3]
PACE = ProxyPace(start=60, answer=30, end=30, grace=0.5, poll=0.01)
SCRIPTED = (sys.executable, "-m", "tests.core.proxy.scripted_proxy")

Make = Callable[..., ProxyProcess]


@pytest.fixture
def starts(tmp_path: Path) -> Iterator[Path]:
    """Where each started proxy notes its number; all are ended with the test."""
    file = tmp_path / "starts"
    file.touch()
    yield file
    for pid in _pids(file):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


@pytest.fixture
def make(starts: Path, own_home: Path) -> Make:
    """Makes what starts and stops, as every `mux` of its own would."""

    def made(
        *,
        pace: ProxyPace = PACE,
        variables: dict[str, str] | None = None,
        program: tuple[str, ...] = SCRIPTED,
        **sets: str,
    ) -> ProxyProcess:
        environment = Environment(
            {
                **os.environ,
                "PYTHONPATH": str(PROJECT),
                "MUX_TEST_STARTS": str(starts),
                **(variables or {}),
            }
        )
        named = {name.replace("__", "."): value for name, value in sets.items()}
        overrides = {"proxy.port": "0"} | named
        return ProxyProcess(
            load(environment, None, overrides).settings,
            environment,
            own_home,
            overrides=overrides,
            program=program,
            pace=pace,
        )

    return made


@pytest.fixture
def paths() -> Paths:
    """Where the test's mux keeps its files."""
    return Environment().paths


def _pids(starts: Path) -> list[int]:
    return [int(line) for line in starts.read_text().split()]


def _alive(starts: Path) -> list[int]:
    return [pid for pid in _pids(starts) if identity(pid) is not None]


def _with_token(request: bytes, token: str) -> bytes:
    return request.replace(TOKEN.encode(), token.encode())


async def until(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    """Wait for something to become true."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)


async def test_a_started_proxy_answers_with_its_own_token(
    make: Make, paths: Paths, starts: Path
) -> None:
    running = await make().start()
    assert _pids(starts) == [running.pid]
    data = head(running.port, "GET /v1/models", token=running.token)
    assert (await ask(running.port, data)).status == 200
    data = head(running.port, "GET /v1/models")
    assert (await ask(running.port, data)).status == 401
    assert running.url == f"http://127.0.0.1:{running.port}"
    assert running.model is not None
    assert (running.model.name, running.model.context_window) == ("tiny", 2048)
    for file in (paths.proxy_record, paths.proxy_lock, paths.proxy_log):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert await make().stop()


async def test_it_listens_on_this_machine_alone(make: Make) -> None:
    running = await make().start()
    with socket.socket() as other:
        other.settimeout(2)
        address = socket.gethostbyname(socket.gethostname())
        if not address.startswith("127."):
            assert other.connect_ex((address, running.port)) != 0
    listens = [
        line.split()[1]
        for line in Path("/proc/net/tcp").read_text().splitlines()[1:]
        if line.split()[1].endswith(f":{running.port:04X}") and line.split()[3] == "0A"
    ]
    assert listens == [f"0100007F:{running.port:04X}"]
    assert await make().stop()


async def test_the_token_is_on_no_command_line_and_in_no_log(
    make: Make, paths: Paths
) -> None:
    running = await make().start()
    found = identity(running.pid)
    assert found is not None
    assert running.token not in " ".join(found.command)
    assert running.token not in paths.proxy_log.read_text()
    assert await make().stop()


async def test_another_mux_adopts_the_proxy_and_its_end_is_seen_by_all(
    make: Make, starts: Path
) -> None:
    first = await make().start()
    assert await make().adopt() == first
    assert await make().start() == first
    assert _alive(starts) == [first.pid]
    assert await make().stop()
    assert await make().adopt() is None
    assert not await make().stop()


@pytest.mark.parametrize("count", [3, pytest.param(50, marks=pytest.mark.slow)])
async def test_simultaneous_starts_give_one_proxy(
    make: Make, starts: Path, count: int
) -> None:
    running = await asyncio.gather(*(make().start() for _ in range(count)))
    assert len({one.instance for one in running}) == 1
    assert _pids(starts) == [running[0].pid]
    assert await make().stop()


async def test_a_stop_leaves_no_process_no_record_and_a_free_port(
    make: Make, paths: Paths, starts: Path
) -> None:
    running = await make().start()
    assert await make().stop()
    assert _alive(starts) == []
    assert not paths.proxy_record.exists()
    again = await make(proxy__port=str(running.port)).start()
    assert again.port == running.port
    assert again.token != running.token
    assert await make().stop()


async def test_an_open_stream_is_told_of_the_end(make: Make) -> None:
    running = await make().start()
    async with Raw.to(running.port) as raw:
        await raw.send(_with_token(post(running.port, b"hang"), running.token))
        assert (await raw.got(body=False)).status == 200
        await raw.line()
        begun = time.monotonic()
        assert await make().stop()
        assert b"event: error" in await raw.ended()
        assert time.monotonic() - begun < PACE.end


async def test_a_killed_proxy_is_crashed_and_can_be_started_again(
    make: Make, starts: Path
) -> None:
    first = await make().start()
    os.kill(first.pid, signal.SIGKILL)
    await until(lambda: not _alive(starts))
    status = await make().status()
    assert (status.state, status.pid) == ("crashed", None)
    assert await make().adopt() is None
    second = await make().start()
    assert second.instance != first.instance
    assert await make().stop()
    assert (await make().status()).state == "stopped"


async def test_a_stopped_process_is_unresponsive_and_is_replaced(
    make: Make, starts: Path
) -> None:
    pace = replace(PACE, answer=0.3)
    first = await make().start()
    os.kill(first.pid, signal.SIGSTOP)
    status = await make(pace=pace).status()
    assert (status.state, status.pid) == ("unresponsive", first.pid)
    second = await make(pace=pace).start()
    assert second.pid != first.pid
    assert _alive(starts) == [second.pid]
    os.kill(second.pid, signal.SIGSTOP)
    assert await make(pace=pace).stop()
    assert _alive(starts) == []


async def test_the_status_tells_what_it_has_done(make: Make) -> None:
    assert (await make().status()).state == "stopped"
    running = await make().start()
    data = post(running.port).replace(b"the-token-of-the-tests", running.token.encode())
    assert (await ask(running.port, data)).status == 200
    status = await make().status()
    assert (status.state, status.pid, status.url) == (
        "running",
        running.pid,
        running.url,
    )
    assert (status.served, status.open_requests, status.model) == (1, 0, "tiny")
    assert (status.resident_bytes or 0) > 0
    assert status.since.endswith("+00:00")
    assert not status.outdated
    assert (await make(proxy__prewarm="false").status()).outdated
    assert await make().stop()


async def test_other_settings_are_said_and_not_silently_ignored(make: Make) -> None:
    first = await make().start()
    told = list[str]()
    second = await make(proxy__prewarm="false").start(told.append)
    assert (second.pid, second.outdated) == (first.pid, True)
    assert "other settings" in told[0]
    assert await make().stop()


async def test_a_port_that_is_taken_is_named_with_its_owner(
    make: Make, starts: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(ProxyError) as caught:
            await make(proxy__port=str(port)).start()
    text = str(caught.value)
    assert f"port {port} is in use by" in text
    assert f"(pid {os.getpid()})" in text
    assert "mux config set proxy.port 0" in text
    assert _pids(starts) == []


async def test_a_proxy_that_dies_at_its_start_tells_why(
    make: Make, paths: Paths
) -> None:
    dies = (sys.executable, "-c", "raise SystemExit('mux: it broke: badly')")
    with pytest.raises(ProxyError, match="cannot be started: it broke: badly"):
        await make(program=dies).start()
    assert not paths.proxy_record.exists()
    with pytest.raises(ProxyError, match="cannot be started: .*/no/such/program"):
        await make(program=("/no/such/program",)).start()


async def test_a_start_that_takes_too_long_leaves_nothing(
    make: Make, paths: Paths, starts: Path
) -> None:
    pace = replace(PACE, start=1.5, answer=0.2)
    with pytest.raises(ProxyError, match="has not answered within 1.5 s"):
        await make(pace=pace, variables={"MUX_TEST_SERVICE": "deaf"}).start()
    assert _alive(starts) == []
    assert not paths.proxy_record.exists()


async def test_a_cancelled_start_leaves_nothing(
    make: Make, paths: Paths, starts: Path
) -> None:
    start = asyncio.create_task(make().start())
    await until(lambda: bool(_pids(starts)))
    start.cancel()
    with pytest.raises(asyncio.CancelledError):
        await start
    assert _alive(starts) == []
    assert not paths.proxy_record.exists()


async def test_without_requests_it_ends_by_itself_but_never_during_one(
    make: Make, paths: Paths, starts: Path
) -> None:
    running = await make(proxy__idle_minutes="0.03").start()
    async with Raw.to(running.port) as raw:
        await raw.send(_with_token(post(running.port, b"hang"), running.token))
        assert (await raw.got(body=False)).status == 200
        begun = time.monotonic()
        while time.monotonic() - begun < 2.5:
            assert _alive(starts)
            await asyncio.sleep(0.1)
    await until(lambda: not _alive(starts))
    await until(lambda: not paths.proxy_record.exists())
    assert "nobody has asked for anything for 0.03 min" in paths.proxy_log.read_text()


async def test_a_stranger_with_the_recorded_number_is_not_touched(
    make: Make, paths: Paths
) -> None:
    """The number of a proxy that is gone may be anybody's by now."""
    me = identity(os.getpid())
    assert me is not None
    paths.state_dir.mkdir(parents=True)
    record = ProxyRecord("i" * 32, 9, "t" * 32, me.pid, me.started, 1.0)
    write_record(paths.proxy_record, record)
    assert (await make().status()).state == "crashed"
    assert not await make().stop()
    assert not paths.proxy_record.exists()


async def test_an_impostor_on_the_recorded_port_is_not_believed(
    make: Make, paths: Paths
) -> None:
    first = await make().start()
    record = read_record(paths.proxy_record)
    assert record is not None
    write_record(paths.proxy_record, replace(record, instance="another"))
    assert await make().adopt() is None
    assert (await make().status()).state == "unresponsive"
    write_record(paths.proxy_record, record)
    assert await make().adopt() == first
    assert await make().stop()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{",
        '{"instance": "a"}',
        '{"instance": "a", "token": "b", "port": 70000, "pid": 3}',
        '{"instance": "a", "token": "", "port": 7000, "pid": 3}',
        '{"instance": "a", "token": "b", "port": "7000", "pid": 3}',
        '{"instance": "a", "token": "b", "port": 7000, "pid": -3}',
        '{"instance": "a", "token": "\\u00e4\\n", "port": 7000, "pid": 3}',
    ],
)
async def test_a_record_that_cannot_be_used_is_no_proxy(
    make: Make, paths: Paths, text: str
) -> None:
    paths.state_dir.mkdir(parents=True)
    paths.proxy_record.write_text(text)
    assert read_record(paths.proxy_record) is None
    assert (await make().status()).state == "stopped"
    assert not await make().stop()


def test_a_record_is_read_as_written_and_removed_by_its_own_alone(
    tmp_path: Path,
) -> None:
    file = tmp_path / "proxy.json"
    record = ProxyRecord("i", 3456, "secret", 5, 1.5, 2.5, "f")
    write_record(file, record)
    assert read_record(file) == record
    assert json.loads(file.read_text())["url"] == "http://127.0.0.1:3456"
    assert "secret" not in repr(record)
    remove_record(file, "other")
    assert file.exists()
    remove_record(file, "i")
    assert not file.exists()


async def test_whoever_finds_a_proxy_has_it_warmed(make: Make) -> None:
    """A new one warms by itself; the one that was there is told to."""
    proxy = make()
    await proxy.start()
    assert (await proxy.status()).notices == ()
    await proxy.start()
    assert (await proxy.status()).notices == ("warmed 1",)
    assert await proxy.stop()
