"""A model is wholly installed or not at all, and no byte is fetched twice."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from mux_tui.core.config.environment import Environment
from mux_tui.core.errors import WeightsError
from mux_tui.core.events import Progressed
from mux_tui.core.model_server.model_files import checked_model
from mux_tui.core.weights.hub import place
from mux_tui.core.weights.hub.look_up import look_up
from mux_tui.core.weights.hub.name import HubName
from mux_tui.core.weights.hub.pull import pull, room_for
from tests.core.weights.hub.conftest import Machine, plan_of, pulled
from tests.hub.repository import NEEDED, Repository, tiny_model
from tests.hub.server import Hub

WEIGHTS = "model.safetensors"


def contents(directory: Path) -> dict[str, bytes]:
    """The files of an installed model, without mux's marker."""
    files = {path.name: path.read_bytes() for path in directory.iterdir()}
    del files["installed.json"]
    return files


def promised(model: Repository) -> dict[str, bytes]:
    """What of the repository a model needs."""
    return {name: model.read(name) for name in NEEDED}


def fetched(hub: Hub, name: str) -> list[str]:
    """The ranges in which a file was asked for, one a request."""
    requests = [
        one
        for one in hub.requests(name)
        if one.method == "GET" and one.path.partition("?")[0].endswith(name)
    ]
    last = "store" if any(one.where == "store" for one in requests) else "hub"
    return [one.headers.get("range", "") for one in requests if one.where == last]


async def test_exactly_what_a_model_needs_is_installed(
    environment: Environment, model: Repository
) -> None:
    seen: list[Progressed] = []
    directory = await pulled(environment, model, seen)

    assert directory == environment.paths.models / "Model-4bit"
    assert contents(directory) == promised(model)
    assert checked_model(directory) == directory.resolve()
    total = sum(map(model.size, NEEDED))
    assert seen[-1] == Progressed("downloading", total, total)
    assert {path.name for path in environment.paths.models.iterdir()} == {
        "Model-4bit",
        ".tiny--Model-4bit.lock",
    }


async def test_the_exact_bytes_are_known_before(
    environment: Environment, model: Repository, hub: Hub
) -> None:
    plan = await look_up(model.id, environment)
    assert plan == plan_of(model)
    assert plan.bytes == sum(map(model.size, NEEDED))
    assert (plan.commit, plan.licence) == (model.commit, "apache-2.0")
    room = room_for(plan, environment.paths)
    assert (room.missing, room.enough) == (plan.bytes, True)
    assert not environment.paths.models.exists()
    assert hub.requests("/resolve/") == []


async def test_a_mirror_that_tells_no_sizes_is_asked_for_each_file(
    environment: Environment, model: Repository, hub: Hub
) -> None:
    hub.tells_sizes = False
    assert await look_up(model.id, environment) == plan_of(model)


async def test_installing_again_fetches_nothing(
    environment: Environment, model: Repository, hub: Hub
) -> None:
    directory = await pulled(environment, model)
    before = len(hub.requests("/resolve/"))
    assert await pulled(environment, model) == directory
    assert len(hub.requests("/resolve/")) == before


async def test_a_cut_connection_is_gone_on_with(
    environment: Environment, model: Repository, hub: Hub
) -> None:
    hub.cuts(WEIGHTS, at=100_000, times=2)
    seen: list[Progressed] = []
    directory = await pulled(environment, model, seen)
    assert contents(directory) == promised(model)
    assert fetched(hub, WEIGHTS)[:2] == ["", "bytes=100000-"]
    assert "reconnecting" in {event.step for event in seen}


async def test_cancelling_leaves_what_came_and_the_next_goes_on(
    environment: Environment, model: Repository, hub: Hub
) -> None:
    held = hub.holds(WEIGHTS, at=131_072)
    task = asyncio.create_task(pulled(environment, model))
    await asyncio.to_thread(held.reached.wait, 30)
    name, paths = HubName.parse(model.id), environment.paths
    part = place.partial(name, paths) / WEIGHTS
    while part.stat().st_size < 131_072:
        await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert place.directory_of(name, paths) is None
    (left,) = place.unfinished(paths)
    assert (left.name, left.bytes > 131_072) == (name, True)

    assert held.go_on
    held.go_on.set()
    hub.breaks.clear()
    hub.asked.clear()
    seen: list[Progressed] = []
    directory = await pulled(environment, model, seen)
    assert contents(directory) == promised(model)
    assert fetched(hub, WEIGHTS) == ["bytes=131072-"]
    assert fetched(hub, "config.json") == []
    assert seen[0].done > 131_072
    assert place.unfinished(paths) == ()


async def test_a_hub_without_ranges_sends_all_again(
    environment: Environment, model: Repository, hub: Hub
) -> None:
    hub.knows_ranges = False
    hub.cuts(WEIGHTS, at=100_000)
    seen: list[Progressed] = []
    assert contents(await pulled(environment, model, seen)) == promised(model)
    assert seen[-1].done == seen[-1].total


@pytest.mark.parametrize("left", [b"x" * 1000, b"x" * 300_000, b"x" * 900_000])
async def test_what_is_left_of_another_file_is_replaced(
    environment: Environment, model: Repository, left: bytes
) -> None:
    """Shorter, as long, or longer than the file: its hash tells."""
    into = place.partial(HubName.parse(model.id), environment.paths)
    into.mkdir(parents=True)
    (into / WEIGHTS).write_bytes(left)
    (into / "stray.py").write_text("import os")
    directory = await pulled(environment, model)
    assert contents(directory) == promised(model)


async def test_a_new_commit_replaces_the_old(
    environment: Environment, model: Repository
) -> None:
    directory = await pulled(environment, model)
    model.salt = "later"
    model.files["config.json"] = b'{"model_type": "qwen3"}'
    assert await pulled(environment, model) == directory
    assert contents(directory) == promised(model)


async def test_a_damaged_model_is_installed_again(
    environment: Environment, model: Repository
) -> None:
    directory = await pulled(environment, model)
    (directory / WEIGHTS).write_bytes(b"short")
    assert await pulled(environment, model) == directory
    assert contents(directory) == promised(model)


async def test_a_taken_name_is_left_alone(
    environment: Environment, model: Repository, hub: Hub
) -> None:
    """By the user's own directory, and by a model of another owner."""
    mine = environment.paths.models / "Model-4bit"
    mine.mkdir(parents=True)
    (mine / "config.json").write_text("{}")
    directory = await pulled(environment, model)
    assert directory.name == "tiny--Model-4bit"
    assert [path.name for path in mine.iterdir()] == ["config.json"]
    other = hub.has(tiny_model("huge/Model-4bit"))
    assert (await pulled(environment, other)).name == "huge--Model-4bit"


async def test_two_at_once_end_with_one_download(
    environment: Environment, model: Repository, hub: Hub
) -> None:
    held = hub.holds(WEIGHTS, at=1000)
    first = asyncio.create_task(pulled(environment, model))
    await asyncio.to_thread(held.reached.wait, 30)
    seen: list[Progressed] = []
    second = asyncio.create_task(pulled(environment, model, seen))
    while not seen:
        await asyncio.sleep(0.01)
    assert seen == [Progressed("waiting", 0, unit="steps")]
    assert held.go_on
    held.go_on.set()
    assert await first == await second
    assert len(fetched(hub, WEIGHTS)) == 1


async def test_a_full_disk_is_seen_before_the_first_byte(
    environment: Environment, model: Repository, hub: Hub
) -> None:
    plan = plan_of(model)
    vast = replace(plan, files=tuple(replace(f, size=10**14) for f in plan.files))
    with pytest.raises(WeightsError, match="not enough disk space") as caught:
        await pull(vast, environment, lambda _: None)
    assert "mux models fit" in caught.value.next_step
    assert hub.requests("/resolve/") == []


async def test_proxies_are_used(machine: Machine, model: Repository, hub: Hub) -> None:
    """The hub's name leads nowhere; the proxy knows the way."""
    environment = machine(
        HF_ENDPOINT="http://hub.invalid", HTTP_PROXY=hub.base_url, NO_PROXY="127.0.0.1"
    )
    plan = await look_up(model.id, environment)
    directory = await pull(plan, environment, lambda _: None)
    assert contents(directory) == promised(model)
    assert all(one.headers["host"] == "hub.invalid" for one in hub.requests("/api/"))


async def test_only_the_hub_sees_the_login_and_nobody_is_told_of_the_user(
    machine: Machine, model: Repository, hub: Hub, tmp_path: Path
) -> None:
    model.gated = True
    (tmp_path / "hf").mkdir()
    (tmp_path / "hf" / "token").write_text(hub.token)
    environment = machine(HF_HOME=str(tmp_path / "hf"))
    plan = await look_up(model.id, environment)
    await pull(plan, environment, lambda _: None)
    shown = {(one.where, "authorization" in one.headers) for one in hub.asked}
    assert shown == {("hub", True), ("store", False)}
    paths = {one.path.split("/")[1] for one in hub.asked}
    assert paths == {"api", "tiny", "store"}
    assert [one for one in hub.asked if "harness" in one.path] == []
