"""`mux models pull`, `list` and `remove` as processes, with a hub on loopback."""

import resource
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.muxing import World
from tests.cli.test_questions import terminal
from tests.core.machine.files import write_model
from tests.hub.repository import NEEDED, Repository, tiny_model
from tests.hub.server import Hub, serving

WEIGHTS = "model.safetensors"
MODELS = "mux/cache/models"


@pytest.fixture
def model() -> Repository:
    """A model of the tests' hub."""
    return tiny_model()


@pytest.fixture
def hub(model: Repository, world: World) -> Iterator[Hub]:
    """The hub, which the world's `mux` knows of."""
    with serving([model]) as running:
        world.variables["HF_ENDPOINT"] = running.base_url
        yield running


def total(model: Repository) -> int:
    """Bytes of what a model needs."""
    return sum(map(model.size, NEEDED))


def test_a_model_is_pulled_listed_and_removed(
    world: World, hub: Hub, model: Repository
) -> None:
    ended = world.mux("models", "pull", model.id, "--yes")
    assert ended.code == 0, ended.err
    directory = world.home / MODELS / "Model-4bit"
    assert ended.out.splitlines() == [
        f"{model.id} is installed: {directory}",
        f"use it: mux setup --model {directory}",
    ]
    assert "7 files, 0.3 MB to download" in ended.err
    assert "licence: apache-2.0" in ended.err

    (listed,) = world.mux("models", "list", "--json").document["models"]
    assert (listed["id"], listed["where"]) == ("Model-4bit", "mux")
    assert listed["bytes"] == model.size(WEIGHTS)

    again = world.mux("models", "pull", model.id)
    assert (again.code, "is here already" in again.out) == (0, True)
    removed = world.mux("models", "remove", model.id, "--yes", "--json")
    assert removed.document["directories"] == [str(directory)]
    assert not directory.exists()


def test_lines_of_json_tell_the_plan_the_progress_and_the_end(
    world: World, hub: Hub, model: Repository
) -> None:
    ended = world.mux("models", "pull", model.id, "--yes", "--json")
    assert (ended.code, ended.err) == (0, "")
    first, *between, last = ended.events
    assert first["event"] == "planned"
    assert {file["name"] for file in first["files"]} == NEEDED
    assert (first["bytes"], first["missing"]) == (total(model), total(model))
    assert first["free"] > 0
    assert between[-1]["event"] == "progressed"
    assert between[-1]["done"] == between[-1]["total"] == total(model)
    assert {"per_second", "seconds_left"} <= set(between[-1])
    assert last["schema"] == "mux.models.pull/1"
    assert (last["id"], last["commit"]) == (model.id, model.commit)
    assert Path(last["directory"]).is_dir()


def test_a_revision_is_pulled(world: World, hub: Hub, model: Repository) -> None:
    model.branches = ("main", "v2")
    ended = world.mux("models", "pull", model.id, "--revision", "v2", "--yes", "--json")
    assert ended.finished["revision"] == "v2"
    missing = world.mux("models", "pull", model.id, "--revision", "v3", "--yes")
    assert (missing.code, missing.err.count("\n")) == (3, 1)


def test_the_name_alone_is_enough_for_models_of_the_table(
    world: World, hub: Hub
) -> None:
    known = world.mux("models", "fit", "--memory", "16", "--json").document["models"]
    id = next(row["id"] for row in known if "/" in row["id"])
    hub.has(tiny_model(id))
    ended = world.mux("models", "pull", id.partition("/")[2], "--yes", "--json")
    assert ended.finished["id"] == id


def test_without_a_terminal_a_download_wants_a_yes(
    world: World, hub: Hub, model: Repository
) -> None:
    ended = world.mux("models", "pull", model.id)
    assert ended.code == 2
    assert "--yes" in ended.err
    assert not (world.home / MODELS).exists()


def test_no_means_that_nothing_is_downloaded(
    world: World, hub: Hub, model: Repository
) -> None:
    with terminal(world, "models", "pull", model.id) as asked:
        asked.until("download it? [Y/n]")
        asked.type("n\n")
        assert asked.ended() == 5
    assert "0.3 MB to download" in asked.seen
    assert hub.requests("/resolve/") == []


def test_a_terminal_shows_how_far_it_is(
    world: World, hub: Hub, model: Repository
) -> None:
    hub.cuts(WEIGHTS, at=200_000)
    with terminal(world, "models", "pull", model.id) as asked:
        asked.until("download it? [Y/n]")
        asked.type("\n")
        asked.until("the connection broke: try 2 of 6")
        asked.until("downloading 0.3 of 0.3 MB")
        assert asked.ended() == 0
    assert "is installed" in asked.seen


@pytest.mark.parametrize(
    ("id", "code"), [("tiny/Unknown", 3), ("nobody-knows-it", 2), ("a/../b", 2)]
)
def test_what_is_not_there_is_one_line(
    world: World, hub: Hub, id: str, code: int
) -> None:
    ended = world.mux("models", "pull", id, "--yes")
    assert (ended.code, ended.out, ended.err.count("\n")) == (code, "", 1)


def test_ctrl_c_keeps_what_came_and_the_next_pull_goes_on(
    world: World, hub: Hub, model: Repository
) -> None:
    held = hub.holds(WEIGHTS, at=200_000)
    with world.start("models", "pull", model.id, "--yes") as process:
        assert held.reached.wait(30)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert f"to go on: mux models pull {model.id}" in err
    assert f"unfinished: 0 MiB of {model.id}" in world.mux("models", "list").out
    (left,) = world.mux("models", "list", "--json").document["unfinished"]
    assert (left["id"], left["bytes"] > 0) == (model.id, True)

    assert held.go_on
    held.go_on.set()
    hub.breaks.clear()
    ended = world.mux("models", "pull", model.id, "--yes", "--json")
    planned = ended.events[0]
    assert (ended.code, planned["missing"] < planned["bytes"]) == (0, True)
    assert "unfinished" not in world.mux("models", "list", "--json").document


def test_a_disk_that_fills_up_leaves_nothing_half_installed(
    world: World, hub: Hub, model: Repository
) -> None:
    """The system takes no more of a file, as a full disk does."""

    def small_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    with world.start(
        "models", "pull", model.id, "--yes", preexec_fn=small_files
    ) as process:
        _, err = process.communicate(timeout=60)
    assert process.returncode == 3
    assert "the disk is full" in err
    assert world.mux("models", "list", "--json").document["models"] == []
    assert world.mux("models", "pull", model.id, "--yes").code == 0


def test_a_gated_model_is_explained(world: World, hub: Hub, model: Repository) -> None:
    model.gated = True
    refused = world.mux("models", "pull", model.id, "--yes")
    assert refused.code == 3
    assert "accept a licence" in refused.err
    world.variables["HF_TOKEN"] = hub.token
    taken = world.mux("models", "pull", model.id, "--yes")
    assert (taken.code, hub.token in taken.out + taken.err) == (0, False)


def test_the_model_of_the_settings_is_not_removed(
    world: World, hub: Hub, model: Repository
) -> None:
    world.mux("models", "pull", model.id, "--yes")
    world.variables["MUX_PROVIDERS_LOCAL_MODEL"] = "Model-4bit"
    refused = world.mux("models", "remove", model.id, "--yes")
    assert (refused.code, "is in use" in refused.err) == (2, True)
    assert (world.home / MODELS / "Model-4bit").is_dir()


def test_what_mux_did_not_download_is_not_removed(world: World) -> None:
    write_model(world.home / MODELS / "mine-4bit")
    refused = world.mux("models", "remove", "me/mine-4bit", "--yes")
    assert (refused.code, "did not download it" in refused.err) == (2, True)
    assert (world.home / MODELS / "mine-4bit").is_dir()
