"""Worlds for the MCP server: those of the command line."""

from collections.abc import Generator

import pytest

from tests.cli.conftest import cloudy as cloudy
from tests.cli.conftest import world as world
from tests.cli.muxing import World, model_server


@pytest.fixture
def answering(world: World) -> Generator[World]:
    """A world with a local model that answers."""
    with model_server() as url:
        world.variables["MUX_PROVIDERS_LOCAL_BASE_URL"] = url
        yield world


@pytest.fixture
def hanging(world: World) -> Generator[World]:
    """A world whose local model answers a little, and then nothing."""
    with model_server("ok", "--delay", "30", "--pieces", "3") as url:
        world.variables["MUX_PROVIDERS_LOCAL_BASE_URL"] = url
        yield world
