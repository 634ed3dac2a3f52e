"""The cloud CLIs: found, which version, logged in."""

import asyncio
from collections.abc import Mapping

from mux_tui.core.backends.login import CliStatus, cli_status
from mux_tui.core.backends.registry import provider_of
from mux_tui.core.config.settings import Settings
from mux_tui.core.doctor.check import Check, Fix, own_fix
from mux_tui.core.task import CLOUD_ROUTES, Route

_INSTALL: dict[Route, str] = {
    "claude": "npm install -g @anthropic-ai/claude-code",
    "codex": "npm install -g @openai/codex",
    "gemini": "npm install -g @google/gemini-cli",
}
_LOG_IN: dict[Route, str] = {
    "claude": "claude auth login",
    "codex": "codex login",
    "gemini": "gemini, then choose how to log in",
}


_NEVER = own_fix(
    "Keep every task on this machine", ("config", "set", "cloud.permission", "never")
)


async def check_clis(
    settings: Settings, variables: Mapping[str, str]
) -> tuple[Check, ...]:
    """One finding a CLI, and one on whether tasks can be handed on at all."""
    found = await asyncio.gather(
        *(
            cli_status(route, provider_of(settings, route), variables)
            for route in CLOUD_ROUTES
        )
    )
    statuses = dict(zip(CLOUD_ROUTES, found, strict=True))
    checks = [_check(route, status) for route, status in statuses.items()]
    return (*checks, _together(settings, statuses))


def _check(route: Route, status: CliStatus) -> Check:
    id = f"cli_{route}"
    if status.found is None:
        install = _INSTALL[route]
        ways = (Fix(f"Install {route}", install),)
        return Check(id, "note", "not installed", status.detail, install, ways)

    version = status.version or "version not told"
    where = f"{status.found}. {status.detail}".strip()
    if status.logged_in is False:
        log_in = _LOG_IN[route]
        command = log_in.partition(",")[0]
        ways = (Fix(f"Log in to {route}, in a terminal", command),)
        return Check(id, "warning", f"{version}, not logged in", where, log_in, ways)

    login = "logged in" if status.logged_in else "login not known"
    return Check(id, "ok", f"{version}, {login}", where)


def _together(settings: Settings, statuses: Mapping[Route, CliStatus]) -> Check:
    if settings.cloud.permission == "never":
        return Check("cloud", "ok", "nothing leaves this machine (cloud.permission)")

    usable = [
        route
        for route in settings.cloud.order
        if statuses[route].found and statuses[route].logged_in is not False
    ]
    if usable:
        return Check("cloud", "ok", f"hard tasks can go to {', '.join(usable)}")

    return Check(
        "cloud",
        "warning",
        "no cloud CLI can be used, so hard tasks stay with the local model",
        fix="Install one of the CLIs and log in, or set cloud.permission to never",
        fixes=(Fix("Install one of the CLIs and log in"), _NEVER),
    )
