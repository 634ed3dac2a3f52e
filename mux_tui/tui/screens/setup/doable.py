"""Which keys mean something now: values in, values out."""

from typing import TYPE_CHECKING, Literal

from mux_tui.core.setup.steps import Step
from mux_tui.core.setup.wizard import Wizard
from mux_tui.tui.widgets.setup.offers import OfferList

if TYPE_CHECKING:
    from mux_tui.tui.screens.setup.screen import SetupScreen

Primary = Literal["", "next", "take_model", "fetch", "prove", "write", "first_way"]
"""What Enter does."""

_PRIMARIES = ("next", "take_model", "fetch", "prove", "write", "first_way")


def may(
    screen: "SetupScreen", action: str, parameters: tuple[object, ...]
) -> bool | None:
    """Whether an action can be done now; None: it is none of the setup's."""
    wizard, busy = screen.wizard, screen.busy
    if action in _PRIMARIES:
        return screen.is_mounted and action == primary(screen)
    if wizard is None:
        return _without(screen, action)

    failure = screen.ways.failure
    match action:
        case "way":
            return failure is not None and parameters[0] in range(
                1, len(failure.ways) + 1
            )
        case "log":
            return failure is not None and bool(failure.log)
        case "stop":
            return busy == "running"
        case "back":
            return wizard.step != "hardware" and busy != "writing"
        case "skip":
            return wizard.step != "summary"
        case "again":
            return busy == ""
        case "leave":
            return busy != "writing"
        case _:
            return _of_step(action, wizard)


def _without(screen: "SetupScreen", action: str) -> bool | None:
    """While there is no setup: it is being begun, or cannot be."""
    ours = ("way", "log", "stop", "back", "skip", "context", "own", "report")
    if action in ours:
        return False

    return screen.busy == "" if action == "again" else None


def _of_step(action: str, wizard: Wizard) -> bool | None:
    match action:
        case "context" | "own":
            return wizard.step == "model"
        case "report":
            found = wizard.findings.hardware
            return wizard.step == "hardware" and found is not None
        case _:
            return None


def primary(screen: "SetupScreen") -> Primary:
    """What Enter does now; empty: nothing."""
    wizard, busy = screen.wizard, screen.busy
    if wizard is None or busy in ("opening", "running", "writing"):
        return ""
    if screen.ways.failure is not None:
        return "first_way"

    return _of(wizard, wizard.step, screen)


def _of(wizard: Wizard, step: Step, screen: "SetupScreen") -> Primary:
    found = wizard.findings
    match step:
        case "hardware" | "connect":
            return "next"
        case "model":
            there = screen.query_one(OfferList).offer is not None
            return "take_model" if there and found.model is not None else ""
        case "download":
            if is_here(wizard):
                return "next"
            return "fetch" if found.download is not None else ""
        case "serve":
            if is_proved(wizard):
                return "next"
            return "prove" if screen.busy == "" and found.serve is not None else ""
        case "summary":
            return "write" if screen.state.plan is not None else ""


def is_here(wizard: Wizard) -> bool:
    """Whether the model that is chosen has been downloaded."""
    model, found = wizard.choices.model, wizard.findings
    done = found.downloaded is not None and found.downloaded.model == model
    looked = found.download
    return done or (looked is not None and looked.model == model and looked.already)


def is_proved(wizard: Wizard) -> bool:
    """Whether the model that is chosen has answered."""
    proof = wizard.findings.proof
    return proof is not None and proof.model == wizard.choices.model
