"""`mux setup` with the real starter: headless to a first answer, and left half way."""

import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.muxing import World
from tests.cli.test_questions import terminal

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]


@pytest.fixture
def world(starter_model: Path, model_cache: Path, tmp_path: Path) -> Iterator[World]:
    """An empty home, but for what was fetched once for all tests."""
    home = tmp_path / "home"
    (home / "mux").mkdir(parents=True)
    (home / "mux" / "cache").symlink_to(model_cache / "cache")
    world = World(home)
    yield world
    world.mux("server", "stop")


def files(world: World) -> list[str]:
    """Every file of mux's, but for the models."""
    found = (path for path in world.home.rglob("*") if path.is_file())
    return sorted(str(path.relative_to(world.home)) for path in found)


def test_headless_it_ends_with_a_model_that_answers(world: World) -> None:
    ended = world.mux("setup", "--yes", "--starter", "--json", limit=200)
    assert ended.code == 0, ended.err
    document = ended.document
    assert (document["schema"], document["status"]) == ("mux.setup/2", "done")
    assert document["chosen"]["model"]["kind"] == "starter"
    proof = document["measured"]
    assert proof["started"]
    assert proof["reply"]
    assert proof["context_window"] == 8192
    assert proof["speed"]["reading"] > 0
    assert proof["speed"]["writing"] > 0
    assert document["found"]["hardware"]["ram"]["value"] > 0
    assert "mux/config/config.toml" in files(world)

    listed = world.mux("models", "list", "--json").document["models"]
    assert [one["configured"] for one in listed] == [True]
    answered = world.mux("run", "Say hello in one sentence.", "--json", limit=120)
    assert answered.finished["attempts"][0]["route"] == "local"
    again = world.mux("setup", "--starter", "--no-serve", "--dry-run")
    assert "nothing to write" in again.out


def test_ctrl_c_while_the_model_is_tried_leaves_neither_files_nor_server(
    world: World,
) -> None:
    with world.start("setup", "--yes", "--starter") as process:
        assert process.stderr
        for line in process.stderr:
            if "server" in line and "process" in line:
                break
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert process.returncode == 130
    assert files(world) == []
    assert world.mux("server", "status", "--json").document["state"] == "stopped"


def test_ctrl_c_while_the_server_starts_leaves_neither_files_nor_server(
    world: World,
) -> None:
    with terminal(world, "setup", "--yes", "--starter") as mux:
        mux.until("model server starting", 60)
        mux.process.send_signal(signal.SIGINT)
        assert mux.ended() == 130
    assert files(world) == []
    assert world.mux("server", "status", "--json").document["state"] == "stopped"


def test_ctrl_c_during_the_starters_download_leaves_only_what_is_fetched(
    world: World,
) -> None:
    (world.home / "mux" / "cache").unlink()
    with terminal(world, "setup", "--starter") as mux:
        mux.until("[Y/n]", 60)
        mux.type("\n")
        mux.until("fetching", 60)
        mux.process.send_signal(signal.SIGINT)
        assert mux.ended() == 130
    assert [name for name in files(world) if not name.startswith("mux/cache/")] == []
    shutil.rmtree(world.home / "mux" / "cache")
