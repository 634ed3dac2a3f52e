"""What the wizard looks at and asks besides the settings; replaced in tests."""

from dataclasses import dataclass, field

from mux_tui.core.hardware.probe import Ask
from mux_tui.core.setup.proving import Limits
from mux_tui.core.setup.registering import Registrar
from mux_tui.core.setup.servers import USUAL, Usual


@dataclass(frozen=True)
class Surroundings:
    """Everything of that kind."""

    usual: tuple[Usual, ...] = USUAL
    """Where servers are looked for."""

    ask: Ask | None = None
    """Runs the hardware probes' commands; None: really."""

    registrar: Registrar | None = None
    """Registers mux in the cloud CLIs; None: really."""

    limits: Limits = field(default_factory=Limits)
    """How long proving may take."""

    server_program: tuple[str, ...] | None = None
    """What to run instead of mlx_lm.server."""
