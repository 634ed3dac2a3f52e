"""How Claude Code is started: profile, variables, command."""

from pathlib import Path

import pytest

from mux_tui.core.config.settings import Proxy, Settings
from mux_tui.core.errors import EnvironmentProblem
from mux_tui.core.proxy.claude_code import client_command, find_client, version_in
from mux_tui.core.proxy.client_environment import client_environment, max_tokens_of
from mux_tui.core.proxy.profile import PROFILES, arguments_of, choose_profile
from mux_tui.core.proxy.translate.facts import ModelTraits, Tier


def model(
    tier: Tier = "small", window: int | None = 32_768, rate: float | None = None
) -> ModelTraits:
    """A model of this size and speed."""
    return ModelTraits(
        "default_model", "some-model", tier, context_window=window, prefill_rate=rate
    )


@pytest.mark.parametrize(
    ("traits", "name"),
    [
        (model("large", 262_144, 1500), "full"),
        (model("medium", 131_072, 800), "full"),
        (model("medium", 32_768, 400), "core"),
        (model("small", 8192, 160), "core"),
        (model("small", 8192, 60), "bare"),
        (model("small", 4096, 5000), "bare"),
        (model("large", None), "core"),
        (None, "core"),
    ],
)
def test_the_profile_is_the_richest_that_can_be_held_and_read(
    traits: ModelTraits | None, name: str
) -> None:
    chosen = choose_profile(traits, Proxy())
    assert chosen.name == name
    assert chosen.sentence.startswith(f"{name}: ")


def test_a_profile_that_is_asked_for_is_used() -> None:
    tiny = model("small", 2048, 1)
    assert choose_profile(tiny, Proxy(profile="full")).name == "full"


def test_an_answer_leaves_room_for_the_prompt() -> None:
    assert max_tokens_of(model("small", 2048), Proxy()) == 1024
    assert max_tokens_of(model("large", None), Proxy()) == 8192


def test_the_client_is_told_the_model_wherever_it_would_name_one() -> None:
    told = client_environment("http://127.0.0.1:1", "tok", model(), Proxy())
    named = {name for name, value in told.items() if value == "some-model"}
    assert named == {
        "ANTHROPIC_MODEL",
        "ANTHROPIC_SMALL_FAST_MODEL",
        "ANTHROPIC_DEFAULT_HAIKU_MODEL",
        "ANTHROPIC_DEFAULT_SONNET_MODEL",
        "ANTHROPIC_DEFAULT_OPUS_MODEL",
        "CLAUDE_CODE_SUBAGENT_MODEL",
    }
    assert told["CLAUDE_CODE_ATTRIBUTION_HEADER"] == "0"
    assert told["CLAUDE_CODE_MAX_CONTEXT_TOKENS"] == "32768"


def test_with_relay_the_client_s_own_login_is_left_in_place() -> None:
    alone = client_environment("http://127.0.0.1:1", "tok", None, Proxy())
    relayed = client_environment("http://127.0.0.1:1", "tok", None, Proxy(relay=True))
    assert alone["ANTHROPIC_AUTH_TOKEN"] == "tok"
    assert "ANTHROPIC_AUTH_TOKEN" not in relayed
    for told in (alone, relayed):
        assert told["ANTHROPIC_CUSTOM_HEADERS"] == "X-Mux-Token: tok"


def test_the_user_s_arguments_come_last_and_untouched() -> None:
    command = client_command(
        Path("/bin/claude"),
        PROFILES["core"],
        {"HOME": "/h", "ANTHROPIC_API_KEY": "k", "NO_PROXY": "intern"},
        {"ANTHROPIC_BASE_URL": "u", "NO_PROXY": "127.0.0.1"},
        ["-p", "--", "x y"],
        relay=False,
    )
    assert command.argv[-3:] == ("-p", "--", "x y")
    assert command.argv[1] == "--tools"
    assert "ANTHROPIC_API_KEY" not in command.environment
    assert command.environment["NO_PROXY"] == "intern,127.0.0.1"


def test_a_person_keeps_the_client_s_own_commands() -> None:
    """`/exit` and `/compact` are commands; a script has no use for their list."""
    off = "--disable-slash-commands"
    assert off not in arguments_of(PROFILES["core"], [])
    assert off in arguments_of(PROFILES["core"], ["-p", "hi"])
    assert off not in arguments_of(PROFILES["full"], ["-p", "hi"])


async def test_a_missing_client_is_said_with_the_line_that_installs_it(
    tmp_path: Path,
) -> None:
    with pytest.raises(EnvironmentProblem, match="npm install -g") as caught:
        await find_client(Settings(), {"PATH": str(tmp_path)})
    assert caught.value.what == "Claude Code is not there"


async def test_a_client_that_is_too_old_is_said(tmp_path: Path) -> None:
    program = tmp_path / "claude"
    program.write_text("#!/bin/sh\necho '1.0.83 (Claude Code)'\n")
    program.chmod(0o755)
    with pytest.raises(EnvironmentProblem, match="too old"):
        await find_client(Settings(), {"PATH": f"{tmp_path}:/usr/bin:/bin"})


def test_versions_are_read_out_of_what_the_client_prints() -> None:
    assert version_in("2.1.197 (Claude Code)") == (2, 1, 197)
    assert version_in("no number") is None
