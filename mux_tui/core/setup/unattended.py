"""The wizard driven by itself: every step with what was asked for, or what it suggests.

It ends at the last step, before anything is written, or at the first failure.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from mux_tui.core.setup.choices import ModelChoice
from mux_tui.core.setup.facts import DownloadFound, Failure, ModelFound, SetupEvent
from mux_tui.core.setup.steps import Step
from mux_tui.core.setup.wizard import Wizard
from mux_tui.core.weights.hub.fault import HubError

_NO_HUB = ("offline", "unreachable", "not_a_hub")


@dataclass(frozen=True)
class Drive:
    """How a wizard is driven."""

    report: Callable[[SetupEvent], None]
    agree: Callable[[DownloadFound], Awaitable[None]]
    """Asked before a download; raises what ends the setup."""

    told: Callable[[str], None]
    """Gets a sentence where what was suggested could not be had."""

    looks: bool = True
    """Look at everything, for the record; else only at what is needed."""

    dry_run: bool = False
    """Download nothing, start nothing."""


async def go_through(wizard: Wizard, drive: Drive) -> Failure | None:
    """Bring the wizard to its last step.

    Where the model was only suggested and no hub answers, the starter takes its place:
    it needs none.

    Returns:
        What went wrong; None: the wizard is at its summary.
    """
    suggested = wizard.choices.model.kind == "none"
    while wizard.step != "summary":
        failure = await _step(wizard, drive, wizard.step)
        if failure is None:
            wizard.next()
        elif suggested and _without_hub(failure):
            suggested = False
            drive.told(f"{failure.sentence} The starter is taken instead")
            wizard.choose(model=ModelChoice("starter"))
        else:
            return failure

    return None


async def _step(wizard: Wizard, drive: Drive, step: Step) -> Failure | None:
    match step:
        case "hardware" | "connect":
            needed = step == "connect" and bool(wizard.choices.mcp)
            return await _look(wizard) if drive.looks or needed else None
        case "model":
            return await _choose(wizard, drive)
        case "download":
            return await _download(wizard, drive)
        case "serve":
            foreign = wizard.choices.model.kind == "server"
            return None if drive.dry_run and not foreign else await _run(wizard, drive)
        case "summary":
            return None


async def _look(wizard: Wizard) -> Failure | None:
    found = await wizard.probe()
    return found if isinstance(found, Failure) else None


async def _choose(wizard: Wizard, drive: Drive) -> Failure | None:
    nothing = wizard.choices.model.kind == "none"
    if not (nothing or drive.looks):
        return None

    found = await wizard.probe()
    if isinstance(found, Failure):
        return found
    if nothing and isinstance(found, ModelFound) and found.suggested:
        wizard.choose(model=found.suggested.choice)
    return None


async def _download(wizard: Wizard, drive: Drive) -> Failure | None:
    found = await wizard.probe()
    if isinstance(found, Failure):
        return found
    if drive.dry_run or not isinstance(found, DownloadFound):
        return None
    if not found.already:
        await drive.agree(found)
    return await _run(wizard, drive)


async def _run(wizard: Wizard, drive: Drive) -> Failure | None:
    ran = await wizard.run(drive.report)
    return ran if isinstance(ran, Failure) else None


def _without_hub(failure: Failure) -> bool:
    error = failure.error
    return isinstance(error, HubError) and error.fault in _NO_HUB
