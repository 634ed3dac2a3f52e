"""Opening the MCP server, and closing it whatever ends it.

The client ends it by closing our standard input, or by a signal. Then what is under
way is ended with everything it started, and recorded as interrupted.
"""

import asyncio
from collections.abc import Mapping
from pathlib import Path

from mux_tui.core.config.environment import Environment
from mux_tui.core.hardware.ancestry import works_for_mux
from mux_tui.mcp.engines import Engines
from mux_tui.mcp.jobs import Jobs
from mux_tui.mcp.ordering import Ordering
from mux_tui.mcp.resources import Resources
from mux_tui.mcp.server import make_server
from mux_tui.mcp.tools import Toolbox
from mux_tui.mcp.wire import stdio


async def serve(
    environment: Environment, cwd: Path, overrides: Mapping[str, str]
) -> None:
    """Serve one client on standard input and output, until it leaves.

    Args:
        environment: The variables, and with them the directories.
        cwd: The work directory of tasks that name none.
        overrides: Settings for this server only.
    """
    closing = asyncio.Event()
    jobs = Jobs(closing)
    engines = Engines(environment, cwd, overrides, jobs)
    nested = await asyncio.to_thread(works_for_mux)
    toolbox = Toolbox(engines, jobs, Ordering(engines, jobs, nested), nested)
    server = make_server(toolbox, Resources(engines, jobs))
    async with stdio(closing) as wire, engines.closed_at_end():
        options = server.create_initialization_options()
        work = asyncio.create_task(server.run(wire.incoming, wire.outgoing, options))
        try:
            await asyncio.wait({work})
        finally:
            # Before the calls under way are cancelled: it tells them why.
            closing.set()
            work.cancel()
            await asyncio.wait({work})
        work.result()
