"""Telemetry: where it goes, and whether a collector takes it there."""

import asyncio
from collections.abc import Mapping

from mux_tui.core.config.settings import Settings
from mux_tui.core.doctor.check import Check, Fix, own_fix
from mux_tui.core.errors import ConfigError
from mux_tui.core.telemetry.probe import probe
from mux_tui.core.telemetry.target import Target, disabled, target_of
from mux_tui.core.telemetry.undelivered import INSTALL, Undelivered

_ID = "telemetry"
_LOST = "Tasks are done and recorded all the same; only what is told of them is lost."
_INSTALL = Fix("Install OpenTelemetry's packages", INSTALL)
_OFF = own_fix("Send no telemetry", ("config", "set", "telemetry.enabled", "false"))


async def check_telemetry(
    settings: Settings, variables: Mapping[str, str]
) -> Check | None:
    """One empty delivery to the collector; None: telemetry is off."""
    if not settings.telemetry.enabled:
        return None
    if disabled(variables):
        return Check(_ID, "note", "off, because OTEL_SDK_DISABLED is true")

    try:
        target = target_of(settings, variables)
        if target is not None:
            await asyncio.to_thread(probe, target)
    except ConfigError as error:
        ways = (Fix(error.next_step), _OFF)
        return Check(_ID, "warning", error.why, "", error.next_step, ways)
    except Undelivered as failure:
        mends = _INSTALL if INSTALL in failure.next_step else Fix(failure.next_step)
        why, ways = failure.why, (mends, _OFF)
        return Check(_ID, "warning", why, _LOST, failure.next_step, ways)

    return None if target is None else Check(_ID, "ok", _summary(target))


def _summary(target: Target) -> str:
    what = "traces and metrics go" if target.metrics else "traces go"
    texts = ", with the texts of tasks and answers" if target.terms.content else ""
    return f"{what} to {target.shown}{texts}"
