"""A ledger in a directory of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from mux_tui.core.config.settings import Ledger as LedgerSettings
from mux_tui.core.ledger.store import Ledger, open_ledger


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the test's ledger is, or will be."""
    return tmp_path / "data" / "ledger.db"


@pytest.fixture
def settings() -> LedgerSettings:
    """The default settings, but impatient."""
    return LedgerSettings(busy_timeout=0.3)


@pytest.fixture
async def ledger(path: Path, settings: LedgerSettings) -> AsyncIterator[Ledger]:
    """An open ledger."""
    async with open_ledger(path, settings) as opened:
        yield opened
