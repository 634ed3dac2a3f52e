"""Step 1: this machine, and the servers that run on it."""

import asyncio
from importlib import import_module

from mux_tui.core.config.environment import Environment
from mux_tui.core.config.settings import Settings
from mux_tui.core.hardware.probe import Ask
from mux_tui.core.machine.capacity import capacity_of
from mux_tui.core.machine.facts import read_facts
from mux_tui.core.machine.report import fact_lines
from mux_tui.core.model_server.lifecycle import ModelServer
from mux_tui.core.setup.facts import HardwareFound
from mux_tui.core.setup.servers import USUAL, Usual, find_servers


async def look_at_machine(
    environment: Environment,
    settings: Settings,
    usual: tuple[Usual, ...] = USUAL,
    ask: Ask | None = None,
) -> HardwareFound:
    """Ask the machine for its facts, and look for servers meanwhile.

    Args:
        environment: The variables, and with them the directories.
        settings: How mux's own server is started, which is no find.
        usual: Where servers are looked for.
        ask: Runs the probes' commands; None: really.
    """
    await asyncio.to_thread(import_module, "httpx")
    server = ModelServer(environment.paths, settings.server, environment)
    own = (await server.status()).base_url
    facts, servers = await asyncio.gather(
        read_facts(environment, ask), find_servers(usual, own)
    )
    capacity = capacity_of(facts)
    return HardwareFound(facts, capacity, fact_lines(facts, capacity), servers)
