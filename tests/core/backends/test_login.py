"""Whether a cloud CLI is there and logged in."""

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import pytest

from mux_tui.core.backends.login import cli_status
from mux_tui.core.config.settings import CliProvider
from mux_tui.core.task import CLOUD_ROUTES, Route
from tests.fake_cli import FakeClis

PROVIDER = CliProvider()

Variables = dict[str, str]


@pytest.mark.parametrize("route", CLOUD_ROUTES)
async def test_a_cli_that_is_not_there_is_said_to_be_missing(route: Route):
    status = await cli_status(route, PROVIDER, {"PATH": "/nowhere"})
    assert (status.found, status.version, status.logged_in) == (None, None, None)
    assert status.detail == f"no command {route} on PATH"


@pytest.mark.parametrize("route", ["claude", "codex"])
async def test_version_and_login_are_told(
    route: Route, clis: FakeClis, variables: Variables
):
    status = await cli_status(route, PROVIDER, variables)
    assert status.found == clis.folder / route
    assert status.version == "9.9.9"
    assert status.logged_in is True
    assert status.detail.lower().startswith("logged in")

    clis.say("logged-out")
    status = await cli_status(route, PROVIDER, variables)
    assert (status.logged_in, status.detail) == (False, "not logged in")


async def test_only_questions_that_neither_cost_nor_hang_are_asked(
    clis: FakeClis, variables: Variables
):
    await asyncio.gather(*(cli_status(r, PROVIDER, variables) for r in CLOUD_ROUTES))
    asked = {(call["name"], *call["argv"]) for call in clis.calls}
    assert asked == {
        ("claude", "--version"),
        ("claude", "auth", "status"),
        ("codex", "--version"),
        ("codex", "login", "status"),
        ("gemini", "--version"),
    }
    assert {call["cwd"] for call in clis.calls} == {"/"}


@pytest.mark.parametrize("route", ["claude", "codex"])
@pytest.mark.parametrize("script", ["sleep 600", "echo what; exit 1", "exit 0"])
async def test_a_cli_that_does_not_tell_is_not_guessed_about(
    route: Route, script: str, clis: FakeClis, variables: Variables
):
    (clis.folder / route).write_text(f"#!/bin/sh\n{script}\n")
    limit = 0.3 if script.startswith("sleep") else 30
    status = await cli_status(route, PROVIDER, variables, time_limit=limit)
    assert status.version is None
    if (route, script) == ("codex", "exit 0"):
        assert status.logged_in is True
    else:
        assert status.logged_in is None


async def test_a_key_of_its_own_logs_codex_in(variables: Variables):
    status = await cli_status("codex", PROVIDER, variables | {"CODEX_API_KEY": "k"})
    assert (status.logged_in, status.detail) == (True, "CODEX_API_KEY is set")


def gemini_home(variables: Variables, settings: Any) -> Path:
    folder = Path(variables["HOME"]) / ".gemini"
    folder.mkdir()
    (folder / "settings.json").write_text(json.dumps(settings))
    return folder


def selected(kind: str) -> dict[str, Any]:
    return {"security": {"auth": {"selectedType": kind}}}


async def test_gemini_without_any_choice_is_not_logged_in(
    clis: FakeClis, variables: Variables
):
    status = await cli_status("gemini", PROVIDER, variables)
    assert status.version == "9.9.9"
    assert status.logged_in is False


@pytest.mark.parametrize("settings", [{}, selected("gemini-api-key"), [], "text", 7])
async def test_gemini_with_its_key_is_logged_in(
    clis: FakeClis, variables: Variables, settings: Any
):
    gemini_home(variables, settings)
    status = await cli_status("gemini", PROVIDER, variables | {"GEMINI_API_KEY": "k"})
    assert (status.logged_in, status.detail) == (True, "GEMINI_API_KEY is set")


async def test_gemini_with_a_google_login_needs_its_file(
    clis: FakeClis, variables: Variables
):
    folder = gemini_home(variables, selected("oauth-personal"))
    assert (await cli_status("gemini", PROVIDER, variables)).logged_in is None
    (folder / "oauth_creds.json").touch()
    assert (await cli_status("gemini", PROVIDER, variables)).logged_in is True


async def test_gemini_set_up_in_ways_that_cannot_be_seen_is_unknown(
    clis: FakeClis, variables: Variables
):
    vertex = variables | {"GOOGLE_GENAI_USE_VERTEXAI": "true"}
    assert (await cli_status("gemini", PROVIDER, vertex)).logged_in is None
    (Path(variables["HOME"]) / ".env").touch()
    assert (await cli_status("gemini", PROVIDER, variables)).logged_in is None


async def test_what_a_cli_says_of_itself_is_made_safe(
    clis: FakeClis, variables: Variables
):
    script = "#!/bin/sh\nprintf 'Logged in \\033]0;title\\007'\n"
    (clis.folder / "codex").write_text(script)
    assert "\x1b" not in (await cli_status("codex", PROVIDER, variables)).detail


async def test_the_settings_name_the_program(clis: FakeClis):
    provider = CliProvider(command=str(clis.folder / "claude"))
    status = await cli_status("claude", provider, {"PATH": os.defpath})
    assert status.found == clis.folder / "claude"
