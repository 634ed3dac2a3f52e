"""The main job as a user does it: `mux` itself, the real model, the real CLIs."""

import asyncio
import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mux_tui.core.task import Route
from tests.cli.muxing import Ended, World
from tests.cloud import Answer, Failure, cloud
from tests.e2e.cloud_fixtures import ROUTES, Desk, MakeDesk

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

HELLO = "Say hello in one sentence."
FROM_THE_CLOUD = Answer("Hello from the scripted cloud.")


@pytest.fixture(scope="module")
def world(
    starter_model: Path, model_cache: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """A home with the starter installed; its server lives as long as these tests."""
    home = tmp_path_factory.mktemp("main-job")
    (home / "mux").mkdir()
    (home / "mux" / "cache").symlink_to(model_cache / "cache")
    world = World(home)
    yield world
    world.mux("server", "stop")


def at(desk: Desk, world: World) -> World:
    """The same home, with a real CLI on its PATH that is logged in."""
    route, provider = desk.route.upper(), desk.provider
    own = {
        f"MUX_PROVIDERS_{route}_MODEL": provider.model,
        f"MUX_PROVIDERS_{route}_ARGS": json.dumps(list(provider.args)),
        f"MUX_PROVIDERS_{route}_PASS_ENV": json.dumps(list(provider.pass_env)),
        "MUX_CLOUD_ORDER": json.dumps([desk.route]),
    }
    return World(world.home, variables=dict(desk.variables) | own)


async def mux(world: World, *arguments: str) -> Ended:
    """Run `mux` while the scripted cloud, which lives in our loop, goes on."""
    return await asyncio.to_thread(world.mux, *arguments)


def server(world: World) -> dict[str, Any]:
    """The model server as `mux server status` tells."""
    return world.mux("server", "status", "--json").document


def test_hello_is_said_by_the_model_on_this_machine(world: World) -> None:
    ended = world.mux("run", HELLO, "--json")
    assert ended.code == 0
    finished = ended.finished
    assert (finished["route"], finished["status"]) == ("local", "done")
    assert finished["model"] == "smollm2-135m-instruct"
    assert finished["output"].strip()
    assert finished["usage"]["input_tokens"] > 10
    assert finished["usage"]["output_tokens"] > 1
    factors = {f["name"]: f for f in finished["confidence"]["factors"]}
    assert factors["token_mean"]["value"] < 0
    [attempt] = [e for e in ended.events if e["event"] == "attempt_ended"]
    logprobs = attempt["completion"]["logprobs"]
    assert len(logprobs) == finished["usage"]["output_tokens"]


def test_the_answer_is_a_row_of_the_ledger(world: World) -> None:
    run_id = world.mux("run", HELLO, "--json").finished["run_id"]
    document = world.mux("ledger", "show", run_id, "--json").document
    run = document.get("run", document)
    assert (run["route"], run["status"]) == ("local", "done")
    assert run["model"] == "smollm2-135m-instruct"


def test_the_context_is_counted_with_the_model_s_own_tokenizer(world: World) -> None:
    document = world.mux("route", "hello " * 9000, "--json").document
    [context] = [f for f in document["inputs"] if f["name"] == "context"]
    assert context["threshold"] == 8192
    assert 10_000 < context["value"] < 11_000


def test_doctor_gets_a_token_from_the_running_server(world: World) -> None:
    world.mux("server", "start")
    checks = world.mux("doctor", "--json").document["checks"]
    by_id = {check["id"]: check for check in checks}
    assert by_id["model_server"]["status"] == "ok"
    assert "a token in" in by_id["model_server"]["summary"]
    assert by_id["tasks"]["status"] == "ok"


@pytest.mark.parametrize("route", ROUTES)
async def test_a_task_goes_through_the_real_cli(
    route: Route, world: World, make_desk: MakeDesk
) -> None:
    async with cloud(FROM_THE_CLOUD) as vendor:
        own = at(make_desk(route, vendor.base_url), world)
        ended = await mux(own, "run", "--route", route, "What is a mutex?", "--json")

    assert ended.code == 0, ended.err
    finished = ended.finished
    assert (finished["route"], finished["output"]) == (route, FROM_THE_CLOUD.text)
    assert finished["usage"]["output_tokens"] == 30
    assert finished["attempts"][0]["completion"]["session_id"]


async def test_a_killed_server_sends_the_task_to_the_cloud_and_comes_back(
    world: World, make_desk: MakeDesk
) -> None:
    await mux(world, "server", "start")
    os.kill(server(world)["pid"], signal.SIGKILL)
    async with cloud(FROM_THE_CLOUD) as vendor:
        own = at(make_desk("claude", vendor.base_url), world)
        ended = await mux(own, "run", HELLO, "--json")

    finished = ended.finished
    assert (ended.code, finished["route"]) == (0, "claude")
    assert finished["reason"] == "local_unavailable"
    [decided] = [e for e in ended.events if e["event"] == "decided"]
    assert "has died" in decided["sentence"]
    again = await mux(world, "run", HELLO, "--json")
    assert again.finished["route"] == "local"


async def test_a_server_killed_in_mid_answer_is_noticed_and_the_cloud_asked(
    world: World, make_desk: MakeDesk
) -> None:
    await mux(world, "server", "start")
    pid = server(world)["pid"]
    async with cloud(FROM_THE_CLOUD) as vendor:
        own = at(make_desk("claude", vendor.base_url), world)
        task = "Count from one to one thousand, one number a line."
        process = own.start("run", task, "--json")
        out, _ = await asyncio.to_thread(kill_at_first_text, process, pid)

    finished = json.loads(out[-1])
    assert (finished["status"], finished["route"]) == ("done", "claude")
    assert finished["attempts"][0]["fault"] in ("cut", "connection")
    assert finished["attempts"][0]["partial"]


def kill_at_first_text(process: Any, pid: int) -> tuple[list[str], int]:
    """Kill the server when the answer begins; the lines of `mux`, and its code."""
    lines: list[str] = []
    killed = False
    with process:
        for line in process.stdout:
            # Once: the answer of the cloud has a first text, too.
            if '"event":"text_delta"' in line and not killed:
                os.kill(pid, signal.SIGKILL)
                killed = True
            lines.append(line)
        process.stderr.read()
    return lines, process.returncode


async def test_a_cloud_that_fails_leaves_every_reason(
    world: World, make_desk: MakeDesk
) -> None:
    async with cloud(Failure(400, "no such model")) as vendor:
        own = at(make_desk("claude", vendor.base_url), world)
        ended = await mux(own, "run", "--route", "claude", "What is this?", "--json")

    assert ended.code == 1
    assert ended.finished["reason"] == "cloud_failed"
    assert "no such model" in ended.finished["attempts"][0]["error"]


def test_with_nothing_available_it_ends_with_3_and_a_way_out(world: World) -> None:
    world.mux("server", "stop")
    ended = world.mux("run", HELLO, "--set", "server.autostart=false")
    assert (ended.code, ended.out) == (3, "")
    assert "mux setup --starter" in ended.err


def test_the_server_is_stopped_and_its_port_is_free(world: World) -> None:
    world.mux("server", "start")
    before = server(world)
    assert before["state"] == "ready"
    assert world.mux("server", "stop").code == 0
    assert server(world)["state"] == "stopped"
