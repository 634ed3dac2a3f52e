"""Step 5: the cloud CLIs that are here, and what mux can be to them."""

import asyncio

from mux_tui.core.backends.login import cli_status
from mux_tui.core.backends.registry import provider_of
from mux_tui.core.config.environment import Environment
from mux_tui.core.config.settings import Settings
from mux_tui.core.setup.facts import ConnectFound, FoundCli
from mux_tui.core.setup.registering import Registrar
from mux_tui.core.task import CLOUD_ROUTES, Route

_INSTALL: dict[Route, str] = {
    "claude": "npm install -g @anthropic-ai/claude-code",
    "codex": "npm install -g @openai/codex",
    "gemini": "npm install -g @google/gemini-cli",
}
_LOG_IN: dict[Route, str] = {
    "claude": "claude auth login",
    "codex": "codex login",
    "gemini": "gemini",
}
_CLAUDE_CODE = (
    "`mux claude` runs Claude Code on the local model; no file is changed for it, only "
    "the environment of that process"
)


async def find_clis(
    settings: Settings, environment: Environment, registrar: Registrar
) -> ConnectFound:
    """Look for each CLI, and ask it for its login; registers nothing.

    Args:
        settings: Which programs they are.
        environment: The variables they may see.
        registrar: Who would register mux in them.
    """
    variables = environment.variables
    asked = (
        cli_status(route, provider_of(settings, route), variables)
        for route in CLOUD_ROUTES
    )
    statuses = await asyncio.gather(*asked)
    clis = tuple(
        FoundCli(
            route,
            status,
            _INSTALL[route],
            _LOG_IN[route],
            registrar.command(route) if status.found else "",
        )
        for route, status in zip(CLOUD_ROUTES, statuses, strict=True)
    )
    return ConnectFound(clis, _CLAUDE_CODE)
