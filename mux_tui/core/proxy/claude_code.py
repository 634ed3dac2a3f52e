"""Starting Claude Code on the proxy: which program, with what, and seeing what."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from mux_tui.core.backends.login import cli_status
from mux_tui.core.config.environment import Environment
from mux_tui.core.config.settings import Settings
from mux_tui.core.errors import EnvironmentProblem, MuxError
from mux_tui.core.local_model.base import Report
from mux_tui.core.local_model.build import local_client, local_model
from mux_tui.core.local_model.reading_speed import known_speed
from mux_tui.core.proxy.client_environment import client_environment
from mux_tui.core.proxy.process.lifecycle import ProxyProcess
from mux_tui.core.proxy.profile import Profile, arguments_of, choose_profile
from mux_tui.core.proxy.traits import traits_of
from mux_tui.core.proxy.translate.facts import ModelTraits
from mux_tui.core.text import one_line

INSTALL = "npm install -g @anthropic-ai/claude-code"

OLDEST = (2, 1, 0)
"""The oldest version that is known to take the variables it is given."""

_OWN_LOGIN = ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN")
_NUMBER = re.compile(r"(\d+)\.(\d+)\.(\d+)")


@dataclass(frozen=True)
class Client:
    """The installed Claude Code."""

    program: Path
    logged_in: bool
    """It has a login of its own, which may be sent on to the real API."""


@dataclass(frozen=True)
class ClientCommand:
    """A Claude Code that is ready to be started."""

    argv: tuple[str, ...]
    environment: Mapping[str, str]


async def ready_client(
    settings: Settings,
    environment: Environment,
    cwd: Path,
    proxy: ProxyProcess,
    report: Report,
    tell: Callable[[str], None],
    arguments: Sequence[str] = (),
) -> ClientCommand:
    """Start or find all that Claude Code needs, and tell how it is to be started.

    Args:
        settings: The user's.
        environment: The variables, and with them the directories.
        cwd: Where a restart command of the model server runs.
        proxy: Starts the proxy, or finds it.
        report: Told each phase of a start of the model server.
        tell: Told what else the user should know, a line at a time.
        arguments: The user's, for Claude Code.

    Raises:
        MuxError: Claude Code, the model or the proxy is not there.
    """
    client = await find_client(settings, environment.variables)
    traits = await started_model(settings, environment, cwd, report)
    profile = choose_profile(traits, settings.proxy)
    tell(f"profile {one_line(profile.sentence)}")
    running = await proxy.start(lambda text: tell(f"… {text}"))
    relay = settings.proxy.relay and client.logged_in
    if settings.proxy.relay and not relay:
        tell("Claude Code is not logged in: everything stays local")
    proxied = replace(settings.proxy, relay=relay)
    own = client_environment(running.url, running.token, traits, proxied)
    variables = environment.variables
    return client_command(client.program, profile, variables, own, arguments, relay)


async def find_client(settings: Settings, variables: Mapping[str, str]) -> Client:
    """The installed Claude Code, and whether it is logged in.

    Raises:
        EnvironmentProblem: It is missing, or too old.
    """
    status = await cli_status("claude", settings.providers.claude, variables)
    if status.found is None:
        raise EnvironmentProblem(
            "Claude Code is not there", status.detail, f"Install it: {INSTALL}"
        )

    if (version := version_in(status.version or "")) and version < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        raise EnvironmentProblem(
            f"Claude Code {status.version} is too old",
            f"mux claude needs {oldest} or newer",
            f"Update it: {INSTALL}@latest",
        )

    return Client(status.found, bool(status.logged_in))


async def started_model(
    settings: Settings, environment: Environment, cwd: Path, report: Report
) -> ModelTraits | None:
    """Start the local model, or find it, and tell what it is.

    Args:
        settings: The user's.
        environment: The variables, and with them the directories.
        cwd: Where a restart command runs.
        report: Told each phase of a start.

    Returns:
        None: it is not there, and requests may go on to the real API.

    Raises:
        MuxError: It is not there, and nobody else may be asked.
    """
    async with local_client(settings) as client:
        local = local_model(client, settings, environment, cwd)
        try:
            endpoint = await local.endpoint(report)
        except MuxError:
            if settings.proxy.relay:
                return None
            raise
        finally:
            await local.aclose()

    name = endpoint.label or endpoint.model
    rate = known_speed(environment.paths, name)
    window = endpoint.context_window
    return traits_of(endpoint.model, endpoint.label, local.directory, window, rate)


def version_in(text: str) -> tuple[int, int, int] | None:
    """The first version number in a text; None: there is none."""
    found = _NUMBER.search(text)
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def client_command(
    program: Path,
    profile: Profile,
    variables: Mapping[str, str],
    own: Mapping[str, str],
    arguments: Sequence[str],
    relay: bool,
) -> ClientCommand:
    """What to start.

    Args:
        program: The installed Claude Code.
        profile: What it is started with, besides the user's arguments.
        variables: The user's environment.
        own: What the proxy wants it to see.
        arguments: The user's, untouched and last, so that they win.
        relay: Whether the user's own login is to be sent along.
    """
    kept = dict(variables)
    if not relay:
        for name in _OWN_LOGIN:
            kept.pop(name, None)
    elsewhere = [kept.get("NO_PROXY", ""), own.get("NO_PROXY", "")]
    both = {"NO_PROXY": ",".join(filter(None, elsewhere))}
    environment = kept | profile.variables | dict(own) | both
    argv = (str(program), *arguments_of(profile, arguments))
    return ClientCommand(argv, environment)
