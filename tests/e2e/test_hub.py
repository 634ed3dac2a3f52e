"""The starter out of a hub: interrupted, gone on with, and answering a question."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.muxing import World
from tests.hub.repository import Repository, repository_of
from tests.hub.server import Hub, serving

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

ID = "starters/SmolLM2-135M-MLX"
WEIGHTS = "model.safetensors"


@pytest.fixture
def model(starter_model: Path) -> Repository:
    """The starter as a repository."""
    return repository_of(starter_model, ID)


@pytest.fixture
def home(model: Repository, tmp_path: Path) -> Iterator[tuple[World, Hub]]:
    """A home without a model, and a hub that has one."""
    (tmp_path / "home").mkdir()
    with serving([model]) as hub:
        hub.bytes_per_write = 1 << 20
        world = World(tmp_path / "home", variables={"HF_ENDPOINT": hub.base_url})
        yield world, hub
        world.mux("server", "stop")


def test_a_model_from_a_hub_answers(home: tuple[World, Hub], model: Repository) -> None:
    world, hub = home
    middle = model.size(WEIGHTS) // 2
    held = hub.holds(WEIGHTS, at=middle)
    with world.start("models", "pull", ID, "--yes") as process:
        assert held.reached.wait(60)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert process.returncode == 130
    hub.breaks.clear()
    hub.asked.clear()

    pulled = world.mux("models", "pull", ID, "--yes", "--json", limit=120)
    assert pulled.code == 0, pulled.err
    (rest,) = [one for one in hub.asked if one.where == "store" and WEIGHTS in one.path]
    assert int(rest.headers["range"].removeprefix("bytes=").rstrip("-")) > 1 << 20
    directory = pulled.finished["directory"]
    assert (Path(directory) / WEIGHTS).stat().st_size == model.size(WEIGHTS)

    # Not tried before it is asked: the setup's own tests do that.
    assert world.mux("setup", "--model", directory, "--no-serve").code == 0
    answered = world.mux("run", "Say hello in one sentence.", "--json", limit=180)
    assert answered.code == 0, answered.err
    assert answered.finished["status"] == "done"
    assert answered.finished["attempts"][0]["route"] == "local"
