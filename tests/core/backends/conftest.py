"""Fixtures for the backends that run a cloud CLI."""

import os
from pathlib import Path

import pytest

from tests.fake_cli import FakeClis


@pytest.fixture
def clis(tmp_path: Path) -> FakeClis:
    """Fakes of the three cloud CLIs."""
    return FakeClis(tmp_path / "clis")


@pytest.fixture
def variables(clis: FakeClis, tmp_path: Path) -> dict[str, str]:
    """An environment in which the fakes come first on PATH."""
    home = tmp_path / "home"
    home.mkdir()
    return {"HOME": str(home), "PATH": f"{clis.folder}{os.pathsep}{os.defpath}"}
