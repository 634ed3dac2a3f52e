"""Telemetry behind the MCP server: stdout stays the protocol's."""

import asyncio

from tests.cli.muxing import World
from tests.core.telemetry.collector import Collector, collecting
from tests.mcp.serving import QUESTION, call, client, told


async def arrived(collector: Collector, deliveries: int) -> None:
    """Wait for so many, beside the client's loop."""
    await asyncio.to_thread(collector.wait, lambda seen: len(seen.paths) >= deliveries)


async def test_a_task_of_another_agent_is_told_of(answering: World) -> None:
    with collecting() as collector:
        answering.variables |= {
            "MUX_TELEMETRY_ENABLED": "true",
            "MUX_TELEMETRY_ENDPOINT": collector.url,
            "MUX_TELEMETRY_TIMEOUT": "60",
        }
        async with client(answering) as connected:
            run = told(await call(connected, "mux", task=QUESTION))
            await arrived(collector, 2)
    root = collector.spans[-1]
    assert root.attributes["mux.run.id"] == run["run_id"]
    assert root.attributes["mux.door"] == "mcp"


async def test_a_collector_that_fails_does_not_disturb_the_protocol(
    answering: World,
) -> None:
    with collecting() as collector:
        collector.status = 500
        answering.variables |= {
            "MUX_TELEMETRY_ENABLED": "true",
            "MUX_TELEMETRY_ENDPOINT": collector.url,
            "MUX_TELEMETRY_TIMEOUT": "60",
        }
        async with client(answering) as connected:
            first = told(await call(connected, "mux", task=QUESTION))
            await arrived(collector, 1)
            second = told(await call(connected, "mux", task=QUESTION))
    assert (first["status"], second["status"]) == ("done", "done")
