"""Homes and wizards for tests: real files, scripted machines and servers."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mux_tui.core.config.environment import Environment
from mux_tui.core.errors import EnvironmentProblem
from mux_tui.core.setup.proving import Limits
from mux_tui.core.setup.surroundings import Surroundings
from mux_tui.core.setup.wizard import Wizard, open_wizard
from mux_tui.core.task import Route
from tests.core.hardware.recorded import playing
from tests.core.model_server.conftest import FAKE

Make = Callable[..., Wizard]


class PlayedRegistrar:
    """Notes what is registered; what it is told to refuse, it refuses."""

    def __init__(self, refuses: tuple[Route, ...] = ()) -> None:
        self.registered: list[Route] = []
        self._refuses = refuses

    def command(self, route: Route) -> str:
        return f"{route} mcp add mux"

    def undo(self, route: Route) -> str:
        return f"{route} mcp remove mux"

    async def register(self, route: Route) -> None:
        if route in self._refuses:
            raise EnvironmentProblem(f"{route} would not register mux", "it is\nshut")
        self.registered.append(route)


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    """A home of this test's own, without any program on its PATH."""
    return Environment({"MUX_HOME": str(tmp_path / "mux"), "HOME": str(tmp_path)})


@pytest.fixture
def registrar() -> PlayedRegistrar:
    """One that refuses nothing."""
    return PlayedRegistrar()


@pytest.fixture
def make(environment: Environment, registrar: PlayedRegistrar, tmp_path: Path) -> Make:
    """Makes wizards that look at nothing of the machine that runs the tests."""

    def made(mode: str = "ok", **more: Any) -> Wizard:
        fake = (sys.executable, "-P", "-S", str(FAKE), mode, str(tmp_path / "pids"))
        keeps_draft = more.pop("keeps_draft", True)
        around: dict[str, Any] = {
            "usual": (),
            "ask": playing({}),
            "registrar": registrar,
            "limits": Limits(answer=10.0, context=5.0, contexts=(2048, 4096)),
            "server_program": fake,
        } | more
        return open_wizard(
            environment, around=Surroundings(**around), keeps_draft=keeps_draft
        )

    return made


def files(folder: Path) -> list[str]:
    """Every file below a folder, but not what was there for the test."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return sorted(str(path.relative_to(folder)) for path in found)
