"""A long task never hangs its client: it goes on, and its result is fetched."""

import asyncio

import pytest

from mux_tui.core.process.group import group_alive
from tests.cli.muxing import World, model_server
from tests.mcp.serving import QUESTION, SENTENCE, call, client, rows, text, told

pytestmark = pytest.mark.slow


async def test_a_call_returns_in_time_and_the_task_goes_on(world: World) -> None:
    with model_server("ok", "--delay", "1") as url:
        world.variables["MUX_PROVIDERS_LOCAL_BASE_URL"] = url
        async with client(world) as connected:
            first = await call(connected, "mux", task=QUESTION, timeout=0.5)
            run = told(first)
            done = told(await call(connected, "mux_job", run_id=run["run_id"], wait=60))
    assert not first.is_error
    assert run["status"] == "running"
    assert run["stage"]
    assert "mux_job" in run["next_step"]
    assert run["run_id"] in text(first)
    assert (done["status"], done["output"]) == ("done", SENTENCE)


async def test_a_task_begun_in_the_background_is_looked_at(hanging: World) -> None:
    async with client(hanging) as connected:
        run_id = told(await call(connected, "mux_start", task=QUESTION))["run_id"]
        looked = told(await call(connected, "mux_job", run_id=run_id, wait=0))
        ended = told(await call(connected, "mux_cancel", run_id=run_id))
        again = told(await call(connected, "mux_cancel", run_id=run_id))
    assert looked["status"] == "running"
    assert ended["status"] == again["status"] == "cancelled"
    assert rows(hanging)[0]["status"] == "cancelled"


async def test_a_result_is_there_for_another_server_too(answering: World) -> None:
    async with client(answering) as connected:
        run_id = told(await call(connected, "mux", task=QUESTION))["run_id"]
    async with client(answering) as connected:
        run = told(await call(connected, "mux_job", run_id=run_id))
        nobody = await call(connected, "mux_job", run_id="none")
        empty = await call(connected, "mux_job", run_id="")
    assert (run["status"], run["output"]) == ("done", SENTENCE)
    assert nobody.is_error
    assert empty.is_error
    assert "no run" in text(nobody)


async def test_a_call_that_is_not_wanted_any_more_ends_its_task(
    cloudy: World,
) -> None:
    """And what does it: here a CLI that would sleep for an hour."""
    assert cloudy.clis
    cloudy.clis.say("hang")
    async with client(cloudy) as connected:
        calling = asyncio.create_task(
            call(connected, "mux_json", task=QUESTION, route="claude")
        )
        async with asyncio.timeout(60):
            while not cloudy.clis.calls:
                await asyncio.sleep(0.02)
        calling.cancel()
        with pytest.raises(asyncio.CancelledError):
            await calling
        pid = cloudy.clis.calls[0]["pid"]
        async with asyncio.timeout(60):
            while group_alive(pid):
                await asyncio.sleep(0.02)
        async with asyncio.timeout(60):
            while told(await call(connected, "mux_health"))["running"]:
                await asyncio.sleep(0.02)
    assert rows(cloudy)[0]["status"] == "cancelled"


async def test_a_look_that_is_not_wanted_any_more_ends_nothing(
    hanging: World,
) -> None:
    async with client(hanging) as connected:
        run_id = told(await call(connected, "mux_start", task=QUESTION))["run_id"]
        looking = asyncio.create_task(call(connected, "mux_job", run_id=run_id))
        await asyncio.sleep(0.3)
        looking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await looking
        health = told(await call(connected, "mux_health"))
    assert health["running"] == [run_id]


async def test_the_task_s_own_limit_ends_it(hanging: World) -> None:
    async with client(hanging) as connected:
        result = await call(connected, "mux_json", task=QUESTION, time_limit=1)
    assert result.is_error
    assert told(result)["reason"] == "time_limit"
