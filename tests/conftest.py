"""Fixtures for every test; the machine that runs the tests is kept out of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# The same examples every time, however long one takes: no test fails by chance.
# `--hypothesis-profile explore` looks for others.
settings.register_profile(
    "mux",
    deadline=None,
    derandomize=True,
    database=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "explore", settings.get_profile("mux"), derandomize=False, max_examples=1000
)
settings.load_profile("mux")

_KEPT = ("PATH", "LANG", "TERM", "TMPDIR", "MUX_TEST_CACHE")
"""What tests may see of the real environment."""

_KEPT_PREFIXES = ("PYTEST_", "COV_", "PIP_", "UV_", "SSL_", "TEXTUAL_SNAPSHOT_")
"""The package index and its certificates are the machine's business."""


@pytest.fixture
def anyio_backend() -> str:
    """Asynchronous tests run on asyncio, as mux does."""
    return "asyncio"


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Give each test a home directory and an environment of its own."""
    import os

    home = tmp_path_factory.mktemp("home")
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name not in kept and not name.startswith(_KEPT_PREFIXES):
                patch.delenv(name)
        patch.setenv("HOME", str(home))
        patch.setenv("MUX_HOME", str(home / "mux"))
        yield home
