"""A local model on the server that mux starts itself, and which model that is."""

import os
import signal
from pathlib import Path

import pytest

from mux_tui.core.backends.base import Backend
from mux_tui.core.backends.chat_endpoint import Endpoint
from mux_tui.core.backends.scripted import Script, Scripted
from mux_tui.core.config.settings import LocalProvider, Providers, Server, Settings
from mux_tui.core.errors import ServerError
from mux_tui.core.events import ServerChanged
from mux_tui.core.local_model import choose
from mux_tui.core.local_model.managed import ManagedModel
from mux_tui.core.paths import Paths
from mux_tui.core.weights.starter import starter_directory
from tests.core.model_server.conftest import Make, alive, wait_until

WINDOW = 4096


def managed(
    make: Make, model: Path | None, mode: str = "ok", autostart: bool = True
) -> ManagedModel:
    """A model on a server that plays the given part."""

    def backend(_: Endpoint) -> Backend:
        return Scripted("local", (Script("hi"),))

    settings = Settings(
        providers=Providers(local=LocalProvider(context_window=WINDOW)),
        server=Server(autostart=autostart),
    )
    return ManagedModel(make(mode), model, settings, backend)


def ignored(_: ServerChanged) -> None:
    """For tests that do not look at the phases."""


async def test_without_a_model_nothing_can_be_started(make: Make) -> None:
    local = managed(make, None)
    state = await local.state()
    assert (state.status, state.detail) == ("not_configured", "no model is installed")
    with pytest.raises(ServerError, match="mux setup --starter"):
        await local.endpoint(ignored)


async def test_a_stopped_server_is_startable_and_becomes_ready(
    make: Make, model: Path
) -> None:
    local = managed(make, model)
    before = await local.state()
    assert (before.status, before.model) == ("startable", "a-model")
    assert (before.context_window, before.context_source) == (WINDOW, "settings")
    told: list[ServerChanged] = []
    endpoint = await local.endpoint(told.append)
    assert told[-1] == ServerChanged("ready", "a-model")
    assert (endpoint.label, endpoint.context_window) == ("a-model", WINDOW)
    assert (await local.state()).status == "ready"


async def test_a_server_that_runs_is_used_without_a_word(
    make: Make, model: Path, pids: Path
) -> None:
    local = managed(make, model)
    first = await local.endpoint(ignored)
    told: list[ServerChanged] = []
    assert await local.endpoint(told.append) == first
    assert told == []
    assert len(alive(pids)) == 1


async def test_what_may_not_be_started_is_unreachable(make: Make, model: Path) -> None:
    local = managed(make, model, autostart=False)
    state = await local.state()
    assert (state.status, "autostart" in state.detail) == ("unreachable", True)
    with pytest.raises(ServerError, match="mux server start"):
        await local.endpoint(ignored)


async def test_a_server_that_was_killed_has_crashed_and_is_started_behind_the_back(
    make: Make, model: Path, pids: Path
) -> None:
    local = managed(make, model)
    await local.endpoint(ignored)
    (pid,) = alive(pids)
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not alive(pids))
    assert (await local.state()).status == "crashed"
    local.recover()
    await local.aclose()
    wait_until(lambda: len(alive(pids)) == 1)


async def test_nothing_is_started_behind_the_back_that_may_not_be(
    make: Make, model: Path, pids: Path
) -> None:
    local = managed(make, model, autostart=False)
    local.recover()
    await local.aclose()
    assert alive(pids) == []


def named(model: str) -> Settings:
    """Settings that name a model."""
    return Settings(providers=Providers(local=LocalProvider(model=model)))


def test_a_model_is_found_by_its_directory_or_its_name(
    paths: Paths, model: Path
) -> None:
    assert choose.model_directory(named(str(model)), paths) == model.resolve()
    below = paths.models / "mine"
    below.mkdir(parents=True)
    (below / "config.json").write_text("{}")
    assert choose.model_directory(named("mine"), paths) == below.resolve()
    for missing in ("missing", "~nobody-at-all/model", "x" * 300):
        assert choose.model_directory(named(missing), paths) is None
    assert choose.model_directory(named(""), paths) is None


def test_the_starter_is_named_as_its_server_s_record_names_it(
    paths: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Behind a linked cache, a running server is found again at the first look."""
    real = tmp_path / "elsewhere"
    real.mkdir()
    paths.cache_dir.parent.mkdir(parents=True)
    paths.cache_dir.symlink_to(real)
    starter_directory(paths).mkdir(parents=True)

    def installed(_: Paths) -> bool:
        return True

    monkeypatch.setattr(choose, "starter_installed", installed)
    found = choose.model_directory(named(""), paths)
    assert found
    assert found == starter_directory(paths).resolve()
    assert real.resolve() in found.parents
