"""Worlds for `mux` as a process."""

from pathlib import Path

import pytest

from tests.cli.muxing import World
from tests.fake_cli import FakeClis


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A home with nothing in it, and no cloud CLI."""
    home = tmp_path / "world"
    home.mkdir()
    return World(home)


@pytest.fixture
def cloudy(world: World, tmp_path: Path) -> World:
    """The same, with fakes of the cloud CLIs."""
    world.clis = FakeClis(tmp_path / "clis")
    return world
