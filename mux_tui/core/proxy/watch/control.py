"""Starting and stopping the proxy, told step by step to whoever watches."""

from collections.abc import Callable

from mux_tui.core.errors import MuxError
from mux_tui.core.proxy.process.lifecycle import ProxyProcess, RunningProxy
from mux_tui.core.proxy.watch.facts import (
    ProxyFailed,
    ProxySeen,
    ProxyStarting,
    ProxyStopping,
    WatchFact,
)

Tell = Callable[[WatchFact], None]


class ProxyControl:
    """What a panel's keys do; no error leaves it, all of them are facts."""

    def __init__(self, process: ProxyProcess, tell: Tell) -> None:
        """Make one.

        Args:
            process: What is started and stopped.
            tell: Told what is going on, in the event loop.
        """
        self._process = process
        self._tell = tell

    async def start(self) -> RunningProxy | None:
        """Start it, or find the one that runs; None: it cannot be started."""
        self._tell(ProxyStarting())
        try:
            running = await self._process.start(
                lambda text: self._tell(ProxyStarting(text))
            )
        except MuxError as error:
            self._tell(ProxyFailed.of(error))
            return None

        await self._look()
        return running

    async def stop(self) -> bool:
        """Stop it; whether it is gone."""
        self._tell(ProxyStopping())
        try:
            await self._process.stop()
        except MuxError as error:
            self._tell(ProxyFailed.of(error))
            return False

        await self._look()
        return True

    async def restart(self) -> RunningProxy | None:
        """Stop it and start it with the settings of now; None: that did not work."""
        return await self.start() if await self.stop() else None

    async def _look(self) -> None:
        self._tell(ProxySeen(await self._process.status()))
