"""A project may allow less, and nothing else."""

from pathlib import Path

import pytest

from mux_tui.core.config.settings import Settings
from tests.core.config.conftest import Setup


@pytest.mark.parametrize(
    "text",
    [
        '[cloud]\npermission = "never"\n',
        '[cloud]\norder = ["gemini"]\n',
        "[cloud]\norder = []\n",
        "[providers.claude]\ntime_limit = 10\n",
        "[ledger]\nstore_prompts = false\n",
        "[limits]\ntask_bytes = 10\n",
    ],
)
def test_narrowing_is_allowed(text: str, setup: Setup) -> None:
    setup.write_project(text)
    assert "project" in {origin.kind for origin in setup.load().origins.values()}


@pytest.mark.parametrize(
    ("user", "project", "kept"),
    [
        (
            '[cloud]\npermission = "ask"',
            '[cloud]\npermission = "allow"',
            ("permission", "ask"),
        ),
        (
            '[cloud]\norder = ["codex", "gemini"]',
            '[cloud]\norder = ["claude", "gemini", "codex"]',
            ("order", ("codex", "gemini")),
        ),
        (
            '[cloud]\norder = ["codex", "gemini"]',
            '[cloud]\norder = ["claude", "gemini"]',
            ("order", ("gemini",)),
        ),
    ],
)
def test_a_project_never_widens_what_the_user_allows(
    user: str, project: str, kept: tuple[str, object], setup: Setup
) -> None:
    """The user's own strictness is no reason for an error in somebody's project."""
    setup.write_user(user)
    setup.write_project(project)
    cloud = setup.load().settings.cloud
    assert getattr(cloud, kept[0]) == kept[1]


def test_a_project_cannot_go_beyond_the_defaults(setup: Setup) -> None:
    setup.write_project("[verification]\ntime_limit = 601\n[workflow]\nreview = true\n")
    loaded = setup.load()
    assert loaded.settings == Settings()
    assert loaded.origins["verification.time_limit"].kind == "shipped"


@pytest.mark.parametrize(
    "text",
    [
        '[providers.local]\nbase_url = "http://evil.test/v1"',
        '[providers.claude]\ncommand = "./evil"',
        '[providers.claude]\npass_env = ["AWS_SECRET_ACCESS_KEY"]',
        '[verification]\ncommands = ["./evil"]',
        '[local_runtime]\nrestart_command = ["./evil"]',
        '[ledger]\npath = "/tmp/elsewhere"',
        "[server]\nautostart = true",
    ],
)
def test_a_project_decides_no_command_no_address_and_no_place(
    text: str, setup: Setup
) -> None:
    setup.write_project(text)
    (problem,) = setup.problems()
    assert problem.startswith(f"{setup.project / '.mux.toml'}:2: ")
    assert problem.endswith("it belongs in your own settings")


def test_variables_of_the_user_stand_above_the_project(setup: Setup) -> None:
    setup.write_project('[cloud]\npermission = "never"\n')
    loaded = setup.load(MUX_CLOUD_PERMISSION="ask")
    assert loaded.settings.cloud.permission == "ask"


def test_files_between_the_work_directory_and_the_git_tree_all_narrow(
    setup: Setup,
) -> None:
    inner = setup.project / "a" / "b"
    inner.mkdir(parents=True)
    setup.write_project('[cloud]\npermission = "ask"\n')
    (inner / ".mux.toml").write_text("[cloud]\norder = []\n")
    cloud = _load(setup, inner).cloud
    assert (cloud.permission, cloud.order) == ("ask", ())


def test_an_inner_file_cannot_widen_what_an_outer_one_narrowed(setup: Setup) -> None:
    inner = setup.project / "inner"
    inner.mkdir()
    setup.write_project("[limits]\ntask_bytes = 10\n")
    (inner / ".mux.toml").write_text("[limits]\ntask_bytes = 11\n")
    assert _load(setup, inner).limits.task_bytes == 10


def test_nothing_above_the_git_tree_is_read(setup: Setup) -> None:
    (setup.project.parent / ".mux.toml").write_text("nonsense = 1")
    assert setup.load().settings == Settings()


def test_outside_of_a_git_tree_only_the_work_directory_is_read(
    setup: Setup, tmp_path: Path
) -> None:
    """The directories above may be anybody's, such as the one for temporary files."""
    inner = tmp_path / "plain" / "inner"
    inner.mkdir(parents=True)
    (inner.parent / ".mux.toml").write_text("nonsense = 1")
    assert _load(setup, inner) == Settings()


def test_a_path_with_dots_is_walked_as_the_system_walks_it(setup: Setup) -> None:
    other = setup.project.parent / "other"
    other.mkdir()
    (other / ".mux.toml").write_text("nonsense = 1")
    assert _load(setup, other / ".." / "project") == Settings()


def _load(setup: Setup, cwd: Path) -> Settings:
    return Setup(setup.user, cwd, setup.home).load().settings
