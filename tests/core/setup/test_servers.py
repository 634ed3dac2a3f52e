"""Servers that run already: found without loading a model, and told what they are."""

import socket

import pytest

from mux_tui.core.setup.servers import Usual, find_servers
from tests.upstream import upstream


async def test_a_server_is_found_with_its_models_and_asked_for_no_token() -> None:
    async with upstream(model="coder\x1b:7b") as up:
        (found,) = await find_servers((Usual("Ollama", up.port),))
        assert (found.name, found.base_url) == ("Ollama", up.base_url)
        assert found.usable
        assert all(record.path.endswith("/models") for record in up.log)
    async with upstream(model="coder:7b") as up:
        (found,) = await find_servers((Usual("Ollama", up.port),))
        assert found.models == ("coder:7b",)


async def test_nobody_there_is_no_problem() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        (found,) = await find_servers((Usual("vLLM", bound.getsockname()[1]),))
    assert (found.answers, found.usable, found.problem) == (False, False, "")


async def test_our_own_server_is_no_find() -> None:
    async with upstream() as up:
        assert await find_servers((Usual("x", up.port),), own=up.base_url) == ()


@pytest.mark.parametrize("mode", ["html", "garbage", "500", "hang", "huge"])
async def test_what_answers_and_is_no_model_server_cannot_be_taken(mode: str) -> None:
    async with upstream(models_mode=mode) as up:
        (found,) = await find_servers((Usual("x", up.port),))
    assert found.answers
    if mode != "huge":
        assert found.problem
        assert not found.usable


async def test_a_server_that_wants_a_key_says_so() -> None:
    async with upstream(api_key="s3cret") as up:
        (found,) = await find_servers((Usual("x", up.port),))
    assert found.answers
    assert found.usable == (not found.problem)
