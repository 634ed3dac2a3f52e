"""What answers where our server should be, and is not ours, is named and left alone."""

import asyncio
import dataclasses
import os
import subprocess
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from mux_tui.__main__ import main
from mux_tui.cli.diagnostics import ExitCode
from mux_tui.core.errors import ServerError
from mux_tui.core.hardware.processes import port_owner
from mux_tui.core.model_server.record import read_record, write_record
from mux_tui.core.paths import Paths
from tests.core.model_server.conftest import PACE, Make, alive, started

QUICK = dataclasses.replace(PACE, answer=0.3, patience=0.3)
HEAD = b"HTTP/1.1 200 OK\r\nConnection: close\r\n"
ANSWERS = {
    "a web page": HEAD + b"Content-Type: text/html\r\n\r\n<html>It works!</html>",
    "garbage": b"\x00\xff\x1b]0;title\x07 SSH-2.0-no\r\n\r\n",
    "an error": b"HTTP/1.1 500 Oh\r\nContent-Length: 2\r\n\r\nno",
    "no end": HEAD + b"\r\n" + b"[" * (3 << 20),
    "another's name": HEAD + b"X-Mux-Instance: \x1b[31mme\r\n\r\n{}",
    "loaded, it says": HEAD + b'X-Mux-Model: loaded\r\n\r\n{"status": "ok"}',
    "nothing": b"",
}


@asynccontextmanager
async def impostor(answer: bytes | None) -> AsyncGenerator[int, None]:
    """A port where every request gets this answer; None: it is never answered."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            if answer is None:
                await reader.read()
            else:
                writer.write(answer)
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


async def test_whatever_else_answers_on_our_port_is_not_our_server(
    make: Make, model: Path, paths: Paths
) -> None:
    server = make(pace=QUICK)
    await server.start(model)
    record = read_record(paths.server_record)
    assert record
    for answer in (*ANSWERS.values(), None):
        async with impostor(answer) as port:
            write_record(paths.server_record, dataclasses.replace(record, port=port))
            status = await server.status()
            assert status.state == "unresponsive", answer
            assert "\x1b" not in status.sentence
            assert await server.adopt() is None


async def test_an_impostor_does_not_keep_a_new_server_from_starting(
    make: Make, model: Path, paths: Paths, pids: Path
) -> None:
    """Ours, which cannot be reached behind it, is ended; the impostor is not."""
    running = await make().start(model)
    async with impostor(ANSWERS["a web page"]) as port:
        record = read_record(paths.server_record)
        assert record
        write_record(paths.server_record, dataclasses.replace(record, port=port))
        again = await make(pace=QUICK).start(model)
        assert again.instance != running.instance
        assert alive(pids) == [again.pid]
        owner = port_owner(port)
        assert owner
        assert owner.pid == os.getpid()


def test_a_port_that_another_program_has_is_told_and_nothing_is_ended(
    own_home: Path,
    model: Path,
    pids: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with subprocess.Popen(
        [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as web:
        try:
            assert web.stdout
            port = web.stdout.readline().split(" port ")[1].split()[0]
            asked = ["--model", str(model), "--set", f"server.port={port}"]
            assert main(["server", "start", *asked]) == ExitCode.ENVIRONMENT
            said = capsys.readouterr().err.splitlines()
            assert f"port {port} is in use by " in said[-1]
            assert f"(pid {web.pid})" in said[-1]
            assert web.poll() is None
        finally:
            web.kill()
    assert started(pids) == []


async def test_an_impostor_that_starts_before_our_server_is_told(
    make: Make, model: Path
) -> None:
    async with impostor(ANSWERS["a web page"]) as port:
        with pytest.raises(ServerError, match=f"port {port} is in use by"):
            await make(port=port).start(model)
