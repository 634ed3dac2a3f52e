"""Telemetry as the rest of mux sees it: given facts, it takes care of them.

Made for an engine or a proxy and closed with it. While it is off it does nothing and
imports nothing.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from functools import partial

from mux_tui.core.config.settings import Settings
from mux_tui.core.errors import ConfigError
from mux_tui.core.exchange import Exchange
from mux_tui.core.task import Task
from mux_tui.core.telemetry.exchange_spans import is_told, told_of_exchange
from mux_tui.core.telemetry.facts import ExchangeFacts, RunFacts, Terms, Told
from mux_tui.core.telemetry.quiet import hush
from mux_tui.core.telemetry.run_spans import told_of_run
from mux_tui.core.telemetry.sender import Delivers, Sender
from mux_tui.core.telemetry.target import Target, target_of
from mux_tui.core.telemetry.watching import Record, Watching


class Telemetry:
    """What is told to a collector, if to any."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        """Make one that is off.

        Args:
            tell: Given the one sentence on why nothing arrives; any thread may call.
        """
        self._tell = tell
        self._target: Target | None = None
        self._sender: Sender | None = None
        self._leaving: list[Sender] = []

    def follow(self, settings: Settings, variables: Mapping[str, str]) -> None:
        """Do from now on as the settings say; what waits still goes where it was to."""
        try:
            target = target_of(settings, variables)
        except ConfigError as error:
            self._tell(str(error))
            target = None
        if target == self._target:
            return

        if self._sender is not None:
            self._sender.close()
            self._leaving.append(self._sender)
        self._target, self._sender = target, None

    def watching(self, task: Task, record: Record) -> Record:
        """What records a task, so that it is told of once it has ended."""
        if self._target is None:
            return record

        self._begin(self._target)
        return Watching(record, task, self._ended)

    def exchange(self, exchange: Exchange) -> None:
        """A request through the proxy, begun or ended; returns at once."""
        if self._target is not None:
            self._begin(self._target)
            if is_told(exchange):
                facts = ExchangeFacts(exchange, time.time())
                self._put(lambda terms: told_of_exchange(facts, terms))

    def _ended(self, facts: RunFacts) -> None:
        self._put(lambda terms: told_of_run(facts, terms))

    def _put(self, make: Callable[[Terms], Told]) -> None:
        if self._target is None:
            return
        try:
            self._begin(self._target).put(make(self._target.terms))
        except Exception as error:  # A bug of ours here must not cost a task.
            self._tell(f"telemetry of a task failed in mux ({type(error).__name__})")

    async def aclose(self) -> None:
        """Send what waits; mux waits for that two seconds at the most."""
        senders = [*self._leaving, *filter(None, [self._sender])]
        self._leaving, self._target, self._sender = [], None, None
        await asyncio.gather(*(sender.aclose() for sender in senders))

    def _begin(self, target: Target) -> Sender:
        """What sends; made with the first task, to be ready when that ends."""
        if self._sender is None:
            self._sender = Sender(partial(_exporter, target), self._tell)
        return self._sender


def _exporter(target: Target) -> Delivers:
    hush()
    # Late: the SDK takes a quarter of a second, and may not be installed.
    from mux_tui.core.telemetry.export import Exporter

    return Exporter(target)
