"""The local model of these settings, and the client that talks to it."""

from pathlib import Path

import httpx

from mux_tui.core.backends.chat_completions import (
    ChatCompletions,
    Endpoint,
    make_client,
)
from mux_tui.core.config.environment import Environment
from mux_tui.core.config.settings import Settings
from mux_tui.core.local_model.base import LocalModel
from mux_tui.core.local_model.choose import model_directory
from mux_tui.core.local_model.managed import ManagedModel
from mux_tui.core.local_model.pool import addresses
from mux_tui.core.local_model.pooled import PooledLocalModel
from mux_tui.core.local_model.served import ServedLocalModel
from mux_tui.core.model_server.lifecycle import ModelServer


def local_client(settings: Settings) -> httpx.AsyncClient:
    """The client for wherever the local model answers; closed by the caller."""
    urls = addresses(settings.providers.local)
    return make_client(*(urls or ("http://127.0.0.1",)))


def local_model(
    client: httpx.AsyncClient, settings: Settings, environment: Environment, cwd: Path
) -> LocalModel:
    """The local model that the settings name; touches nothing.

    Args:
        client: Made by `local_client`; owned, and closed, by the caller.
        settings: The user's.
        environment: The variables, and with them the directories.
        cwd: Where a restart command runs.
    """
    if len(addresses(settings.providers.local)) > 1:
        return PooledLocalModel(client, settings, environment.variables, cwd)
    if settings.providers.local.base_url:
        return ServedLocalModel(client, settings, environment.variables, cwd)

    def backend(endpoint: Endpoint) -> ChatCompletions:
        return ChatCompletions(
            client, endpoint, settings.providers.local, settings.limits
        )

    paths = environment.paths
    server = ModelServer(paths, settings.server, environment)
    return ManagedModel(server, model_directory(settings, paths), settings, backend)
