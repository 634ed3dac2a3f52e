"""The layers, which one wins, and that each value knows its origin."""

from pathlib import Path

import pytest

from mux_tui.core.config.environment import Environment
from mux_tui.core.config.keys import keys
from mux_tui.core.config.load import load, problems_of_file
from mux_tui.core.config.origin import Origin
from mux_tui.core.config.settings import Settings
from mux_tui.core.errors import ConfigError
from tests.core.config.conftest import Setup


def test_without_any_file_the_defaults_hold(setup: Setup) -> None:
    loaded = setup.load()
    assert loaded.settings == Settings()
    assert {origin.kind for origin in loaded.origins.values()} == {"shipped"}
    assert set(loaded.origins) == set(keys())


def test_outside_of_any_directory_there_is_no_project(setup: Setup) -> None:
    setup.write_project("nonsense = 1")
    assert load(setup.environment(), None).settings == Settings()


def test_each_layer_replaces_single_values_of_those_below(setup: Setup) -> None:
    setup.write_user(
        "[limits]\ntask_bytes = 900\nanswer_bytes = 9000\n"
        "[router]\nmin_confidence = 0.1\nkeyword_threshold = 2\n"
    )
    setup.write_project("[limits]\ntask_bytes = 800\n")
    loaded = setup.load(
        {"router.keyword_threshold": 3}, MUX_ROUTER_MIN_CONFIDENCE="0.2"
    )
    assert loaded.settings.limits.answer_bytes == 9000
    assert loaded.settings.limits.task_bytes == 800
    assert loaded.settings.router.min_confidence == 0.2
    assert loaded.settings.router.keyword_threshold == 3
    assert loaded.settings.router.keywords == Settings().router.keywords
    project = str(setup.project / ".mux.toml")
    assert loaded.origins["limits.answer_bytes"] == Origin("user", str(setup.user))
    assert loaded.origins["limits.task_bytes"] == Origin("project", project)
    assert loaded.origins["router.min_confidence"] == Origin(
        "variable", "MUX_ROUTER_MIN_CONFIDENCE"
    )
    assert loaded.origins["router.keyword_threshold"] == Origin("flag", "--set")
    assert loaded.origins["router.keywords"].kind == "shipped"


def test_all_problems_of_all_layers_are_told_at_once(setup: Setup) -> None:
    setup.write_user('[server]\nport = "x"\n\n[router]\nmin_confidence = 2\n')
    setup.write_project("[server]\nport = 1\n")
    problems = setup.problems({"nope": 1}, MUX_LEDGER_STORE_PROMPTS="maybe")
    project = setup.project / ".mux.toml"
    assert problems == (
        f'{setup.user}:2: server.port = "x": must be a whole number from 0 to 65535',
        f"{setup.user}:5: router.min_confidence = 2: must be a number from 0 to 1",
        f"{project}:2: server.port may not be set by a project; "
        "it belongs in your own settings",
        'MUX_LEDGER_STORE_PROMPTS: ledger.store_prompts = "maybe": '
        "must be true or false",
        "--set: unknown setting nope",
    )


def test_one_problem_is_the_whole_error_line(setup: Setup) -> None:
    setup.write_user("[server]\nprot = 1\n")
    with pytest.raises(ConfigError) as caught:
        setup.load()
    assert str(caught.value) == (
        f"wrong setting: {setup.user}:2: unknown setting server.prot, "
        "nearest is server.port"
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[rooter]\nx = 1\n", ":1: unknown setting rooter, nearest is router"),
        (
            "min_confidence = 1\n",
            ":1: unknown setting min_confidence, nearest is router.min_confidence",
        ),
        ("router = 5\n", ":1: router is a table of settings, not a setting"),
        (
            "[router.min_confidence]\nx = 1\n",
            ":1: router.min_confidence = a table: must be a number from 0 to 1",
        ),
        (
            '["providers.local"]\nmodel = "a"\n',
            ":1: providers.local is a table of settings, not a setting",
        ),
    ],
)
def test_an_unknown_name_is_an_error_that_names_the_nearest(
    text: str, told: str, setup: Setup
) -> None:
    setup.write_user(text)
    assert setup.problems() == (f"{setup.user}{told}",)


def test_many_problems_are_counted_and_not_all_told(setup: Setup) -> None:
    """Guessing what thousands of names meant would take minutes."""
    setup.write_user("".join(f"router_{n} = 1\n" for n in range(5000)))
    problems = setup.problems()
    assert len(problems) == 51
    assert problems[-1] == "… and 4950 more"


def test_control_bytes_of_a_file_do_not_reach_the_message(setup: Setup) -> None:
    setup.write_user('"\\u001b[31mred" = 1\n')
    assert "\x1b" not in setup.problems()[0]


def test_text_for_a_flag_is_read_as_for_a_variable(setup: Setup) -> None:
    loaded = setup.load({"cloud.order": "gemini", "server.port": "80"})
    assert loaded.settings.cloud.order == ("gemini",)
    assert loaded.settings.server.port == 80


@pytest.mark.parametrize(
    "value", [True, 1.5, None, pytest.param(10**5000, id="huge"), ("a",)]
)
def test_a_flag_with_the_wrong_type_is_refused(value: object, setup: Setup) -> None:
    (problem,) = setup.problems({"server.port": value})
    assert problem.endswith("must be a whole number from 0 to 65535")
    assert len(problem) < 200


def test_any_file_can_be_checked(setup: Setup, tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    environment = setup.environment()
    assert problems_of_file(environment, other) == (f"{other}: there is no such file",)
    other.write_text("[server]\nport = 1\n")
    assert problems_of_file(environment, other) == ()


def test_a_projects_file_is_checked_as_one(setup: Setup) -> None:
    setup.write_project("[server]\nport = 1\n")
    (problem,) = problems_of_file(setup.environment(), setup.project / ".mux.toml")
    assert "may not be set by a project" in problem


def test_relative_and_missing_directories_are_no_error(
    setup: Setup, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(setup.project)
    setup.write_project("[limits]\ntask_bytes = 7\n")
    assert load(setup.environment(), Path()).settings.limits.task_bytes == 7
    gone = load(setup.environment(), setup.project / "gone" / "\0")
    assert gone.settings == Settings()


def test_settings_load_without_a_home_that_can_be_written() -> None:
    loaded = load(Environment({"HOME": "/nonexistent"}), None)
    assert loaded.settings == Settings()
