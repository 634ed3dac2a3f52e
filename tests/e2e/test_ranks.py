"""The starter on several ranks of the real mlx.launch, all on this machine."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from mux_tui.core.config.environment import Environment
from mux_tui.core.config.settings import Server
from mux_tui.core.errors import ServerError
from mux_tui.core.hardware.processes import identity
from mux_tui.core.model_server.inspection import ServerStatus
from mux_tui.core.model_server.lifecycle import ModelServer, Running
from mux_tui.core.model_server.probe import ask, loopback_client
from mux_tui.core.paths import Paths
from mux_tui.core.wire.documents import as_list, as_object
from mux_tui.core.wire.openai import Message, build_request

pytestmark = pytest.mark.e2e

PIPELINE: dict[str, Any] = {"launcher": "mlx.launch", "parallel": "pipeline"}

Make = Callable[..., ModelServer]
Told = list[tuple[int, float]]
"""The tokens of an answer with their log-probabilities."""


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths.from_environment({"MUX_HOME": str(tmp_path / "mux")})


@pytest.fixture
async def make(paths: Paths) -> AsyncGenerator[Make, None]:
    """Makes a ModelServer; no process of it is left after the test."""

    def made(**settings: Any) -> ModelServer:
        return ModelServer(paths, Server(**settings), Environment())

    yield made
    await made().stop()
    assert processes(paths) == []


@pytest.fixture
def in_layers(starter_model: Path, tmp_path: Path) -> Path:
    """The starter as a model of a kind that can be divided by layers.

    Qwen2 is Llama with biases: zeros are added, and nothing else changes.
    """
    directory = tmp_path / "starter-in-layers"
    directory.mkdir()
    config = json.loads((starter_model / "config.json").read_text())
    config |= {"model_type": "qwen2", "architectures": ["Qwen2ForCausalLM"]}
    (directory / "config.json").write_text(json.dumps(config))
    for name in ("model.safetensors", "tokenizer.json", "tokenizer_config.json"):
        (directory / name).symlink_to(starter_model / name)

    names = _write_zeros(directory / "model-biases.safetensors", config)
    index = json.loads((starter_model / "model.safetensors.index.json").read_text())
    index["weight_map"] |= dict.fromkeys(names, "model-biases.safetensors")
    (directory / "model.safetensors.index.json").write_text(json.dumps(index))
    return directory


def _write_zeros(file: Path, config: dict[str, Any]) -> list[str]:
    width = config["hidden_size"]
    shared = width // config["num_attention_heads"] * config["num_key_value_heads"]
    entries = dict[str, object]()
    end = 0
    for layer in range(config["num_hidden_layers"]):
        for part, size in (("q", width), ("k", shared), ("v", shared)):
            begin, end = end, end + 4 * size
            entries[f"model.layers.{layer}.self_attn.{part}_proj.bias"] = {
                "dtype": "F32",
                "shape": [size],
                "data_offsets": [begin, end],
            }
    head = json.dumps(entries).encode()
    head += b" " * (-len(head) % 8)
    file.write_bytes(len(head).to_bytes(8, "little") + head + bytes(end))
    return [*entries]


def processes(paths: Paths) -> list[str]:
    """Command lines of launchers and ranks that still run."""
    found = (p.info["cmdline"] or () for p in psutil.process_iter(["cmdline"]))
    lines = [" ".join(words) for words in found]
    return [
        line
        for line in lines
        if "--mux-ranks" in line and str(paths.server_record.parent.parent) in line
    ]


def ranks_of(running: Running) -> list[psutil.Process]:
    """The rank processes of a launcher, in order."""
    found = psutil.Process(running.pid).children()
    return sorted(found, key=lambda process: process.environ()["MLX_RANK"])


def maps(process: psutil.Process) -> str:
    """Which libraries the process has loaded; nothing when it is gone."""
    try:
        return " ".join(entry.path for entry in process.memory_maps())
    except psutil.Error:
        return ""


async def greedy(running: Running) -> Told:
    """What the model says, streamed, when it always takes the likeliest token."""
    question = [Message("user", "What is the capital of France?")]
    body = build_request(
        running.model_id, question, max_tokens=5, temperature=0, logprobs=True
    )
    url = f"{running.base_url}/chat/completions"
    async with loopback_client() as client:
        answer = await ask(client, url, 120, body=body)
    assert (answer.status, answer.instance) == (200, running.instance)
    data = [line[6:] for line in answer.body.split(b"\n") if line.startswith(b"data: ")]
    assert data.pop() == b"[DONE]"
    choices = [c for chunk in data for c in as_list(json.loads(chunk)["choices"])]
    text = "".join(choice["delta"].get("content") or "" for choice in choices)
    assert text == "The capital of France is"
    return [
        (entry["id"], entry["logprob"])
        for choice in choices
        for entry in as_list(as_object(choice.get("logprobs")).get("content"))
    ]


async def when(server: ModelServer, state: str, seconds: float) -> ServerStatus:
    async with asyncio.timeout(seconds):
        while (status := await server.status()).state != state:
            await asyncio.sleep(0.05)
    return status


async def gone(pids: list[int], seconds: float) -> None:
    async with asyncio.timeout(seconds):
        while any(identity(pid) is not None for pid in pids):
            await asyncio.sleep(0.05)


_EXPECTED: list[Told] = []


async def expected(make: Make, model: Path) -> Told:
    """What one process says; asked once, since it is the same each time."""
    if not _EXPECTED:
        _EXPECTED.append(await greedy(await make().start(model)))
        await make().stop()
    assert len(_EXPECTED[0]) == 5
    return _EXPECTED[0]


def assert_same(one: Told, other: Told) -> None:
    assert [token for token, _ in one] == [token for token, _ in other]
    pairs = zip(one, other, strict=True)
    assert all(abs(a - b) < 1e-3 for (_, a), (_, b) in pairs)


async def test_three_ranks_with_parts_of_every_layer_answer_as_one_process(
    make: Make, starter_model: Path
) -> None:
    """And when one of them is killed, it is told, and none is left."""
    single = await expected(make, starter_model)
    settings = {"launcher": "mlx.launch", "ranks": 3}
    running = await make(**settings).start(starter_model)
    ranks = ranks_of(running)
    assert len(ranks) == 3
    assert_same(await greedy(running), single)

    ranks[1].send_signal(signal.SIGKILL)
    status = await when(make(**settings), "crashed", 60)
    assert "rank 1 on 127.0.0.1 was ended by signal 9" in status.sentence
    await gone([running.pid, *(rank.pid for rank in ranks)], 60)


async def test_two_ranks_with_half_of_the_layers_answer_as_one_process(
    make: Make, starter_model: Path, in_layers: Path
) -> None:
    """And when nobody asks for long, they leave together."""
    single = await expected(make, starter_model)
    server = make(**PIPELINE, idle_minutes=3 / 60)
    running = await server.start(in_layers)
    ranks = ranks_of(running)
    assert_same(await greedy(running), single)
    status = await when(server, "stopped", 120)
    assert "want of requests" in status.sentence
    await gone([running.pid, *(rank.pid for rank in ranks)], 60)


async def test_ranks_outlive_a_killed_mux_as_one_server_and_are_stopped_by_another(
    make: Make, in_layers: Path, tmp_path: Path
) -> None:
    code = f"""
import asyncio
from pathlib import Path
from mux_tui.core.config.environment import Environment
from mux_tui.core.config.settings import Server
from mux_tui.core.model_server.lifecycle import ModelServer
here = Environment()
server = ModelServer(here.paths, Server(**{PIPELINE}), here)
asyncio.run(server.start(Path({str(in_layers)!r})))
"""
    mux = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", code),
        env={**os.environ, "MUX_HOME": str(tmp_path / "mux")},
    )
    server = make(**PIPELINE)
    async with asyncio.timeout(120):
        while (found := await server.status()).pid is None:
            await asyncio.sleep(0.05)
    mux.kill()
    await mux.wait()

    running = await server.start(in_layers)
    assert running.pid == found.pid
    ranks = ranks_of(running)
    assert len(ranks) == 2
    assert await server.stop()
    await gone([running.pid, *(rank.pid for rank in ranks)], 60)


async def test_ranks_that_lose_their_launcher_follow_it(
    make: Make, in_layers: Path
) -> None:
    server = make(**PIPELINE)
    starting = asyncio.create_task(server.start(in_layers))
    ranks, pid = list[psutil.Process](), None
    async with asyncio.timeout(120):
        while len(ranks) < 2 or not all("mlx" in maps(rank) for rank in ranks):
            await asyncio.sleep(0.1)
            pid = (await server.status()).pid
            ranks = psutil.Process(pid).children() if pid else []
    assert pid
    os.kill(pid, signal.SIGKILL)
    with pytest.raises(ServerError, match="ended before its first token"):
        await starting
    await gone([rank.pid for rank in ranks], 60)


async def test_a_kind_of_model_that_has_no_pipeline_is_told(
    make: Make, starter_model: Path
) -> None:
    server = make(**PIPELINE)
    with pytest.raises(ServerError, match="The model does not support pipelining"):
        await server.start(starter_model)
    assert (await server.status()).state == "stopped"
