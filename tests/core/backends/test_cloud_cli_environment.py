"""What of the developer's environment a cloud CLI may see."""

from pathlib import Path

import pytest

from mux_tui.core.backends.base import Request
from mux_tui.core.backends.child_environment import Needs, child_environment
from mux_tui.core.backends.cloud_cli import DIALECTS, CloudCli
from mux_tui.core.config.settings import CliProvider, Limits
from mux_tui.core.task import CLOUD_ROUTES, Route
from tests.fake_cli import FakeClis

OWN: dict[Route, str] = {
    "claude": "ANTHROPIC_API_KEY",
    "codex": "OPENAI_API_KEY",
    "gemini": "GEMINI_API_KEY",
}
COMMON = {
    "TERM": "xterm",
    "LC_ALL": "C.UTF-8",
    "XDG_CONFIG_HOME": "/xdg",
    "NODE_EXTRA_CA_CERTS": "/ca.pem",
    "NO_PROXY": "localhost",
    "SSL_CERT_FILE": "/ca.pem",
}
SECRETS = {
    "MUX_PROXY_TOKEN": "ours",
    "MUX_HOME": "/ours",
    "AWS_SECRET_ACCESS_KEY": "another's",
    "GITHUB_TOKEN": "another's",
    "DATABASE_PASSWORD": "another's",
}


async def seen(
    route: Route,
    clis: FakeClis,
    variables: dict[str, str],
    cwd: Path,
    provider: CliProvider,
) -> dict[str, str]:
    backend = CloudCli(DIALECTS[route], provider, variables, Limits())
    async for _ in backend.run(Request("a question", cwd)):
        pass
    return clis.calls[-1]["env"]


@pytest.mark.parametrize("route", CLOUD_ROUTES)
async def test_a_cli_sees_its_own_key_and_nobody_elses(
    route: Route, clis: FakeClis, variables: dict[str, str], tmp_path: Path
):
    keys = dict.fromkeys(OWN.values(), "secret")
    outside = variables | COMMON | SECRETS | keys | {"EXTRA": "1", "OTHER": "1"}
    provider = CliProvider(pass_env=("EXTRA", "MUX_HOME"))
    env = await seen(route, clis, outside, tmp_path, provider)

    assert env[OWN[route]] == "secret"
    assert env["EXTRA"] == "1"
    assert COMMON.items() <= env.items()
    assert env["HOME"] == variables["HOME"]
    hidden = {*SECRETS, *OWN.values(), "OTHER"} - {OWN[route]}
    assert not hidden & set(env)


async def test_marks_of_an_outer_claude_session_do_not_reach_the_inner_one(
    clis: FakeClis, variables: dict[str, str], tmp_path: Path
):
    outer = {"CLAUDECODE": "1", "CLAUDE_CODE_ENTRYPOINT": "cli"}
    env = await seen("claude", clis, variables | outer, tmp_path, CliProvider())
    assert not set(outer) & set(env)


async def test_claude_takes_no_file_into_the_prompt_by_its_name(
    clis: FakeClis, variables: dict[str, str], tmp_path: Path
):
    """Part of a prompt may be another model's: an @path in it must stay text."""
    env = await seen("claude", clis, variables, tmp_path, CliProvider())
    assert env["CLAUDE_CODE_DISABLE_ATTACHMENTS"] == "1"


async def test_gemini_is_told_to_trust_a_project_without_settings_of_its_own(
    clis: FakeClis, variables: dict[str, str], tmp_path: Path
):
    project = tmp_path / "project"
    project.mkdir()
    env = await seen("gemini", clis, variables, project, CliProvider())
    assert env["GEMINI_CLI_TRUST_WORKSPACE"] == "true"

    (project / ".gemini").mkdir()
    env = await seen("gemini", clis, variables, project, CliProvider())
    assert "GEMINI_CLI_TRUST_WORKSPACE" not in env


async def test_the_users_own_settings_at_home_are_no_projects(
    clis: FakeClis, variables: dict[str, str]
):
    home = Path(variables["HOME"])
    (home / ".gemini").mkdir()
    env = await seen("gemini", clis, variables, home, CliProvider())
    assert env["GEMINI_CLI_TRUST_WORKSPACE"] == "true"


def test_a_pinned_variable_is_empty_unless_the_user_has_set_it_in_any_case():
    needs = Needs(pinned=frozenset({"HTTPS_PROXY", "https_proxy", "BASE_URL"}))
    env = child_environment({"https_proxy": "http://proxy"}, needs)
    assert env == {"https_proxy": "http://proxy", "BASE_URL": ""}


def test_what_we_fix_gives_way_to_what_the_user_has_set():
    needs = Needs(prefixes=("A_",), fixed={"A_B": "ours", "A_C": "ours"})
    assert child_environment({"A_B": "theirs"}, needs) == {
        "A_B": "theirs",
        "A_C": "ours",
    }
