"""A server that was proved to answer."""

from dataclasses import dataclass

from mux_tui.core.model_server.probe import DEFAULT_MODEL


@dataclass(frozen=True)
class Running:
    """A server that answers, proved to be ours."""

    base_url: str
    """Where it answers Chat Completions, ending in `/v1`."""

    model: str
    """The directory of the model it was started with."""

    pid: int
    instance: str
    """The token that its answers carry as `X-Mux-Instance`."""

    outdated: bool = False
    """It was started by another version of mux, or with other settings than now."""

    model_id: str = DEFAULT_MODEL
    """What to ask it for: any name it does not know makes it drop the model."""
