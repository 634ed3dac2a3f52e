"""The real server with the real model: shared, idle, woken, exchanged."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from mux_tui.core.config.environment import Environment
from mux_tui.core.config.settings import LocalProvider, Providers, Server, Settings
from mux_tui.core.errors import ServerError
from mux_tui.core.exchange import Exchange
from mux_tui.core.hardware.processes import identity
from mux_tui.core.model_server.lifecycle import ModelServer
from mux_tui.core.model_server.probe import ask, loopback_client
from mux_tui.core.model_server.switch import switch
from mux_tui.core.proxy.compose import open_service
from mux_tui.core.wire.openai import Message, build_request
from tests.core.proxy.asking import Served, body_of, hear, incoming_of

pytestmark = pytest.mark.e2e

PROJECT = Path(__file__).resolve().parents[2]
IDLE = 2.5
"""Seconds without a request after which the server leaves."""

SYSTEM = "You are a careful coder, who names what he has not tried. " * 15


def _server(**settings: float) -> ModelServer:
    facts = Server(**settings)  # pyright: ignore[reportArgumentType]
    return ModelServer(Environment().paths, facts, Environment())


@pytest.fixture(autouse=True)
async def stopped() -> AsyncIterator[None]:
    """Whatever is left is stopped after the test."""
    yield
    await _server().stop()


async def test_four_processes_start_one_real_server(starter_model: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.core.model_server.another_mux"],
        cwd=PROJECT,
        env=dict(os.environ),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        words = f"crowd 4 {starter_model}\n"
        said, _ = await asyncio.to_thread(other.communicate, words, 120)
    answers = json.loads(said.splitlines()[1])["answers"]
    assert len(answers) == 4
    assert len({answer["pid"] for answer in answers}) == 1
    assert identity(answers[0]["pid"]) is not None


async def test_an_idle_server_counts_down_but_never_while_it_reads_or_writes(
    starter_model: Path,
) -> None:
    server = _server(idle_minutes=IDLE / 60)
    running = await server.start(starter_model)
    took, words, seen = 0.0, 500, False
    async with loopback_client() as client:
        url = f"{running.base_url}/chat/completions"
        # Longer than it may be idle, however fast it reads: it was not idle.
        while took <= IDLE:
            words *= 2
            question = [Message("user", f"{words} " + "word " * words)]
            body = build_request(running.model_id, question, max_tokens=1, stream=False)
            begun = time.monotonic()
            asking = asyncio.create_task(ask(client, url, 120, body=body))
            while not asking.done():
                if (status := await server.status()).open_requests:
                    assert status.idle_seconds_left is None
                    seen = True
                await asyncio.sleep(0.01)
            assert (await asking).status == 200
            took = time.monotonic() - begun
    assert seen

    status = await server.status()
    assert status.idle_seconds_left is not None
    assert 0 <= status.idle_seconds_left <= IDLE
    async with asyncio.timeout(60):
        while (status := await server.status()).state != "stopped":
            await asyncio.sleep(0.1)
    assert "want of requests" in status.sentence


async def test_after_a_sleep_the_prompt_is_read_before_it_is_asked_for(
    starter_model: Path, tmp_path: Path
) -> None:
    """What `mux claude` does with a proxy that outlived its model."""
    provider = LocalProvider(model=str(starter_model))
    settings = replace(Settings(), providers=Providers(local=provider))
    async with open_service(settings, Environment(), tmp_path) as service:
        served = Served(service, service.subscribe())
        cold = await _turn(served, "one")
        assert await _server().stop()

        await _server().start(starter_model)
        service.warm()
        warm = await served.ended()
        assert (warm.kind, warm.status) == ("warm", "done")
        woken = await _turn(served, "two")

    assert (cold.tokens_cached or 0) < 50
    assert woken.tokens_cached
    assert woken.tokens_cached > 150


async def _turn(served: Served, text: str) -> Exchange:
    body = body_of(text, system=SYSTEM, stream=True, max_tokens=4)
    await hear(await served.service.messages(incoming_of(body)))
    return await served.ended()


async def test_models_are_exchanged_and_what_does_not_load_is_not_kept(
    starter_model: Path, tmp_path: Path
) -> None:
    second, broken = tmp_path / "second", tmp_path / "broken"
    for directory in (second, broken):
        directory.mkdir()
        for file in starter_model.iterdir():
            (directory / file.name).symlink_to(file)
    (broken / "model.safetensors").unlink()
    (broken / "model.safetensors").write_bytes(b"not weights")

    server = _server()
    first = await server.start(starter_model)
    running = await switch(server, second, lambda _: None)
    assert running.model == str(second)
    assert identity(first.pid) is None
    with pytest.raises(ServerError, match="second is served again"):
        await switch(server, broken, lambda _: None)
    status = await server.status()
    assert (status.state, status.model) == ("ready", str(second))
