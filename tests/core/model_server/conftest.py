"""Model servers played by small real processes, ended after each test."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from mux_tui.core.config.environment import Environment
from mux_tui.core.config.settings import Server
from mux_tui.core.hardware.processes import identity
from mux_tui.core.model_server.lifecycle import ModelServer
from mux_tui.core.model_server.startup import Pace
from mux_tui.core.paths import Paths

FAKE = Path(__file__).with_name("fake_server.py")
PACE = Pace(poll=0.02, answer=30.0, patience=30.0, grace=10.0)

Make = Callable[..., ModelServer]


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """State directories of this test's own."""
    return Paths.from_environment({"MUX_HOME": str(tmp_path / "mux")})


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """What looks like a model's directory."""
    directory = tmp_path / "a-model"
    directory.mkdir()
    (directory / "config.json").write_text("{}")
    (directory / "model.safetensors").write_bytes(b"x" * 1000)
    return directory


@pytest.fixture
def pids(tmp_path: Path) -> Iterator[Path]:
    """Where the fakes note their process numbers."""
    file = tmp_path / "pids"
    yield file
    for pid in started(file):
        found = identity(pid)
        # The command line proves that the number is still that of a fake.
        if found and any("fake_server" in w or "SIG_IGN" in w for w in found.command):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


@pytest.fixture
def make(paths: Paths, pids: Path) -> Make:
    """Makes a ModelServer whose program plays the given part."""

    def made(
        mode: str = "ok", pace: Pace = PACE, start_timeout: float = 60.0, **more: Any
    ) -> ModelServer:
        program = (sys.executable, "-P", "-S", str(FAKE), mode, str(pids))
        facts = Server(start_timeout=start_timeout, **more)
        return ModelServer(paths, facts, Environment(), program=program, pace=pace)

    return made


def started(pids: Path) -> list[int]:
    """Numbers of all processes the fakes have started."""
    return [int(line) for line in pids.read_text().split()] if pids.exists() else []


def alive(pids: Path) -> list[int]:
    """Those of them that still run."""
    return [pid for pid in started(pids) if identity(pid) is not None]


def wait_until(condition: Callable[[], object], seconds: float = 30.0) -> None:
    """Wait for a condition, and fail when it does not come."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the condition did not come"
        time.sleep(0.01)
