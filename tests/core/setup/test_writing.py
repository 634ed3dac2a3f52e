"""What is written at the end: shown before, and told truly after."""

import os
from pathlib import Path

import pytest

from mux_tui.core.backends.login import CliStatus
from mux_tui.core.config.environment import Environment
from mux_tui.core.config.load import load
from mux_tui.core.errors import ConfigError
from mux_tui.core.setup.choices import Choices, ModelChoice, Tiers
from mux_tui.core.setup.facts import ConnectFound, FoundCli
from mux_tui.core.setup.writing import SetupPlan, Situation, carry_out, plan_setup
from mux_tui.core.task import Route
from tests.core.machine.files import write_model
from tests.core.setup.conftest import PlayedRegistrar

URL = "http://127.0.0.1:11434/v1"
SERVED = ModelChoice("server", "q:7b", URL, "KEY")


def planned(
    environment: Environment,
    choices: Choices,
    present: Choices | None = None,
    **more: object,
) -> SetupPlan:
    paths = environment.paths
    now = Situation(
        paths.config_file,
        paths,
        present or Choices(),
        relay=False,
        variables=environment.variables,
        **more,  # pyright: ignore[reportArgumentType]
    )
    return plan_setup(choices, now, PlayedRegistrar())


async def written(
    environment: Environment, choices: Choices, present: Choices | None = None
) -> str:
    plan = planned(environment, choices, present)
    assert not environment.paths.config_file.exists() or present
    carried = await carry_out(plan, PlayedRegistrar())
    assert carried.ok
    return environment.paths.config_file.read_text()


async def test_a_new_file_says_who_wrote_it_and_what_may_leave(
    environment: Environment,
) -> None:
    text = await written(environment, Choices(ModelChoice("cloud")))
    assert text.startswith("# Written by `mux setup`")
    assert text.endswith('[cloud]\npermission = "allow"\n')
    assert environment.paths.config_file.stat().st_mode & 0o777 == 0o600


async def test_what_is_chosen_is_what_settings_then_say(
    environment: Environment,
) -> None:
    choices = Choices(
        SERVED,
        context=8192,
        permission="ask",
        order=("codex", "claude"),
        tiers=Tiers("local", "local", "claude-opus-5"),
    )
    await written(environment, choices)
    settings = load(environment, None).settings
    local = settings.providers.local
    assert (local.base_url, local.model, local.api_key_env) == (URL, "q:7b", "KEY")
    assert local.context_window == 8192
    assert settings.cloud.permission == "ask"
    assert settings.cloud.order == ("codex", "claude")
    assert (settings.proxy.tier_high, settings.proxy.relay) == ("claude-opus-5", True)


async def test_another_model_leaves_nothing_of_the_old_one(
    environment: Environment,
) -> None:
    await written(environment, Choices(SERVED, context=8192))
    file = environment.paths.config_file
    file.write_text(f"# mine\n{file.read_text()}\n[ui]\n# keep\n")
    write_model(environment.paths.models / "mine")
    mine = Choices(ModelChoice("directory", "mine"))
    text = await written(environment, mine, Choices(SERVED, context=8192))
    local = load(environment, None).settings.providers.local
    assert (local.base_url, local.model, local.api_key_env) == ("", "mine", "")
    assert local.context_window == 0
    assert text.startswith("# mine")
    assert "# keep" in text


def test_what_settings_say_already_is_not_written_again(
    environment: Environment,
) -> None:
    environment.paths.config_dir.mkdir(parents=True)
    environment.paths.config_file.write_text("# nothing\n")
    same = Choices(SERVED, context=5)
    assert planned(environment, same, same).changes_nothing


def test_a_model_that_did_not_come_is_not_named(environment: Environment) -> None:
    plan = planned(environment, Choices(ModelChoice("hub", "a/b")))
    assert "a/b is not on this machine" in plan.notes[0]
    (file,) = plan.files
    assert "a/b" not in "\n".join(file.diff)
    as_if = planned(environment, Choices(ModelChoice("hub", "a/b")), as_if_here=True)
    assert '+model = "b"' in as_if.files[0].diff


def test_a_model_that_nobody_saw_answer_is_told(environment: Environment) -> None:
    told = "q:7b at http://127.0.0.1:11434/v1 was not tried"
    assert told in planned(environment, Choices(SERVED)).notes
    same = planned(environment, Choices(SERVED), Choices(SERVED))
    assert told not in same.notes


def test_a_variable_that_wins_is_told(environment: Environment) -> None:
    told = Environment({**environment.variables, "MUX_CLOUD_PERMISSION": "never"})
    plan = planned(told, Choices(permission="ask"))
    assert any("MUX_CLOUD_PERMISSION is set" in note for note in plan.notes)


def test_a_broken_file_is_not_written_over(environment: Environment) -> None:
    environment.paths.config_dir.mkdir(parents=True)
    environment.paths.config_file.write_text("[router\n")
    with pytest.raises(ConfigError):
        planned(environment, Choices(SERVED))


def found(route: Route, here: Path | None) -> FoundCli:
    status = CliStatus(here, None, None, "")
    return FoundCli(route, status, "install it", "log in", "add" if here else "")


async def test_what_could_not_be_done_is_told_with_what_was(
    environment: Environment,
) -> None:
    connect = ConnectFound(
        (
            found("claude", Path("/bin/claude")),
            found("codex", Path("/bin/codex")),
            found("gemini", None),
        )
    )
    choices = Choices(mcp=("claude", "codex", "gemini"))
    plan = planned(environment, choices, connect=connect)
    assert [one.route for one in plan.commands] == ["claude", "codex"]
    assert any("gemini, which is not installed" in note for note in plan.notes)
    registrar = PlayedRegistrar(refuses=("claude",))
    carried = await carry_out(plan, registrar)
    assert [part.ok for part in carried.parts] == [True, False, True]
    assert carried.parts[1].what == "claude mcp add mux"
    assert "would not register mux: it is shut" in carried.parts[1].problem
    assert registrar.registered == ["codex"]


async def test_without_a_file_nothing_else_is_tried(environment: Environment) -> None:
    plan = planned(environment, Choices(mcp=("claude",)))
    environment.paths.config_dir.parent.mkdir(parents=True)
    os.mkfifo(environment.paths.config_dir)
    registrar = PlayedRegistrar()
    carried = await carry_out(plan, registrar)
    assert [part.ok for part in carried.parts] == [False, False]
    assert carried.parts[0].problem
    assert "not tried" in carried.parts[1].problem
    assert registrar.registered == []


async def test_a_file_that_somebody_changed_meanwhile_is_left_alone(
    environment: Environment,
) -> None:
    plan = planned(environment, Choices(SERVED))
    environment.paths.config_dir.mkdir(parents=True)
    environment.paths.config_file.write_text("# somebody else\n")
    carried = await carry_out(plan, PlayedRegistrar())
    assert not carried.ok
    assert environment.paths.config_file.read_text() == "# somebody else\n"
