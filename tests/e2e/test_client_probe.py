"""The real Claude Code sends nothing that the proxy does not know."""

import os
from pathlib import Path

import pytest

from mux_tui.core.proxy.client_probe import probe_client

pytestmark = pytest.mark.e2e


async def test_the_installed_client_sends_nothing_new(cloud_clis: Path) -> None:
    """Thinking, parallel tools, a picture and a refused tool come back from it."""
    report = await probe_client(cloud_clis / "claude", os.environ)
    assert report.version
    assert report.requests >= 2
    assert report.unknown_blocks == ()
    assert report.unknown_fields == ()
    assert report.warnings == ()
