"""How things are now: the local model, the cloud CLIs, the last runs.

Only looks. Nothing is started, restarted, sent or made.
"""

from dataclasses import dataclass
from pathlib import Path

from mux_tui.core.backends.registry import present_routes
from mux_tui.core.config.environment import Environment
from mux_tui.core.config.settings import Settings
from mux_tui.core.errors import MuxError
from mux_tui.core.ledger.place import is_there, ledger_path
from mux_tui.core.ledger.rows import Summary
from mux_tui.core.ledger.store import open_ledger
from mux_tui.core.local_model.base import LocalModel
from mux_tui.core.routing.situation import LocalState
from mux_tui.core.task import Route

SCHEMA = "mux.status/1"


@dataclass(frozen=True)
class Status:
    """A look at everything a task would meet."""

    local: LocalState
    cloud: tuple[Route, ...]
    """Cloud routes whose CLI was found; whether they are logged in, doctor tells."""

    permission: str
    """May a task leave this machine: `allow`, `ask`, `never`."""

    ledger_path: Path
    summary: Summary | None
    """Of the last runs; None: there is no ledger yet, or it cannot be read."""

    ledger_problem: str = ""
    """Why it cannot be read; empty: it can, or there is none."""

    @property
    def ready(self) -> bool:
        """Whether a task could be done now, by anybody."""
        local = self.local.status in ("ready", "startable", "crashed")
        return local or (bool(self.cloud) and self.permission != "never")


async def look(
    settings: Settings, environment: Environment, local: LocalModel, last: int = 200
) -> Status:
    """Look at everything.

    Args:
        settings: The user's.
        environment: The variables, and with them the directories.
        local: The model on this machine.
        last: How many runs to sum up.
    """
    path = ledger_path(settings.ledger, environment.paths)
    summary, problem = None, ""
    try:
        if is_there(path):
            async with open_ledger(path, settings.ledger) as ledger:
                summary = await ledger.summary(last)
    except MuxError as error:
        problem = str(error)
    return Status(
        local=await local.state(),
        cloud=present_routes(settings, environment.variables),
        permission=settings.cloud.permission,
        ledger_path=path,
        summary=summary,
        ledger_problem=problem,
    )
