"""What every task that changes files needs, found once."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from mux_tui.core.config.settings import Settings
from mux_tui.core.paths import Paths
from mux_tui.core.verification.oracle.bench import Bench, find_bench
from mux_tui.core.workspace.archive import Archive
from mux_tui.core.workspace.scratch import ScratchOptions


@dataclass
class Tools:
    """Where file work is done, and with what."""

    settings: Settings
    paths: Paths
    variables: Mapping[str, str]
    """Our own environment."""

    home: Path | None = None
    """The user's directory, where the task itself works in a copy of it."""

    lent: tuple[str, ...] = ()
    """What that copy lacks and proofs may be lent of `home`, from its root."""

    _bench: "asyncio.Task[Bench] | None" = field(default=None, init=False)

    @property
    def closed(self) -> tuple[Path, ...]:
        """mux's own directories, which no change may reach."""
        return self.paths.own

    @property
    def archive(self) -> Archive:
        """Where the way back is kept."""
        return Archive(self.paths.changes)

    @property
    def options(self) -> ScratchOptions:
        """How a work directory is copied."""
        return ScratchOptions(
            self.variables, closed=self.closed, home=self.home, lent=self.lent
        )

    def at_home(self, home: Path | None, lent: tuple[str, ...]) -> "Tools":
        """The same tools, for a task in a copy of `home` that lacks some of it."""
        other = replace(self, home=home, lent=lent)
        other._bench = self._bench
        return other

    async def bench(self) -> Bench:
        """Where proofs are run; looking for a sandbox takes a while, once.

        Raises:
            EnvironmentProblem: There is no home directory.
        """
        if self._bench is None:
            limit = self.settings.verification.time_limit
            self._bench = asyncio.create_task(find_bench(self.variables, limit))
        # A task that is cancelled must not take it from the others.
        await asyncio.wait([self._bench])
        return self._bench.result()
