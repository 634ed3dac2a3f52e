"""The login of each real CLI, told without using it."""

import asyncio
import json
from pathlib import Path

import pytest

from mux_tui.core.backends.login import CliStatus, cli_status
from mux_tui.core.task import Route
from tests.cloud import cloud
from tests.e2e.cloud_fixtures import PROJECT, ROUTES, Desk, MakeDesk

pytestmark = [pytest.mark.e2e, pytest.mark.parametrize("route", ROUTES)]

PACKAGES = {
    "claude": "@anthropic-ai/claude-code",
    "codex": "@openai/codex",
    "gemini": "@google/gemini-cli",
}


async def test_a_login_and_the_lack_of_one_are_told(
    route: Route, make_desk: MakeDesk, cloud_clis: Path
) -> None:
    async with cloud() as vendor:
        desk = make_desk(route, vendor.base_url)
        if route == "codex":
            _log_codex_in(desk)
        stranger = make_desk(route, vendor.base_url).without(
            "ANTHROPIC_AUTH_TOKEN", "GEMINI_API_KEY"
        )
        (stranger.home / ".gemini" / "settings.json").unlink(missing_ok=True)
        inside, outside = await asyncio.gather(_status(desk), _status(stranger))

    assert inside.logged_in is True, inside
    assert outside.logged_in is False, outside
    assert inside.found == outside.found == cloud_clis / route
    assert inside.version == outside.version == _pinned(route)
    assert "scripted-secret" not in repr(inside)
    assert not vendor.asked


async def _status(desk: Desk) -> CliStatus:
    return await cli_status(desk.route, desk.provider, desk.variables)


def _log_codex_in(desk: Desk) -> None:
    folder = desk.home / ".codex"
    folder.mkdir()
    login = {"auth_mode": "apikey", "OPENAI_API_KEY": "scripted-secret"}
    (folder / "auth.json").write_text(json.dumps(login), encoding="utf-8")


def _pinned(route: Route) -> str:
    manifest = PROJECT / "scripts" / "clis" / "package.json"
    found = json.loads(manifest.read_text(encoding="utf-8"))
    return str(found["dependencies"][PACKAGES[route]])
