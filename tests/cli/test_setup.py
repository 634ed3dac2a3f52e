"""`mux setup` with a server that is there, one that is not, and without a terminal."""

from pathlib import Path

import pytest

from tests.cli.muxing import World, model_server


def test_an_endpoint_is_tried_before_it_is_saved(world: World) -> None:
    with model_server() as url:
        ended = world.mux(
            "setup", "--endpoint", url.removesuffix("/v1"), "--yes", "--json"
        )
        assert ended.code == 0
        document = ended.document
        assert (document["schema"], document["status"]) == ("mux.setup/2", "done")
        assert document["chosen"]["model"]["base_url"] == url
        assert document["measured"]["model_id"] == "upstream-model"
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
    assert world.mux("setup", "--model", "model", "--no-serve").code == 0
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


def config(world: World) -> Path:
    return world.home / "mux" / "config" / "config.toml"


def files(world: World) -> list[str]:
    """Every file in the world's home."""
    found = (path for path in world.home.rglob("*") if path.is_file())
    return sorted(str(path.relative_to(world.home)) for path in found)


def test_every_option_is_a_choice_that_settings_then_hold(world: World) -> None:
    options = "--permission ask --order codex,claude --tiers local,local,claude-opus-5"
    ended = world.mux("setup", "--cloud-only", *options.split(), "--context", "8192")
    assert ended.code == 0, ended.err
    assert "proxy.relay is switched on" in ended.err
    text = config(world).read_text()
    for line in (
        'permission = "ask"',
        'order = ["codex", "claude"]',
        'tier_high = "claude-opus-5"',
        "relay = true",
        "context_window = 8192",
    ):
        assert line in text
    assert world.mux("config", "validate").code == 0


def test_a_dry_run_shows_the_change_and_writes_nothing(world: World) -> None:
    with model_server() as url:
        shown = world.mux("setup", "--endpoint", url, "--dry-run")
    assert shown.code == 0
    assert f'+base_url = "{url}"' in shown.out
    assert files(world) == []
    starter = world.mux("setup", "--starter", "--dry-run", "--json").document
    assert starter["status"] == "planned"
    assert starter["planned"]["files"][0]["new"]
    assert starter["found"]["recommended"]["sentence"]
    assert starter["download"]["missing"] == 92_871_040
    assert files(world) == []


def test_again_nothing_is_left_to_write(world: World) -> None:
    assert world.mux("setup", "--cloud-only", "--permission", "ask").code == 0
    before = config(world).read_bytes()
    again = world.mux("setup", "--cloud-only", "--dry-run")
    assert "nothing to write" in again.out
    assert world.mux("setup", "--cloud-only", "--yes").code == 0
    assert config(world).read_bytes() == before


def test_a_failure_is_a_document_with_ways_on(world: World) -> None:
    ended = world.mux("setup", "--endpoint", "http://127.0.0.1:9", "--json")
    assert (ended.code, ended.err.count("\n")) == (3, 1)
    document = ended.document
    assert (document["status"], document["step"]) == ("failed", "serve")
    failure = document["failure"]
    assert failure["next_step"]
    assert "cloud_only" in [way["action"] for way in failure["ways"]]
    assert document["written"] == []
    assert files(world) == []


def test_without_a_hub_the_suggested_model_gives_way_and_a_named_one_does_not(
    world: World,
) -> None:
    world.variables["HF_ENDPOINT"] = "http://127.0.0.1:9"
    named = world.mux("setup", "--model", "a/b", "--yes", "--json")
    assert named.code == 3
    assert named.document["failure"]["fault"] == "unreachable"
    assert files(world) == []


@pytest.mark.parametrize(
    "options",
    [
        "--starter --cloud-only",
        "--starter --model a/b",
        "--cloud-only --model a/b",
        "--cloud-only --mcp everybody",
        "--cloud-only --order claude,claude",
        "--cloud-only --tiers local",
        "--cloud-only --context many",
        "--cloud-only --permission maybe",
        "--cloud-only --api-key-env KEY",
        "--model a/b/c",
        "--json",
    ],
)
def test_what_does_not_fit_together_is_a_usage_error(
    options: str, world: World
) -> None:
    ended = world.mux("setup", *options.split())
    assert (ended.code, ended.err.count("\n")) == (2, 1)
    assert files(world) == []


def test_mux_is_registered_by_each_clis_own_command(cloudy: World) -> None:
    shown = cloudy.mux("setup", "--cloud-only", "--mcp", "claude,codex", "--dry-run")
    assert "run: claude mcp add mux -s user" in shown.out
    ended = cloudy.mux("setup", "--cloud-only", "--mcp", "claude,codex", "--json")
    assert ended.code == 0, ended.err
    assert cloudy.clis
    ran = [
        (call["name"], call["argv"][:3])
        for call in cloudy.clis.calls
        if call["argv"][:1] == ["mcp"]
    ]
    assert ran == [
        ("claude", ["mcp", "add", "mux"]),
        ("codex", ["mcp", "add", "mux"]),
    ]
    assert [part["ok"] for part in ended.document["written"]] == [True, True, True]


def test_a_cli_that_is_not_there_is_no_obstacle(world: World) -> None:
    ended = world.mux("setup", "--cloud-only", "--mcp", "gemini")
    assert ended.code == 0
    assert "mux is not registered in gemini" in ended.err
    assert config(world).exists()


def test_what_could_not_be_registered_is_told_with_what_was_written(
    cloudy: World,
) -> None:
    assert cloudy.clis
    cloudy.clis.say("crash")
    ended = cloudy.mux("setup", "--cloud-only", "--mcp", "codex")
    assert ended.code == 3
    assert f"done: {config(cloudy)}" in ended.err
    assert config(cloudy).exists()


def test_settings_that_are_broken_have_to_be_mended_first(world: World) -> None:
    config(world).parent.mkdir(parents=True)
    config(world).write_text("[router\n")
    ended = world.mux("setup", "--cloud-only")
    assert (ended.code, ended.err.count("\n")) == (2, 1)
    assert config(world).read_text() == "[router\n"
