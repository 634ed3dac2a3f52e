"""Making a model on disk the one that is served.

Two steps, so that a person can see what changes before it does.
"""

from dataclasses import dataclass
from pathlib import Path

from mux_tui.core.config.save import Change, set_value
from mux_tui.core.config.settings import Settings
from mux_tui.core.errors import UsageError
from mux_tui.core.machine.installed import Installed

KEY = "providers.local.model"


@dataclass(frozen=True)
class Plan:
    """What choosing a model would change."""

    file: Path
    """The settings file that is written."""

    key: str
    before: str
    """What the settings say now; empty: the starter."""

    after: str
    model: Installed


def plan_choice(settings: Settings, file: Path, model: Installed) -> Plan:
    """What would have to be written; writes nothing.

    Args:
        settings: Those that hold now.
        file: The user's settings file.
        model: The model to choose.

    Raises:
        UsageError: The local model is somebody else's server's, which decides itself.
    """
    local = settings.providers.local
    if local.base_url:
        raise UsageError(
            f"{model.id} cannot be chosen here",
            f"the local model is served by {local.base_url}, not by mux",
            "Remove providers.local.base_url first: mux config edit",
        )

    return Plan(file, KEY, local.model, model.setting, model)


def choose(plan: Plan) -> Change:
    """Write it.

    Raises:
        MuxError: The file is wrong elsewhere, or cannot be written.
    """
    return set_value(plan.file, plan.key, plan.after)
