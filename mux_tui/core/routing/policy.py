"""Where a task goes, decided before any token, with everything that was looked at.

The rules are in `choice`; what is shown besides is in `inputs` and `flips`.
"""

from mux_tui.core.config.settings import Cloud, Router
from mux_tui.core.routing.choice import Choice, choose, permitted_routes
from mux_tui.core.routing.flips import flips
from mux_tui.core.routing.inputs import inputs
from mux_tui.core.routing.override import split_override
from mux_tui.core.routing.situation import (
    LocalState,
    LocalStatus,
    Repository,
    Situation,
)
from mux_tui.core.task import Decision, Route

__all__ = ["LocalState", "LocalStatus", "Repository", "Situation", "decide"]

_AFTER_RUN = {"low_confidence", "verification_failures", "local_failed"}


def decide(situation: Situation, router: Router, cloud: Cloud) -> Decision:
    """Decide where a task goes.

    A decision with the reason `cloud_not_allowed` names the route `local` and must not
    be carried out: the user asked for a cloud route that the settings forbid.

    Args:
        situation: The task and all that is known of this machine.
        router: When a task stays here.
        cloud: What may leave.
    """
    choice = choose(situation, router, cloud)
    return Decision(
        route=choice.route,
        reason=choice.reason,
        sentence=choice.sentence,
        inputs=inputs(situation, router, cloud),
        flips=tuple(flip.sentence for flip in flips(situation, router, cloud)),
        fallbacks=_fallbacks(choice, situation, router, cloud),
        kind=situation.kind or situation.features.kind,
        prompt=split_override(situation.text)[1],
    )


def _fallbacks(
    choice: Choice, situation: Situation, router: Router, cloud: Cloud
) -> tuple[Route, ...]:
    """Who is asked next: nobody after a forced route, or who was not found."""
    if choice.forced:
        return ()
    if choice.route == "local" and not _AFTER_RUN & set(router.escalate_on):
        return ()

    routes = permitted_routes(situation.present, cloud)
    return tuple(route for route in routes if route != choice.route)
