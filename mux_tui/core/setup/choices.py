"""What is chosen in the wizard: a value that each step makes a new one of.

The settings that hold now are the first choices, so that who changes nothing changes
nothing.
"""

from dataclasses import dataclass, field, replace
from typing import Literal

from mux_tui.core.config.settings import Settings
from mux_tui.core.permission import Permission
from mux_tui.core.task import CLOUD_ROUTES, Route

ModelKind = Literal["none", "starter", "hub", "directory", "server", "cloud"]
"""`none`: nothing is chosen. `hub`: to be downloaded. `directory`: on this disk.
`server`: somebody else's serves it. `cloud`: no local model is wanted."""

HERE = "local"
"""A tier that the local model answers."""


@dataclass(frozen=True)
class ModelChoice:
    """A local model, and who serves it."""

    kind: ModelKind = "none"
    id: str = ""
    """hub: OWNER/NAME. directory: its path, or its name below the models directory.
    server: the model's id there, empty: the first that it offers."""

    base_url: str = ""
    """server: where it answers, ending in `/v1`."""

    key_env: str = ""
    """server: the variable that holds its key; empty: none."""

    @property
    def is_fetched(self) -> bool:
        """Whether its files have to be brought here first."""
        return self.kind in ("starter", "hub")

    @property
    def is_served(self) -> bool:
        """Whether there is a server to try."""
        return self.kind not in ("none", "cloud")

    @property
    def name(self) -> str:
        """What people call it; foreign."""
        match self.kind:
            case "none":
                return "no model"
            case "cloud":
                return "cloud only"
            case "starter":
                return "the starter"
            case "server":
                return f"{self.id or 'its model'} at {self.base_url}"
            case "hub" | "directory":
                return self.id


@dataclass(frozen=True)
class Tiers:
    """Who answers Claude Code's requests: `local`, or a Claude model's name."""

    low: str = HERE
    medium: str = HERE
    high: str = HERE

    @property
    def all_here(self) -> bool:
        """Whether everything is answered on this machine."""
        return (self.low, self.medium, self.high) == (HERE, HERE, HERE)


@dataclass(frozen=True)
class Choices:
    """Everything that can be chosen."""

    model: ModelChoice = ModelChoice()
    context: int = 0
    """Most tokens the model is to be given; 0: as many as it was made for."""

    serve: bool = True
    """Start the server and try it, before anything is written."""

    permission: Permission = "allow"
    order: tuple[Route, ...] = CLOUD_ROUTES
    tiers: Tiers = field(default_factory=Tiers)
    mcp: tuple[Route, ...] = ()
    """The cloud CLIs that mux is registered in, as a tool."""


def choices_of(settings: Settings, *, starter_is_here: bool = False) -> Choices:
    """What the settings say already.

    Args:
        settings: Those that hold now.
        starter_is_here: Whether the starter is installed, which is what counts when
            they name no model.
    """
    local, proxy = settings.providers.local, settings.proxy
    model = ModelChoice("starter") if starter_is_here else ModelChoice()
    if local.base_url:
        model = ModelChoice("server", local.model, local.base_url, local.api_key_env)
    elif local.model:
        model = ModelChoice("directory", local.model)

    return Choices(
        model,
        context=local.context_window,
        permission=settings.cloud.permission,
        order=settings.cloud.order,
        tiers=Tiers(proxy.tier_low, proxy.tier_medium, proxy.tier_high),
    )


def with_model(choices: Choices, model: ModelChoice, present: Choices) -> Choices:
    """The choices with another model; a context that was meant for the old one goes.

    Args:
        choices: What is chosen.
        model: The model.
        present: What the settings say.
    """
    if model == choices.model:
        return choices

    context = present.context if model == present.model else 0
    return replace(choices, model=model, context=context)
