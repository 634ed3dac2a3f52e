"""The machine as a screen asks for it."""

import sys
from pathlib import Path

import pytest

from mux_tui.core.config.environment import Environment
from mux_tui.core.config.settings import LocalProvider, Providers, Settings
from mux_tui.core.errors import ServerError
from mux_tui.core.machine.measured import Measured, remember
from mux_tui.core.machine.service import Machine
from mux_tui.core.model_server.speed import Speed
from tests.core.hardware.recorded import M2_PRO_16, playing
from tests.core.machine.files import write_model


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    """A home of this test's own, without any program."""
    return Environment({"MUX_HOME": str(tmp_path / "mux"), "HOME": str(tmp_path)})


async def test_the_stock_is_tables_disk_and_measurements(
    environment: Environment,
) -> None:
    paths = environment.paths
    write_model(paths.models / "mine")
    remember(paths, "mine", Speed(100.0, 20.0))
    paths.config_dir.mkdir(parents=True)
    (paths.config_dir / "models.toml").write_text("[[model]]\n")
    stock = await Machine(Settings(), environment).stock()
    assert [one.id for one in stock.installed] == ["mine"]
    assert stock.measured("mine") == Measured(100.0, 20.0)
    assert stock.measured("other") == Measured()
    (problem,) = stock.catalogue.problems
    assert "is missing" in problem


async def test_the_advice_knows_the_machine_the_disk_and_the_measurements(
    environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    paths = environment.paths
    write_model(paths.models / "Qwen3.5-9B-4bit")
    remember(paths, "Qwen3.5-9B-4bit", Speed(100.0, 20.0))
    machine = Machine(Settings(), environment, M2_PRO_16.ask)
    advice = await machine.advice()
    assert advice.best
    assert advice.best.installed
    assert advice.best.speed_text == "reads 100/s, writes 20/s"
    assert (await machine.advice(8192)).best


async def test_looking_starts_nothing_and_writes_nothing(
    environment: Environment,
) -> None:
    machine = Machine(Settings(), environment, playing({}))
    assert (await machine.facts()).ram.value
    assert (await machine.sample()).ram_total
    assert (await machine.server()).state == "stopped"
    assert [one async for one in machine.gpu()] == []
    assert not (environment.paths.state_dir).exists()


async def test_without_a_model_there_is_nothing_to_start(
    environment: Environment,
) -> None:
    machine = Machine(Settings(), environment)
    with pytest.raises(ServerError, match="none is installed"):
        await machine.start(None, lambda _: None)
    assert not await machine.stop()


async def test_choosing_writes_the_user_s_file(environment: Environment) -> None:
    write_model(environment.paths.models / "mine")
    machine = Machine(Settings(), environment)
    (model,) = (await machine.stock()).installed
    await machine.choose(machine.plan(model))
    assert 'model = "mine"' in environment.paths.config_file.read_text()
    chosen = Settings(providers=Providers(local=LocalProvider(model="mine")))
    (again,) = (await Machine(chosen, environment).stock()).installed
    assert again.configured
