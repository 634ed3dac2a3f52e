"""Why a delivery failed, and whether the same may be tried again."""

from mux_tui.core.errors import MuxError

DOCTOR = "`mux doctor` looks again"
INSTALL = "pip install 'mux-tui[otel]'"


class Undelivered(MuxError):
    """A collector did not take what it was sent."""

    def __init__(
        self, why: str, next_step: str = DOCTOR, *, again: bool = True, status: int = 0
    ) -> None:
        """Make one.

        Args:
            why: The cause, naming the collector.
            next_step: What the reader can do now.
            again: Whether the same may be taken later.
            status: What it answered over HTTP; 0: nothing.
        """
        super().__init__("telemetry could not be sent", why, next_step)
        self.again = again
        self.status = status


def not_installed() -> Undelivered:
    """OpenTelemetry's packages are missing."""
    return Undelivered(
        "OpenTelemetry's packages are not installed, or too old",
        f"{INSTALL}, or: mux config set telemetry.enabled false",
        again=False,
    )
