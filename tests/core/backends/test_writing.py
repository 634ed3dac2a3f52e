"""A cloud CLI that may change files: what it is told, and what holds it."""

import json
import os
import re
import subprocess
import sys
import time
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from mux_tui.core.backends import edit_guard
from mux_tui.core.backends.base import Request
from mux_tui.core.backends.cloud_cli import DIALECTS, CloudCli
from mux_tui.core.backends.edit_guard import is_inside
from mux_tui.core.backends.fence import gemini_fence
from mux_tui.core.config.settings import CliProvider, Limits
from mux_tui.core.errors import BackendError
from mux_tui.core.task import CLOUD_ROUTES, Route
from tests.fake_cli import FakeClis

every_cli = pytest.mark.parametrize("route", CLOUD_ROUTES)

CLAUDE = (
    "-p --output-format stream-json --verbose --include-partial-messages "
    "--setting-sources user --strict-mcp-config "
)
CODEX = "exec --json --skip-git-repo-check --color never -C /project "
GEMINI = "-o stream-json --approval-mode "
READING: dict[Route, str] = {
    "claude": CLAUDE + "--permission-mode default --tools Read,Glob,Grep",
    "codex": CODEX + "--ignore-rules -s read-only -",
    "gemini": GEMINI + "default",
}
WRITING: dict[Route, str] = {
    "claude": CLAUDE + "--permission-mode acceptEdits "
    "--tools Read,Glob,Grep,Edit,Write",
    "codex": CODEX + "--ignore-rules -s workspace-write "
    "-c sandbox_workspace_write.writable_roots=[] "
    "-c sandbox_workspace_write.network_access=false "
    "-c sandbox_workspace_write.exclude_slash_tmp=true "
    "-c sandbox_workspace_write.exclude_tmpdir_env_var=true -",
    "gemini": GEMINI + "auto_edit",
}


async def called(
    route: Route,
    clis: FakeClis,
    variables: dict[str, str],
    cwd: Path,
    writes: bool = True,
    provider: CliProvider | None = None,
) -> dict[str, Any]:
    """How the CLI was called for one request."""
    provider = provider or CliProvider(time_limit=20)
    backend = CloudCli(DIALECTS[route], provider, variables, Limits(), grace=0.3)
    async for _ in backend.run(Request("do it", cwd, writes=writes)):
        pass
    return clis.calls[-1]


@every_cli
def test_without_writing_the_arguments_are_those_of_a_reader(route: Route) -> None:
    assert argv(route, False) == READING[route].split()


@every_cli
def test_with_writing_edits_are_allowed_and_nothing_else(route: Route) -> None:
    assert argv(route, True) == WRITING[route].split()


@every_cli
async def test_a_reader_is_called_so_that_it_can_only_read(
    route: Route, clis: FakeClis, variables: dict[str, str], tmp_path: Path
) -> None:
    call = await called(route, clis, variables, tmp_path, writes=False)
    words = READING[route].replace("/project", str(tmp_path)).split()
    fence = call["argv"][len(words) :]
    assert call["argv"][: len(words)] == words
    assert fence[:1] == (["--admin-policy"] if route == "gemini" else [])
    assert "GIT_CEILING_DIRECTORIES" not in call["env"]


@every_cli
async def test_no_repository_around_the_work_directory_is_seen(
    route: Route, clis: FakeClis, variables: dict[str, str], tmp_path: Path
) -> None:
    """git compares real paths: a ceiling that is reached by a link would be none."""
    project = tmp_path / "real" / "project"
    project.mkdir(parents=True)
    link = tmp_path / "link"
    link.symlink_to(project)
    call = await called(route, clis, variables, link)
    assert call["env"]["GIT_CEILING_DIRECTORIES"] == str(project.parent)


@pytest.mark.parametrize(
    ("route", "option"), [("claude", "--settings"), ("gemini", "--admin-policy")]
)
async def test_the_fence_comes_after_all_that_the_user_says(
    route: Route,
    option: str,
    clis: FakeClis,
    variables: dict[str, str],
    tmp_path: Path,
) -> None:
    provider = CliProvider(args=(option, "/mine"), time_limit=20)
    call = await called(route, clis, variables, tmp_path, provider=provider)
    *_, user, mine, ours, place = call["argv"]
    assert (user, mine, ours) == (option, "/mine", option)
    assert Path(place).parent == Path(call["env"]["TMPDIR"])
    assert not Path(place).exists()


async def test_writing_may_take_three_times_as_long(
    clis: FakeClis, variables: dict[str, str], tmp_path: Path
) -> None:
    clis.say("hang")
    provider = CliProvider(time_limit=0.3, stall_timeout=60)
    started = time.monotonic()
    with pytest.raises(BackendError) as caught:
        await called("claude", clis, variables, tmp_path, provider=provider)
    assert caught.value.fault == "time_limit"
    assert 0.85 < time.monotonic() - started < 30


@pytest.mark.parametrize(
    ("path", "inside"),
    [
        ("{root}/a.py", True),
        ("{root}/new/deep/a.py", True),
        ("a.py", True),
        ("sub/../a.py", True),
        ("{root}/..a", True),
        ("{root}", True),
        ("{root}-other/a.py", False),
        ("{root}/../a.py", False),
        ("../a.py", False),
        ("/etc/passwd", False),
        ("//etc/passwd", False),
        ("~/a.py", False),
        (" /etc/passwd", False),
        ("a.py\n", False),
        ("link/a.py", False),
        ("within/a.py", True),
    ],
)
def test_the_guard_lets_edits_pass_in_one_directory(
    path: str, inside: bool, tmp_path: Path
) -> None:
    root = _project(tmp_path)
    path = path.format(root=root)
    assert is_inside(str(root), str(root), path) is inside


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ('{"cwd": "CWD", "tool_input": {"file_path": "a.py"}}', 0),
        ('{"cwd": "CWD", "tool_input": {"notebook_path": "a.ipynb"}}', 0),
        ('{"cwd": "CWD", "tool_input": {"file_path": "../a.py"}}', 2),
        ('{"cwd": "CWD", "tool_input": {"file_path": "a\\u0000.py"}}', 2),
        ('{"cwd": "CWD", "tool_input": {}}', 2),
        ('{"cwd": "CWD", "tool_input": {"file_path": 7}}', 2),
        ("no JSON", 2),
        ("", 2),
    ],
)
def test_whatever_the_guard_does_not_understand_is_forbidden(
    told: str, status: int, tmp_path: Path
) -> None:
    """The command is run by a shell, as Claude Code runs it, and in the project."""
    root = _project(tmp_path / "with 'quotes' $HOME")
    (root / "json.py").write_text("raise SystemExit(0)")
    done = subprocess.run(
        ["sh", "-c", _guard_command(root)],
        cwd=root,
        input=told.replace("CWD", str(root)),
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.defpath},
    )
    assert done.returncode == status


def test_the_guard_is_a_program_of_this_python() -> None:
    command = _guard_command(Path("/project"))
    assert command.startswith(f"{sys.executable} -IS {edit_guard.__file__} /project")


@pytest.mark.parametrize(
    ("path", "inside"),
    [
        ("/a (b)/é+c/x.py", True),
        ("x.py", True),
        ("sub/..x.py", True),
        ("/a (b)/é+c.py", False),
        ("/a (b)/éc/x.py", False),
        ("/etc/passwd", False),
        ("//a (b)/é+c/x.py", False),
        ("../x.py", False),
        ("sub/../../x.py", False),
        ('a"/../../x.py', False),
        ("/a (b)/é+c/../x.py", False),
        ("sub/..", False),
    ],
)
def test_gemini_is_denied_paths_outside(path: str, inside: bool) -> None:
    """The arguments are matched as JSON, each between two zero bytes."""
    told = {"content": 'see "file_path":"/etc" and ../..', "file_path": path}
    pairs = [json.dumps({k: v}, ensure_ascii=False)[1:-1] for k, v in told.items()]
    text = "{" + ",".join(f"\0{p}\0" for p in pairs).replace('": "', '":"') + "}"
    rules = [rule for rule in _gemini_rules() if "argsPattern" in rule]
    denied = [bool(re.search(rule["argsPattern"], text)) for rule in rules]
    assert len(denied) == 2
    assert any(denied) is not inside


def test_gemini_is_denied_commands_the_network_and_the_tools_of_others() -> None:
    rules = _gemini_rules()
    assert {rule["decision"] for rule in rules} == {"deny"}
    assert {rule["priority"] for rule in rules} == {999}
    assert {"run_shell_command", "web_fetch"} <= set(rules[0]["toolName"])
    assert (rules[1]["toolName"], rules[1]["mcpName"]) == ("*", "*")


def argv(route: Route, writes: bool, extra: Sequence[str] = ()) -> list[str]:
    return DIALECTS[route].argv(Path("/project"), "", extra, writes)


def _gemini_rules() -> list[dict[str, Any]]:
    return tomllib.loads(gemini_fence(Path("/a (b)/é+c")).text)["rule"]


def _guard_command(root: Path) -> str:
    fence = DIALECTS["claude"].fence(root)
    assert fence is not None
    [asked] = json.loads(fence.text)["hooks"]["PreToolUse"]
    [hook] = asked["hooks"]
    return hook["command"]


def _project(place: Path) -> Path:
    """A directory with a link out of it, and one to its own inside."""
    root = place / "project"
    (root / "sub").mkdir(parents=True)
    (root / "link").symlink_to(place)
    (root / "within").symlink_to(root / "sub")
    return root
