"""`mux setup` with a server that is there, one that is not, and without a terminal."""

import pytest

from tests.cli.muxing import World, model_server


def test_an_endpoint_is_tried_before_it_is_saved(world: World) -> None:
    with model_server() as url:
        ended = world.mux(
            "setup", "--endpoint", url.removesuffix("/v1"), "--yes", "--json"
        )
        assert ended.code == 0
        document = ended.document
        assert (document["schema"], document["kind"]) == ("mux.setup/1", "endpoint")
        assert document["endpoint"] == url
        got = world.mux("config", "get", "providers.local.base_url")
        assert got.out.strip().strip('"') == url
        assert world.mux("run", "What is this?").code == 0


def test_a_server_that_does_not_answer_is_not_saved(world: World) -> None:
    ended = world.mux("setup", "--endpoint", "http://127.0.0.1:9")
    assert ended.code == 3
    assert not (world.home / "mux" / "config" / "config.toml").exists()


def test_what_is_no_model_server_is_named(world: World) -> None:
    with model_server("ok", "--models-mode", "html") as url:
        ended = world.mux("setup", "--endpoint", url)
    assert (ended.code, ended.out, ended.err.count("\n")) == (3, "", 1)


def test_an_address_that_is_none_is_a_usage_error(world: World) -> None:
    for url in ("ftp://x", "nonsense://", "http://"):
        assert world.mux("setup", "--endpoint", url).code == 2


def test_nothing_named_is_a_usage_error(world: World) -> None:
    ended = world.mux("setup")
    assert ended.code == 2
    assert "--starter" in ended.err


def test_without_a_terminal_the_starter_wants_a_yes(world: World) -> None:
    ended = world.mux("setup", "--starter")
    assert ended.code == 2
    assert "--yes" in ended.err


def test_a_directory_without_a_model_is_refused(world: World) -> None:
    ended = world.mux("setup", "--model", ".")
    assert (ended.code, ended.err.count("\n")) == (2, 1)


@pytest.mark.parametrize("model", ["~nobody-at-all/model", "x" * 300])
def test_a_directory_that_cannot_be_is_said_in_one_line(
    world: World, model: str
) -> None:
    ended = world.mux("setup", "--model", model)
    assert (ended.code, ended.err.count("\n")) == (2, 1)
    assert "no such directory" in ended.err


def test_a_model_directory_is_used_by_name(world: World) -> None:
    model = world.home / "model"
    model.mkdir()
    (model / "config.json").write_text('{"max_position_embeddings": 1000}')
    refused = world.mux("setup", "--model", "model")
    assert (refused.code, "no *.safetensors in it" in refused.err) == (2, True)
    (model / "model.safetensors").touch()
    assert world.mux("setup", "--model", "model").code == 0
    local = world.mux("status", "--json").document["local"]
    assert (local["status"], local["context_window"]) == ("startable", 1000)


def test_a_server_that_wants_a_key_says_how_to_give_it(world: World) -> None:
    """It lists its models to everybody, and refuses to answer."""
    with model_server("ok", "--api-key", "s3cret") as url:
        refused = world.mux("setup", "--endpoint", url)
        world.variables["KEY"] = "s3cret"
        taken = world.mux("setup", "--endpoint", url, "--api-key-env", "KEY")
    assert (refused.code, "--api-key-env NAME" in refused.err) == (3, True)
    assert taken.code == 0
