"""Getting a server back that mux did not start: look, restart, look again.

The restart command is the user's own, run without a shell.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from mux_tui.core.config.settings import LocalRuntime
from mux_tui.core.process.run import ProcessStartError, run
from mux_tui.core.text import one_line

RecoveryStatus = Literal[
    "healthy",
    "recovered",
    "unhealthy_no_restart_command",
    "restart_failed",
    "still_unhealthy_after_restart",
]


@dataclass(frozen=True)
class Recovery:
    """What was found and done."""

    status: RecoveryStatus
    detail: str = ""
    """Why, safe to show; empty when healthy."""

    restart_attempted: bool = False
    restart_code: int | None = None
    """Exit status of the restart command; None: not run, or ended by a signal."""

    restart_seconds: float = 0.0
    probes: tuple[bool, ...] = ()
    """Each look in order: did the server answer?"""

    @property
    def ok(self) -> bool:
        """Whether the server answers now."""
        return self.status in ("healthy", "recovered")


async def recover(
    healthy: Callable[[], Awaitable[bool]],
    runtime: LocalRuntime,
    variables: Mapping[str, str],
    cwd: Path,
) -> Recovery:
    """Look whether the server answers; if not, restart it and look again.

    Args:
        healthy: One look; must not raise.
        runtime: The restart command and how patient to be.
        variables: The environment of the restart command.
        cwd: Where the restart command runs.
    """
    if await healthy():
        return Recovery("healthy", probes=(True,))
    if not runtime.restart_command:
        return Recovery(
            "unhealthy_no_restart_command",
            "it does not answer, and local_runtime.restart_command is not set",
            probes=(False,),
        )

    started = time.monotonic()
    code, why = await _restart(runtime, variables, cwd)
    seconds = time.monotonic() - started
    if why:
        return Recovery("restart_failed", why, True, code, seconds, (False,))

    probes = [False]
    for _ in range(max(runtime.health_retries, 1)):
        await asyncio.sleep(runtime.health_retry_delay)
        probes.append(await healthy())
        if probes[-1]:
            return Recovery("recovered", "", True, code, seconds, tuple(probes))

    return Recovery(
        "still_unhealthy_after_restart",
        f"it did not answer {len(probes) - 1} times after the restart",
        True,
        code,
        seconds,
        tuple(probes),
    )


async def _restart(
    runtime: LocalRuntime, variables: Mapping[str, str], cwd: Path
) -> tuple[int | None, str]:
    """The exit status, and why it counts as failed; empty when it does not."""
    try:
        done = await run(
            runtime.restart_command,
            cwd=cwd,
            env=variables,
            time_limit=runtime.restart_timeout,
        )
    except ProcessStartError as error:
        return None, str(error)

    if done.exit.stopped:
        return (
            None,
            f"the restart command took over {runtime.restart_timeout:g} seconds",
        )
    if done.exit.code != 0:
        tail = one_line(done.exit.stderr_tail, 200)
        how = f"exit status {done.exit.code}"
        return done.exit.code, f"the restart command failed ({how}): {tail}"

    return 0, ""
