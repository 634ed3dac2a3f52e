"""The cloud backends that the settings describe, and which of them are here."""

from collections.abc import Mapping

from mux_tui.core.backends.base import Backend
from mux_tui.core.backends.cloud_cli import DIALECTS, CloudCli
from mux_tui.core.backends.program import find_program
from mux_tui.core.config.settings import CliProvider, Settings
from mux_tui.core.errors import BackendError
from mux_tui.core.task import Route


def provider_of(settings: Settings, route: Route) -> CliProvider:
    """The settings of one cloud route.

    Raises:
        KeyError: The route is no cloud route.
    """
    providers = settings.providers
    return {
        "claude": providers.claude,
        "codex": providers.codex,
        "gemini": providers.gemini,
    }[route]


def cloud_backends(
    settings: Settings, variables: Mapping[str, str]
) -> dict[Route, Backend]:
    """Every cloud route with its backend, whether its program is here or not."""
    return {
        route: CloudCli(
            dialect, provider_of(settings, route), variables, settings.limits
        )
        for route, dialect in DIALECTS.items()
    }


def present_routes(
    settings: Settings, variables: Mapping[str, str]
) -> tuple[Route, ...]:
    """The cloud routes whose program is here; nothing is started."""
    return tuple(route for route in DIALECTS if _is_here(settings, variables, route))


def _is_here(settings: Settings, variables: Mapping[str, str], route: Route) -> bool:
    command = provider_of(settings, route).command or DIALECTS[route].command
    try:
        find_program(command, variables)
    except BackendError:
        return False

    return True
