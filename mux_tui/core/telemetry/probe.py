"""Whether a collector answers: one empty delivery, and nothing else."""

from mux_tui.core.telemetry.quiet import hush
from mux_tui.core.telemetry.target import Target
from mux_tui.core.telemetry.undelivered import not_installed


def probe(target: Target) -> None:
    """Ask once; blocks for as long as the target's time limit allows.

    Raises:
        Undelivered: It does not take what it is sent, or the packages are missing.
    """
    hush()
    try:
        from mux_tui.core.telemetry.export import Exporter
    except ImportError:
        raise not_installed() from None

    exporter = Exporter(target)
    try:
        exporter.probe()
    finally:
        exporter.close()
