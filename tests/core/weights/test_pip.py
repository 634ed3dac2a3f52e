"""A pip is found wherever there is one, and none is an answer too."""

import sys
import venv
from collections.abc import Mapping
from pathlib import Path

import pytest

from mux_tui.core.config.environment import Environment
from mux_tui.core.weights.pip import find_pip
from tests.core.weights.conftest import Interpreter


def _program(directory: Path, name: str, script: str) -> Path:
    directory.mkdir(exist_ok=True)
    program = directory / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return program


async def test_takes_the_pip_of_its_own_interpreter(
    offline: Mapping[str, str], tmp_path: Path
) -> None:
    found = await find_pip(Environment(offline), tmp_path)

    assert found
    assert found.argv == (sys.executable, "-m", "pip")


async def test_takes_the_pip_on_path_when_the_interpreter_has_none(
    offline: Mapping[str, str], tmp_path: Path, broken_python: str
) -> None:
    pip = _program(tmp_path / "bin", "pip3", f'exec "{sys.executable}" -m pip "$@"')
    variables = {**offline, "PATH": str(tmp_path / "bin")}
    found = await find_pip(Interpreter(variables, broken_python), tmp_path)

    assert found
    assert found.argv == (str(pip),)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({}, {}),
        ({"UV_DEFAULT_INDEX": "https://a.test/simple"}, "https://a.test/simple"),
        ({"UV_DEFAULT_INDEX": "ours=https://a.test/s?x=1"}, "https://a.test/s?x=1"),
        ({"UV_INDEX_URL": "https://a.test/s?x=1"}, "https://a.test/s?x=1"),
        ({"UV_INDEX_URL": "https://a.test", "PIP_INDEX_URL": "https://b.test"}, {}),
    ],
)
async def test_asks_uv_for_a_pip_and_names_it_the_index_uv_knows(
    tmp_path: Path,
    broken_python: str,
    told: Mapping[str, str],
    expected: str | Mapping[str, str],
) -> None:
    uv = _program(tmp_path / "bin", "uv", 'test "$*" = "tool run pip --version"')
    variables = {**told, "PATH": str(tmp_path / "bin")}
    found = await find_pip(Interpreter(variables, broken_python), tmp_path)

    assert found
    assert found.argv == (str(uv), "tool", "run", "pip")
    index = {"PIP_INDEX_URL": expected} if isinstance(expected, str) else expected
    assert found.variables == index


async def test_none_anywhere_is_none(tmp_path: Path, broken_python: str) -> None:
    nowhere = Interpreter({"PATH": str(tmp_path / "empty")}, broken_python)

    assert await find_pip(nowhere, tmp_path) is None


@pytest.mark.slow
async def test_unpacks_pythons_own_pip_when_there_is_no_other(
    offline: Mapping[str, str], tmp_path: Path
) -> None:
    """An environment made by uv has no pip, but its Python carries one."""
    venv.create(tmp_path / "bare", with_pip=False)
    python = str(tmp_path / "bare" / "bin" / "python")
    variables = {**offline, "PATH": str(tmp_path / "empty")}
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    found = await find_pip(Interpreter(variables, python), scratch)

    assert found
    assert Path(found.argv[0]).is_relative_to(scratch)
