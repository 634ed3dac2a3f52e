"""Replays with nothing but real parts: the starter, under two names, and its server."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.muxing import World

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(280)]

SHORT = {"MUX_PROVIDERS_LOCAL_MAX_TOKENS": "24", "MUX_CLOUD_PERMISSION": "never"}


@pytest.fixture
def world(starter_model: Path, model_cache: Path, tmp_path: Path) -> Iterator[World]:
    """A home with the starter installed, and its twin beside it."""
    (tmp_path / "mux").mkdir()
    (tmp_path / "mux" / "cache").symlink_to(model_cache / "cache")
    twin = tmp_path / "twin"
    twin.mkdir()
    for file in starter_model.iterdir():
        (twin / file.name).symlink_to(file)
    world = World(tmp_path, variables=dict(SHORT))
    yield world
    world.mux("server", "stop")


def test_two_answers_are_repeated_by_another_model_which_then_goes(
    world: World, starter_model: Path
) -> None:
    for question in ("What is a list?", "What is a set?"):
        assert world.mux("run", question, limit=120).code == 0
    before = json.loads(world.mux("server", "status", "--json").out)
    assert Path(before["model"]) == starter_model.resolve()

    ended = world.mux("ledger", "replay", "--model", "./twin", "--json", limit=200)
    assert ended.code == 0, ended.err
    told = ended.document
    assert [one["word"] for one in told["comparisons"]] == ["unknown", "unknown"]
    assert {one["replay"]["status"] for one in told["comparisons"]} == {"done"}
    assert {one["replay"]["route"] for one in told["comparisons"]} == {"local"}
    assert "going back to" in ended.err
    found = json.loads(world.mux("ledger", "search", "replay:yes", "--json").out)
    assert found["count"] == 2

    # It is loading again, or has: a task of the settings' model finds it.
    assert world.mux("run", "What is a tuple?", limit=120).code == 0
    after = json.loads(world.mux("server", "status", "--json").out)
    assert (after["state"], after["model"]) == ("ready", before["model"])
