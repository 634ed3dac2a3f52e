"""The real server with the real model: started, proved, adopted, ended."""

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from mux_tui.__main__ import main
from mux_tui.core.config.environment import Environment
from mux_tui.core.config.settings import Server
from mux_tui.core.errors import ServerError
from mux_tui.core.events import ServerChanged, ServerEvent
from mux_tui.core.hardware.openblas import find_openblas, loaded_by
from mux_tui.core.hardware.processes import identity
from mux_tui.core.model_server.examine import examine
from mux_tui.core.model_server.inspection import ServerStatus
from mux_tui.core.model_server.lifecycle import ModelServer, Running
from mux_tui.core.model_server.probe import ask, health, loopback_client
from mux_tui.core.paths import Paths
from mux_tui.core.wire.documents import as_list, as_object
from mux_tui.core.wire.openai import Message, build_request

pytestmark = pytest.mark.e2e

Make = Callable[..., ModelServer]


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths.from_environment({"MUX_HOME": str(tmp_path / "mux")})


@pytest.fixture
async def make(paths: Paths) -> AsyncIterator[Make]:
    """Makes a ModelServer; what is left of its server is stopped after the test."""

    def made(**settings: Any) -> ModelServer:
        return ModelServer(paths, Server(**settings), Environment())

    yield made
    await made().stop()


async def _when(server: ModelServer, state: str, seconds: float) -> ServerStatus:
    async with asyncio.timeout(seconds):
        while (status := await server.status()).state != state:
            await asyncio.sleep(0.05)
    return status


async def _chunks(running: Running, **wanted: Any) -> list[dict[str, Any]]:
    """The chunks of one streamed answer."""
    question = [Message("user", "Say hello in one sentence.")]
    body = json.loads(
        build_request(running.model_id, question, max_tokens=16, logprobs=True)
    )
    async with loopback_client() as client:
        answer = await ask(
            client,
            f"{running.base_url}/chat/completions",
            120,
            body=json.dumps(body | wanted).encode(),
        )
    assert answer.status == 200
    assert answer.instance == running.instance
    data = [line[6:] for line in answer.body.split(b"\n") if line.startswith(b"data: ")]
    assert data.pop() == b"[DONE]"
    return [as_object(json.loads(chunk)) for chunk in data]


def _logprobs(chunks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    choices = [as_object(c) for chunk in chunks for c in as_list(chunk["choices"])]
    return [
        entry
        for choice in choices
        for entry in as_list(as_object(choice.get("logprobs")).get("content"))
    ]


async def test_from_start_to_stop(
    make: Make, starter_model: Path, paths: Paths
) -> None:
    events = list[ServerEvent]()
    server = make()
    running = await server.start(starter_model, events.append)
    phases = [event.phase for event in events if isinstance(event, ServerChanged)]
    assert phases[0] == "starting"
    assert phases[-2:] == ["warming", "ready"]

    chunks = await _chunks(running, temperature=0)
    told = _logprobs(chunks)
    usage = as_object(chunks[-1]["usage"])
    assert len(told) == usage["completion_tokens"] > 0
    assert all(entry["logprob"] <= 0.001 for entry in told)
    whole = await _whole(running)
    assert [entry["id"] for entry in told] == [entry["id"] for entry in whole]
    pairs = zip(told, whole, strict=True)
    assert all(abs(one["logprob"] - other["logprob"]) < 1e-3 for one, other in pairs)
    assert _logprobs(await _chunks(running, logprobs=False)) == []

    status = await server.status()
    assert (status.state, status.pid) == ("ready", running.pid)
    assert (status.resident_bytes or 0) > 200e6
    if find_openblas() is not None:
        assert loaded_by(running.pid) is True
    assert await make().adopt() == running
    assert await make().start(starter_model) == running

    assert await make().stop()
    assert identity(running.pid) is None
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        trial.bind(("127.0.0.1", int(running.base_url.split(":")[2].split("/")[0])))
    assert not paths.server_record.exists()


async def _whole(running: Running) -> list[dict[str, Any]]:
    """What the plain server tells of the same answer, not streamed."""
    question = [Message("user", "Say hello in one sentence.")]
    body = build_request(
        running.model_id,
        question,
        max_tokens=16,
        temperature=0,
        stream=False,
        logprobs=True,
    )
    async with loopback_client() as client:
        url = f"{running.base_url}/chat/completions"
        answer = await ask(client, url, 120, body=body)
    return _logprobs([as_object(json.loads(answer.body))])


async def test_an_idle_server_leaves_but_never_an_open_request(
    make: Make, starter_model: Path
) -> None:
    server = make(idle_minutes=2.5 / 60)
    running = await server.start(starter_model)
    chunks = await _chunks(
        running, max_tokens=60, temperature=1.5, logit_bias={"2": -99}
    )
    assert as_object(chunks[-1]["usage"])["completion_tokens"] == 60

    status = await _when(server, "stopped", 60)
    assert "want of requests" in status.sentence
    async with asyncio.timeout(60):
        while identity(running.pid) is not None:
            await asyncio.sleep(0.05)


async def test_a_killed_server_has_crashed_and_comes_back_in_the_background(
    make: Make, starter_model: Path
) -> None:
    server = make()
    running = await server.start(starter_model)
    os.kill(running.pid, signal.SIGKILL)
    assert (await _when(server, "crashed", 60)).pid is None
    assert await server.start_in_background(starter_model)
    assert (await server.status()).state == "starting"
    await _when(server, "ready", 120)
    again = await server.adopt()
    assert again is not None
    assert again.pid != running.pid


async def test_a_dead_generation_thread_is_seen_and_mended(
    make: Make, starter_model: Path
) -> None:
    server = make()
    running = await server.start(starter_model)
    body = json.dumps({"prompt": ["a", "b"], "max_tokens": 1}).encode()
    async with loopback_client() as client:
        await ask(client, f"{running.base_url}/completions", 60, body=body)
    status = await server.status()
    assert status.state == "unresponsive"
    assert await server.adopt() is None
    again = await server.start(starter_model)
    assert again.instance != running.instance


async def test_a_model_that_cannot_be_loaded_is_told_and_leaves_no_process(
    make: Make, starter_model: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    for file in starter_model.iterdir():
        if file.suffix != ".safetensors":
            (broken / file.name).write_bytes(file.read_bytes())
    (broken / "model.safetensors").write_bytes(b"not weights")
    with pytest.raises(ServerError, match="the model server gives no token: .+"):
        await make().start(broken)
    assert (await make().status()).state == "stopped"


async def test_the_program_does_not_stay_without_its_port(
    starter_model: Path, tmp_path: Path
) -> None:
    from mux_tui.core.model_server.launch import mlx_program

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        child = await asyncio.create_subprocess_exec(
            *mlx_program(sys.executable),
            *("--mux-instance", "t", "--model", str(starter_model)),
            *("--port", str(port)),
            stderr=asyncio.subprocess.PIPE,
        )
        _, said = await asyncio.wait_for(child.communicate(), 60)
    assert child.returncode == 98
    assert b"Address already in use" in said


async def test_our_server_is_recognised_like_any_other(
    make: Make, starter_model: Path
) -> None:
    running = await make().start(starter_model)
    found = await examine(running.base_url, with_speed=True)
    assert (found.problem, found.kind, found.model) == (
        "",
        "mlx_lm.server",
        "default_model",
    )
    assert found.speed is not None
    assert (found.speed.reading or 0) > 1
    assert (found.speed.writing or 0) > 1
    async with loopback_client() as client:
        answer = await health(client, running.base_url.removesuffix("/v1"), 5)
    assert answer is not None
    # A page on the internet must not be able to read what the model says.
    assert "access-control-allow-origin" not in answer.headers


def test_the_commands_of_the_server(
    starter_model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        assert main(["server", "start", "--model", str(starter_model), "--json"]) == 0
        captured = capsys.readouterr()
        begun = json.loads(captured.out)
        assert "… model server warming" in captured.err
        assert main(["server", "status", "--json"]) == 0
        status = json.loads(capsys.readouterr().out)
        assert (status["state"], status["pid"]) == ("ready", begun["pid"])
        assert main(["server", "logs"]) == 0
        assert "Starting httpd" in capsys.readouterr().out
    finally:
        assert main(["server", "stop"]) == 0
    assert f"(pid {begun['pid']})" in capsys.readouterr().out
