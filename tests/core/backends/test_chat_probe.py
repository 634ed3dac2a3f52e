"""Which models a server has, and whether it generates."""

import pytest

from mux_tui.core.backends.chat_completions import (
    Endpoint,
    ServedModel,
    list_models,
    make_client,
    probe_token,
)
from mux_tui.core.errors import BackendError
from tests.upstream import upstream


@pytest.mark.parametrize(
    ("mode", "models"),
    [
        ("ok", (ServedModel("upstream-model"),)),
        ("empty", ()),
        ("blank", ()),
        (
            "hostile",
            (ServedModel("../../etc/passwd"), ServedModel("--trust-remote-code")),
        ),
    ],
)
async def test_models_are_listed(mode: str, models: tuple[ServedModel, ...]) -> None:
    """An empty body is an empty list; ids that cannot be shown are left out."""
    async with (
        upstream(models_mode=mode) as server,
        make_client(server.base_url) as client,
    ):
        assert await list_models(client, server.base_url) == models


async def test_a_huge_list_is_cut() -> None:
    async with upstream(models_mode="huge") as server:
        async with make_client(server.base_url) as client:
            assert len(await list_models(client, server.base_url)) == 1000


@pytest.mark.parametrize(
    ("mode", "fault"),
    [
        ("html", "bad_response"),
        ("garbage", "bad_response"),
        ("500", "http_error"),
        ("hang", "stalled"),
    ],
)
async def test_what_is_no_list_is_told(mode: str, fault: str) -> None:
    async with (
        upstream(models_mode=mode) as server,
        make_client(server.base_url) as client,
    ):
        limit = 0.2 if mode == "hang" else 30
        with pytest.raises(BackendError) as caught:
            await list_models(client, server.base_url, timeout=limit)

    assert caught.value.fault == fault
    assert server.base_url in str(caught.value)


async def test_the_key_is_sent_for_the_list() -> None:
    async with upstream() as server, make_client(server.base_url) as client:
        await list_models(client, server.base_url, "the-key")

    assert server.last.headers["authorization"] == "Bearer the-key"


@pytest.mark.parametrize("mode", ["ok", "ok-empty", "ok-length", "ok-reasoning"])
async def test_one_token_proves_that_a_server_lives(mode: str) -> None:
    async with upstream(mode) as server, make_client(server.base_url) as client:
        probe = await probe_token(client, Endpoint(server.base_url, "the/model"), 30)

    assert probe.model == "the/model"
    assert 0 < probe.seconds < 30
    assert server.last.body["max_tokens"] == 1
    assert server.last.path.endswith("/chat/completions")


@pytest.mark.parametrize("mode", ["hang-before-headers", "hang-comments", "slow-drip"])
async def test_a_server_that_only_lists_models_is_not_alive(mode: str) -> None:
    """The limit is for the whole answer, whatever drips in meanwhile."""
    async with (
        upstream(mode, drip=1.0) as server,
        make_client(server.base_url) as client,
    ):
        assert await list_models(client, server.base_url)
        with pytest.raises(BackendError, match="within 0.3 s") as caught:
            await probe_token(client, Endpoint(server.base_url), 0.3)
        record = await server.ended()

    assert caught.value.fault == "stalled"
    assert record.ended == "client_gone"


async def test_a_loading_model_is_told_in_its_own_words() -> None:
    async with (
        upstream(load_seconds=60) as server,
        make_client(server.base_url) as client,
    ):
        with pytest.raises(BackendError, match="503: Loading model"):
            await probe_token(client, Endpoint(server.base_url), 5.0)
