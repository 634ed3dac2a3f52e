"""What the end-to-end tests share: the real model, fetched once and kept.

The cache outlives test runs: `.cache/mux-tests` in the project, or the directory that
`MUX_TEST_CACHE` names. Whatever uses it is run alone, after all the others.
"""

import asyncio
import os
from pathlib import Path

import pytest

from mux_tui.core.config.environment import Environment
from mux_tui.core.events import Progressed
from mux_tui.core.weights.starter import install_starter
from tests.e2e.cloud_fixtures import cloud_clis as cloud_clis
from tests.e2e.cloud_fixtures import make_desk as make_desk

_PROJECT = Path(__file__).resolve().parents[2]

# Taken before any test hides the machine's variables: pip's index settings are in them.
_VARIABLES = dict(os.environ)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what uses the real model: two of those would take each other's processor."""
    for item in items:
        if "model_cache" in getattr(item, "fixturenames", ()):
            item.add_marker("alone")


def _quiet(progress: Progressed) -> None:
    """Nobody watches."""


@pytest.fixture(scope="session")
def model_cache() -> Path:
    """Where what is expensive to get is kept between runs, laid out as `MUX_HOME`."""
    named = _VARIABLES.get("MUX_TEST_CACHE")
    return Path(named).absolute() if named else _PROJECT / ".cache" / "mux-tests"


@pytest.fixture(scope="session")
def starter_model(model_cache: Path) -> Path:
    """The directory of the installed starter model."""
    environment = Environment({**_VARIABLES, "MUX_HOME": str(model_cache)})
    return asyncio.run(install_starter(environment.paths, environment, _quiet))
