"""Asking the hub what a download would bring."""

from typing import Any

from mux_tui.core.config.environment import Environment
from mux_tui.core.weights.hub.fault import HubError
from mux_tui.core.weights.hub.name import HubName, checked_revision
from mux_tui.core.weights.hub.plan import HubPlan, plan_from
from mux_tui.core.weights.hub.worker import ask_child

MAIN = "main"

_TRIES = 3


async def look_up(
    id: str, environment: Environment, revision: str = MAIN, tries: int = _TRIES
) -> HubPlan:
    """Ask which files the model has, how large they are, and what their hashes are.

    Args:
        id: OWNER/NAME.
        environment: The user's variables: the hub, the login, proxies.
        revision: A branch, a tag or a commit.
        tries: How often a hub that does not answer is asked.

    Raises:
        UsageError: The name or the revision cannot be one.
        HubError: There is no such model, it may not be had, or no hub answers.
    """
    name = HubName.parse(id)
    order = {"look_up": name.id, "revision": checked_revision(revision), "tries": tries}
    told: list[Any] = []
    await ask_child(name.id, order, environment, lambda facts: told.append(facts))
    try:
        plans = [plan_from(facts["plan"]) for facts in told if "plan" in facts]
        (plan,) = plans
    except ValueError as error:
        raise HubError("not_a_hub", name.id, str(error)) from error

    return plan
