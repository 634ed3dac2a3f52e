"""Only what mux downloaded is removed, and only when nobody is at it."""

import pytest

from mux_tui.core.config.environment import Environment
from mux_tui.core.errors import UsageError, WeightsError
from mux_tui.core.file_lock import held
from mux_tui.core.weights.hub import place
from mux_tui.core.weights.hub.name import HubName
from mux_tui.core.weights.hub.remove import removable, remove
from tests.core.weights.hub.conftest import pulled
from tests.hub.repository import NEEDED, Repository


async def test_an_installed_model_is_removed(
    environment: Environment, model: Repository
) -> None:
    directory = await pulled(environment, model)
    paths = environment.paths
    found = removable(model.id, paths)
    assert found.directories == (directory,)
    assert found.bytes > sum(map(model.size, NEEDED))
    await remove(found, paths)
    assert [path.name for path in paths.models.iterdir()] == [".tiny--Model-4bit.lock"]


async def test_what_an_unfinished_download_left_is_removed(
    environment: Environment, model: Repository
) -> None:
    paths = environment.paths
    part = place.partial(HubName.parse(model.id), paths)
    part.mkdir(parents=True)
    (part / "model.safetensors").write_bytes(b"12345")
    found = removable(model.id, paths)
    assert (found.directories, found.bytes) == ((part,), 5)
    await remove(found, paths)
    assert place.unfinished(paths) == ()


async def test_a_directory_of_the_users_own_is_none_of_ours(
    environment: Environment,
) -> None:
    mine = environment.paths.models / "Model-4bit"
    mine.mkdir(parents=True)
    with pytest.raises(UsageError, match="did not download it"):
        removable("tiny/Model-4bit", environment.paths)


async def test_what_is_being_downloaded_stays(
    environment: Environment, model: Repository
) -> None:
    directory = await pulled(environment, model)
    paths = environment.paths
    async with held(place.lock(HubName.parse(model.id), paths)):
        with pytest.raises(WeightsError, match="being downloaded"):
            await remove(removable(model.id, paths), paths)
    assert directory.is_dir()
