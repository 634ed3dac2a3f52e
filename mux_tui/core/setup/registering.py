"""Registering mux in the cloud CLIs as a tool: a seam, so that tests can play one."""

from pathlib import Path
from typing import Protocol

from mux_tui.core.backends.registry import provider_of
from mux_tui.core.config.environment import Environment
from mux_tui.core.config.settings import Settings
from mux_tui.core.errors import UsageError
from mux_tui.core.mcp_clients import (
    Client,
    install_words,
    server_command,
    uninstall_words,
    wanted_places,
)
from mux_tui.core.mcp_clients import Registrar as McpRegistrar
from mux_tui.core.task import Route
from mux_tui.core.text import one_line

_SCOPE = "user"
_NOWHERE = Path("/")
"""Not the project, whose settings some CLIs would obey."""


class Registrar(Protocol):
    """Who registers mux."""

    def command(self, route: Route) -> str:
        """What is run, as a person would type it."""
        ...

    def undo(self, route: Route) -> str:
        """What takes it back, as a person would type it."""
        ...

    async def register(self, route: Route) -> None:
        """Register mux in one CLI; again is as good as once.

        Raises:
            MuxError: It could not be done.
        """
        ...


class OwnServer:
    """Registers mux's own MCP server, through each CLI's own command."""

    def __init__(self, settings: Settings, environment: Environment) -> None:
        """Use the programs that the settings name, and these variables."""
        self._settings = settings
        self._environment = environment

    def command(self, route: Route) -> str:
        """The CLI's own command line."""
        environment = self._environment
        words = install_words(
            _client(route),
            _SCOPE,
            server_command(environment),
            wanted_places(environment),
        )
        return one_line(self._registrar(route).shown(words), 1000)

    def undo(self, route: Route) -> str:
        """The CLI's own command line."""
        words = uninstall_words(_client(route), _SCOPE)
        return one_line(self._registrar(route).shown(words), 1000)

    async def register(self, route: Route) -> None:
        """Run it; a registration of that name is replaced."""
        await self._registrar(route).install()

    def _registrar(self, route: Route) -> McpRegistrar:
        command = provider_of(self._settings, route).command or route
        client = _client(route)
        return McpRegistrar(client, command, _SCOPE, self._environment, _NOWHERE)


def _client(route: Route) -> Client:
    if route == "local":
        raise UsageError("mux is not registered in itself")

    return route
