"""What the settings say, as choices."""

from pathlib import Path

import pytest

from mux_tui.core.config.environment import Environment
from mux_tui.core.config.settings import (
    Cloud,
    LocalProvider,
    Providers,
    Proxy,
    Settings,
)
from mux_tui.core.errors import UsageError
from mux_tui.core.setup.choices import (
    Choices,
    ModelChoice,
    Tiers,
    choices_of,
    with_model,
)
from mux_tui.core.setup.first import is_first_run
from mux_tui.core.setup.whereabouts import directory_of, model_named, setting_of
from tests.core.machine.files import write_model

URL = "http://127.0.0.1:11434/v1"


def local(**settings: object) -> Settings:
    provider = LocalProvider(**settings)  # pyright: ignore[reportArgumentType]
    return Settings(providers=Providers(local=provider))


@pytest.mark.parametrize(
    ("settings", "here", "model"),
    [
        (Settings(), False, ModelChoice()),
        (Settings(), True, ModelChoice("starter")),
        (local(model="mine"), True, ModelChoice("directory", "mine")),
        (local(base_url=URL), True, ModelChoice("server", "", URL)),
        (
            local(base_url=URL, model="q", api_key_env="KEY"),
            False,
            ModelChoice("server", "q", URL, "KEY"),
        ),
    ],
)
def test_the_settings_are_the_first_choices(
    settings: Settings, here: bool, model: ModelChoice
) -> None:
    assert choices_of(settings, starter_is_here=here).model == model


def test_everything_else_is_taken_over_too() -> None:
    settings = Settings(
        cloud=Cloud("ask", ("codex",)),
        proxy=Proxy(tier_low="local", tier_medium="haiku", tier_high="opus"),
    )
    choices = choices_of(settings)
    assert (choices.permission, choices.order) == ("ask", ("codex",))
    assert choices.tiers == Tiers("local", "haiku", "opus")
    assert not choices.tiers.all_here


def test_a_context_goes_with_the_model_that_it_was_meant_for() -> None:
    present = Choices(ModelChoice("directory", "old"), context=4096)
    other = with_model(present, ModelChoice("starter"), present)
    assert other.context == 0
    assert with_model(other, present.model, present) == present


def test_what_is_typed_finds_its_model(environment: Environment) -> None:
    paths, base = environment.paths, environment.paths.cache_dir
    write_model(paths.models / "mine")
    write_model(base / "near")
    typed = {
        "http://127.0.0.1:11434": ModelChoice("server", base_url=URL),
        "localhost:11434/v1/": ModelChoice(
            "server", base_url="http://localhost:11434/v1"
        ),
        "mine": ModelChoice("directory", "mine"),
        " near ": ModelChoice("directory", str(base / "near")),
        "a/b": ModelChoice("hub", "a/b"),
        "smollm2-135m-instruct": ModelChoice("starter"),
        "Qwen3.5-4B-4bit": ModelChoice("hub", "mlx-community/Qwen3.5-4B-4bit"),
    }
    for text, model in typed.items():
        assert model_named(text, base, paths) == model, text


@pytest.mark.parametrize("text", ["", ".", "~nobody/x", "x" * 300, "a/b/c", "a b", "/"])
def test_what_can_be_no_model_is_refused(text: str, environment: Environment) -> None:
    with pytest.raises(UsageError):
        model_named(text, environment.paths.cache_dir, environment.paths)


def test_where_a_model_is_and_what_the_settings_call_it(
    environment: Environment,
) -> None:
    paths = environment.paths
    mine = write_model(paths.models / "mine")
    elsewhere = write_model(paths.cache_dir / "elsewhere")
    named = ModelChoice("directory", "mine")
    assert (directory_of(named, paths), setting_of(named, paths)) == (mine, "mine")
    far = ModelChoice("directory", str(elsewhere))
    assert setting_of(far, paths) == str(elsewhere)
    gone = ModelChoice("hub", "owner/Name")
    assert (directory_of(gone, paths), setting_of(gone, paths)) == (None, None)
    assert setting_of(gone, paths, as_if_here=True) == "Name"
    assert setting_of(ModelChoice("starter"), paths, as_if_here=True) == ""


def test_a_machine_is_new_until_something_says_how_mux_works(
    tmp_path: Path, environment: Environment
) -> None:
    assert is_first_run(environment)
    told = {**environment.variables, "MUX_PROVIDERS_LOCAL_BASE_URL": URL}
    assert not is_first_run(Environment(told))
    environment.paths.config_dir.mkdir(parents=True)
    assert is_first_run(environment)
    environment.paths.config_file.touch()
    assert not is_first_run(environment)
