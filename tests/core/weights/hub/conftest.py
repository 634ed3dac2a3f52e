"""A hub of each test's own, and a machine that knows of it."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mux_tui.core.config.environment import Environment
from mux_tui.core.events import Progressed
from mux_tui.core.weights.hub.name import HubName
from mux_tui.core.weights.hub.plan import HubFile, HubPlan
from mux_tui.core.weights.hub.pull import pull
from tests.hub.repository import NEEDED, Repository, is_large, tiny_model
from tests.hub.server import Hub, serving

Machine = Callable[..., Environment]


@pytest.fixture
def model() -> Repository:
    """A tiny model."""
    return tiny_model()


@pytest.fixture
def hub(model: Repository) -> Iterator[Hub]:
    """A hub that has it."""
    with serving([model]) as running:
        yield running


@pytest.fixture
def machine(hub: Hub, tmp_path: Path) -> Machine:
    """Variables under which the hub is found; more may be given."""

    def made(**variables: str) -> Environment:
        own = {
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "MUX_HOME": str(tmp_path / "mux"),
            "HF_ENDPOINT": hub.base_url,
            "HF_HUB_DOWNLOAD_TIMEOUT": "2",
        }
        return Environment(own | variables)

    return made


@pytest.fixture
def environment(machine: Machine) -> Environment:
    """The same, with nothing more."""
    return machine()


def plan_of(model: Repository) -> HubPlan:
    """What the hub would tell of it, without asking."""
    files = [
        HubFile(name, model.size(name), model.sha256(name))
        if is_large(name)
        else HubFile(name, model.size(name), git_sha1=model.blob(name))
        for name in sorted(NEEDED, key=lambda name: (model.size(name), name))
    ]
    return HubPlan(
        HubName.parse(model.id), "main", model.commit, tuple(files), model.licence
    )


async def pulled(
    environment: Environment,
    model: Repository,
    seen: list[Progressed] | None = None,
    tries: int = 3,
) -> Path:
    """Download a model."""
    reported: list[Progressed] = [] if seen is None else seen
    return await pull(plan_of(model), environment, reported.append, tries=tries)
