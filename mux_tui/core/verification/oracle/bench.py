"""What all runs share: a sandbox, limits, and what is kept from them."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mux_tui.core.paths import Paths
from mux_tui.core.verification.oracle.facts import Limits
from mux_tui.core.verification.oracle.sandbox import Sandbox, find_sandbox


@dataclass(frozen=True)
class Bench:
    """Where oracles are run; made once, and kept."""

    sandbox: Sandbox
    variables: Mapping[str, str]
    """Our own environment; little of it is passed on."""

    home: Path
    limits: Limits = field(default_factory=Limits)
    hidden: tuple[Path, ...] = ()
    """More directories that no run may see: mux's own."""

    python: str = sys.executable
    """The interpreter that sets the limits, and parses where there is no other."""

    temporary: Path | None = None
    """Where runs get their own directories; None: the system's place for them."""


async def find_bench(variables: Mapping[str, str], time_limit: float) -> Bench:
    """Find this machine's sandbox, and make a bench with it.

    Args:
        variables: Our own environment.
        time_limit: Seconds for each run of an oracle.

    Raises:
        EnvironmentProblem: There is no home directory.
    """
    paths = Paths.from_environment(variables)
    return Bench(
        await find_sandbox(variables),
        variables,
        Path(variables.get("HOME") or paths.config_dir.parent.parent),
        Limits(seconds=time_limit),
        paths.own,
    )
