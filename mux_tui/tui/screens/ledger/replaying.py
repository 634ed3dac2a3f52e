"""Running a recorded task again."""

from typing import cast, get_args

from mux_tui.core.ledger.rows import RunDetail
from mux_tui.core.routing.override import split_override
from mux_tui.core.task import RouteChoice


def again_of(run: RunDetail) -> str:
    """The task's text without a routing word; empty: it was not kept."""
    text = run.task or ""
    rest = split_override(text)[1]
    return rest if rest.strip() else text


def same_route(run: RunDetail) -> RouteChoice:
    """The route that answered; where nobody did, the one that was asked for."""
    choices = get_args(RouteChoice)
    for route in (run.route, split_override(run.task or "")[0], run.route_requested):
        if route in choices:
            return cast(RouteChoice, route)

    return "auto"
