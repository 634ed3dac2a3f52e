"""A collector for each test that asks for one."""

from collections.abc import Iterator

import pytest

from tests.core.telemetry.collector import Collector, collecting


@pytest.fixture
def collector() -> Iterator[Collector]:
    """One in a good mood."""
    with collecting() as one:
        yield one
