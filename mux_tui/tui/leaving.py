"""How the cockpit ends: asked for, by a signal, by a bug; always in order.

The terminal is given back first. Then the engine closes, which ends what is under way
and records it.
"""

import asyncio
from contextlib import suppress
from typing import Any

from rich.console import RenderableType
from textual.worker import Worker, WorkerFailed
from textual.worker_manager import WorkerManager

from mux_tui.core.errors import MuxError
from mux_tui.tui.crash import stumbled, write_crash
from mux_tui.tui.desk import Desk
from mux_tui.tui.safe_host import SafeHost
from mux_tui.tui.terminal.driver import TerminalDriver

_SIGNAL_SECONDS = 3.0
"""How long services that are to be stopped may take when a signal ends the cockpit."""

_POLL_SECONDS = 0.02
_LENT_POLLS = 50
"""Looks for the end of a program that the terminal was lent to, until it is killed."""


class _Workers(WorkerManager):
    """Workers whose bugs do not vanish, which Textual's do unless they end the app."""

    def __init__(self, app: "Leaving") -> None:
        super().__init__(app)  # pyright: ignore[reportUnknownMemberType]
        self._leaving = app

    def _remove_worker(self, worker: Worker[Any]) -> None:
        super()._remove_worker(worker)  # pyright: ignore[reportUnknownMemberType]
        error = worker.error
        expected = isinstance(error, MuxError) or worker.exit_on_error
        if isinstance(error, Exception) and not expected:
            self._leaving.stumble(error)


class Leaving(SafeHost):
    """An app that keeps an engine open, and closes it whatever happens."""

    def __init__(self, desk: Desk) -> None:
        """Open nothing yet."""
        # Before Textual's own part, which asks for it.
        self.desk = desk
        self.crash: Exception | None = None
        """The bug that ended the app; None: none did."""

        self._engine_may_close = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None
        self.stumbles: list[Exception] = []
        """Bugs that the app survived."""

        self._by_signal = False
        self._leaving: asyncio.Task[None] | None = None
        super().__init__()
        self._workers = _Workers(self)

    def keep_engine(self) -> None:
        """Open the engine, and keep it open until the app ends."""
        self._keeper = asyncio.create_task(self.desk.keep(self._engine_may_close))
        self._keeper.add_done_callback(self._engine_closed)

    def _engine_closed(self, keeper: asyncio.Task[None]) -> None:
        error = None if keeper.cancelled() else keeper.exception()
        if isinstance(error, MuxError):
            self.tell_error(error)
        elif isinstance(error, Exception):
            self.fail(error)

    async def on_unmount(self) -> None:
        """Close the engine, and follow the settings on what is left."""
        self._engine_may_close.set()
        if self._keeper is not None:
            await asyncio.wait([self._keeper])
        settings = self.desk.settings
        policies = settings.proxy.on_exit, settings.server.on_exit
        if self._by_signal and "stop" in policies:
            from mux_tui.tui.under_way import look_around, stop_services

            with suppress(MuxError, TimeoutError):
                async with asyncio.timeout(_SIGNAL_SECONDS):
                    await stop_services(self.desk, await look_around(self.desk), "keep")

    async def action_quit(self) -> None:
        """Leave; ask first when something is under way."""
        from mux_tui.tui.dialogs.leave import Leave

        if not isinstance(self.screen, Leave):
            self.run_worker(self._quit, group="leave", exit_on_error=False)

    async def _quit(self) -> None:
        from mux_tui.tui.dialogs.leave import Leave
        from mux_tui.tui.under_way import look_around, stop_services

        under_way = await look_around(self.desk)
        choice = "keep"
        if under_way.asked:
            choice = await self.push_screen_wait(Leave(under_way))
        if choice == "stay":
            return

        # Tasks first: without their model they would fail instead.
        await self.desk.end_tasks()
        if under_way.stops_proxy(choice) or under_way.stops_server(choice):
            self.tell("Stopping what mux has started")
        try:
            await stop_services(self.desk, under_way, choice)
        except MuxError as error:
            self.tell_error(error)
            return
        self.exit()

    def leave(self, code: int) -> None:
        """Leave without asking, because a signal came.

        Args:
            code: The exit code that says which.
        """
        self._by_signal = True
        if self.lent:
            # Not before the terminal is back: two would paint on it.
            self._leaving = asyncio.create_task(self._take_back_and_leave(code))
        else:
            self.exit(return_code=code)

    async def _take_back_and_leave(self, code: int) -> None:
        from mux_tui.core.process.foreground import end_foreground

        for kill in (False, True):
            end_foreground(kill)
            for _ in range(_LENT_POLLS):
                if not self.lent:
                    break
                await asyncio.sleep(_POLL_SECONDS)
        self.exit(return_code=code)

    def fail(self, error: Exception) -> None:
        """Leave because of a bug; the first one is what the user is told of."""
        if self.crash is None:
            self.crash = error.error if isinstance(error, WorkerFailed) else error  # pyright: ignore[reportAttributeAccessIssue]
        self._return_code = 1
        if self._exception is None:
            # For Textual's own test harness, which raises it.
            self._exception = error
            self._exception_event.set()  # pyright: ignore[reportUnknownMemberType]
        self._close_messages_no_wait()

    def stumble(self, error: Exception) -> None:
        """Say that something failed which is no reason to leave; it is on file."""
        self.stumbles.append(error)
        self.tell_error(stumbled(error, self.desk.environment.paths))

    def restore_terminal(self) -> None:
        """Give the terminal back on the spot, with nothing else done."""
        if isinstance(self._driver, TerminalDriver):
            self._driver.restore_now()

    def _handle_exception(self, error: Exception) -> None:
        # Textual's own prints a traceback with the values of local variables, which
        # hold what users typed, and lets the process end with exit code 0.
        if not self._exit:
            self.fail(error)
        elif self.crash is None:
            # A screen that was just being made when mux is left misses its parts.
            write_crash(error, self.desk.environment.paths)

    def panic(self, *renderables: RenderableType) -> None:
        """Leave because of a bug; what Textual would print stays unprinted."""
        self.fail(RuntimeError("Textual panicked"))
