"""How fast models were seen to be here."""

import json
from pathlib import Path

import pytest

from mux_tui.core.config.environment import Environment
from mux_tui.core.config.settings import Server
from mux_tui.core.errors import ServerError
from mux_tui.core.local_model.reading_speed import remember_speed
from mux_tui.core.machine.measured import Measured, measure_now, measured, remember
from mux_tui.core.model_server.lifecycle import ModelServer
from mux_tui.core.model_server.speed import Speed
from mux_tui.core.paths import Paths


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths.from_environment({"MUX_HOME": str(tmp_path / "mux")})


def test_a_measurement_is_remembered_by_the_model_s_name(paths: Paths) -> None:
    assert measured(paths, "one") == Measured()
    remember(paths, "one", Speed(200.0, 31.256))
    remember(paths, "two", Speed(None, 7.0))
    assert measured(paths, "one") == Measured(200.0, 31.26)
    assert measured(paths, "two") == Measured(None, 7.0)


def test_a_later_one_replaces_only_what_it_tells(paths: Paths) -> None:
    remember(paths, "one", Speed(200.0, 30.0))
    remember(paths, "one", Speed(None, 33.0))
    assert measured(paths, "one") == Measured(200.0, 33.0)


def test_what_real_prompts_taught_counts_more(paths: Paths) -> None:
    remember(paths, "one", Speed(200.0, 30.0))
    remember_speed(paths, "one", 4000, 8.0)
    assert measured(paths, "one") == Measured(500.0, 30.0)


def test_only_so_many_models_are_kept(paths: Paths) -> None:
    for number in range(40):
        remember(paths, f"m{number}", Speed(1.0, 1.0))
    assert measured(paths, "m0") == Measured()
    assert measured(paths, "m39") == Measured(1.0, 1.0)


@pytest.mark.parametrize(
    "text",
    ["", "[", "7", '{"models": 3}', '{"models": {"one": {"writing": -1}}}', "[" * 5000],
)
def test_a_broken_file_only_means_that_nothing_is_known(
    text: str, paths: Paths
) -> None:
    paths.state_dir.mkdir(parents=True)
    (paths.state_dir / "measured.json").write_text(text)
    assert measured(paths, "one") == Measured()
    remember(paths, "one", Speed(None, 5.0))
    assert measured(paths, "one") == Measured(None, 5.0)
    assert json.loads((paths.state_dir / "measured.json").read_text())


async def test_without_a_server_there_is_nothing_to_measure(paths: Paths) -> None:
    server = ModelServer(paths, Server(), Environment())
    with pytest.raises(ServerError, match="does not run"):
        await measure_now(server, paths)
