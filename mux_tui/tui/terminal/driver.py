"""Textual's driver for terminals, mended where a terminal is slow, stopped or gone.

Textual's own waits for the terminal on the event loop, spins on one that was closed,
takes locks in signal handlers, and lets anybody write on the screen.
"""

import os
import select
import signal
import termios
import threading
from codecs import getincrementaldecoder
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver

from mux_tui.tui.terminal.diversion import Diversion, duplicate
from mux_tui.tui.terminal.screen_file import ScreenFile
from mux_tui.tui.terminal.typed import Typed, Typing, parted

HANGUP = 129
"""The exit code of a cockpit whose terminal went away."""

_PATIENCE = 1.0
"""Seconds that a terminal may take for the last that is written to it."""

_GAP = 0.02
"""Seconds without anything more after which a paste is over."""

_MOST_PASTED = 4_000_000
"""Bytes of a paste that are gathered before they are passed on."""

_RESET = (
    "\x1b[?2026l\x1b[?2048l\x1b[?2004l\x1b[?1004l\x1b[?1016l\x1b[?1015l\x1b[?1006l"
    "\x1b[?1003l\x1b[?1000l\x1b[?7h\x1b[<u\x1b[?1049l\x1b[?25h\x1b[0m"
)
"""Switches off every mode that the screen may have switched on."""


class TerminalDriver(LinuxDriver):
    """A driver that never waits for the terminal, and always gives it back."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """Make one; the terminal is touched by `start_application_mode`."""
        super().__init__(*arguments, **options)  # pyright: ignore[reportUnknownMemberType]
        self._diversion = Diversion()
        # Not stderr, which `mux 2>file` leads away.
        self._number = duplicate(1)
        self._screen_is_on = False
        # In the loop and not in the handler, where the writer's lock may be held by
        # the very code that was interrupted.
        for number, handler in (
            (signal.SIGTSTP, self._pause),
            (signal.SIGCONT, self._go_on),
        ):
            signal.signal(number, self._soon(handler))

    def _soon(self, handler: Any) -> Any:
        def received(*_: object) -> None:
            with suppress(RuntimeError):  # The loop is closed already.
                self._loop.call_soon_threadsafe(handler)

        return received

    def start_application_mode(self) -> None:
        """Take the terminal."""
        self._file = ScreenFile(  # pyright: ignore[reportAttributeAccessIssue]
            self._number, self._repaint_soon, self._terminal_gone
        )
        self._diversion.begin()
        super().start_application_mode()
        self._screen_is_on = self._writer_thread is not None
        if not self._screen_is_on:
            # A job in the background may not have it; it has been stopped again.
            self._close_file()
            self._diversion.end()

    def stop_application_mode(self) -> None:
        """Give the terminal back."""
        if not self._screen_is_on:
            return
        self._screen_is_on = False
        super().stop_application_mode()
        if self._mouse_pixels:
            # Textual switches it on and never off.
            self.write("\x1b[?1016l")
        self._close_file()
        self._diversion.end()

    def close(self) -> None:
        """Nothing is left: giving the terminal back has ended the threads."""

    def _close_file(self) -> None:
        if self._writer_thread is not None:
            self._writer_thread.stop()
            self._writer_thread = None
        self._file.finish(_PATIENCE)  # pyright: ignore[reportAttributeAccessIssue]

    def restore_now(self) -> None:
        """Give the terminal back on the spot, whatever state everything is in."""
        if not self._screen_is_on:
            return
        self._screen_is_on = False
        if self.attrs_before is not None:
            with suppress(termios.error):
                termios.tcsetattr(self.fileno, termios.TCSANOW, self.attrs_before)
        # A thread, for a terminal that is stopped would keep us here.
        reset = threading.Thread(target=self._reset, daemon=True)
        reset.start()
        reset.join(_PATIENCE)
        self._diversion.end()

    def _reset(self) -> None:
        with suppress(OSError):
            os.write(self._number, _RESET.encode())

    def write(self, data: str) -> None:
        """Write to the terminal; what comes too late is for nobody."""
        if self._writer_thread is not None:
            self._writer_thread.write(data)

    def _get_terminal_size(self) -> tuple[int, int]:
        # Textual asks standard output, which leads elsewhere now.
        try:
            width, height = os.get_terminal_size(self._number)
        except OSError:
            return 80, 24
        return width or 80, height or 24

    def _pause(self) -> None:
        """Stop as a job, and go on with the screen as it was."""
        if self._auto_restart and self._screen_is_on:
            self.suspend_application_mode()
            self._must_signal_resume = True
        os.kill(os.getpid(), signal.SIGSTOP)

    def _go_on(self) -> None:
        if not self._auto_restart:
            return
        if self._screen_is_on:
            # Stopped by SIGSTOP: whoever had the terminal since has changed it.
            self.suspend_application_mode()
        self.resume_application_mode()
        self._repaint()

    def _repaint_soon(self) -> None:
        with suppress(RuntimeError):  # The loop is closed already.
            self._loop.call_soon_threadsafe(self._repaint)

    def _repaint(self) -> None:
        if self._app.is_running:
            self._app.refresh(layout=True)

    def _terminal_gone(self) -> None:
        """Called in a thread: nobody will ever see the screen again."""
        with suppress(RuntimeError):  # The loop is closed already.
            self._loop.call_soon_threadsafe(self._leave)

    def _leave(self) -> None:
        self._app.exit(return_code=self._app.return_code or HANGUP)

    def _run_input_thread(self) -> None:
        try:
            self.run_input_thread()
        except OSError:
            self._terminal_gone()
        except Exception as error:  # Textual would print it with local variables.
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._app._handle_exception, error)  # pyright: ignore[reportPrivateUsage]

    def run_input_thread(self) -> None:
        """Read keys until the end of input, or until the screen is given back.

        Textual's own reads on and on where there is nothing more to come.
        """
        parser = XTermParser(self._debug)
        typing = Typing()
        decode = getincrementaldecoder("utf-8")("replace").decode
        while not self.exit_event.is_set():
            if select.select([self.fileno], [], [], 0.1)[0]:
                read = os.read(self.fileno, 4096)
                if not read:
                    self._terminal_gone()
                    return
                # Nothing yet when a character is cut: the parser takes it as the end.
                if keys := decode(read):
                    if typing.looks_pasted(keys):
                        keys = self._take_pasted(keys + self._rest(decode))
                    typing.took(keys)
                    # Nothing at all would be taken as the end, too.
                    for event in parser.feed(keys) if keys else ():
                        self.process_message(event)
            for event in parser.tick():
                self.process_message(event)

    def _rest(self, decode: Callable[[bytes], str]) -> str:
        """What comes right behind, for a paste comes in several reads."""
        rest: list[str] = []
        size = 0
        while size < _MOST_PASTED and select.select([self.fileno], [], [], _GAP)[0]:
            read = os.read(self.fileno, 4096)
            if not read:
                break
            size += len(read)
            rest.append(decode(read))
            if b"\x1b" in read:
                break
        return "".join(rest)

    def _take_pasted(self, read: str) -> str:
        """Pass on what was pasted; returns what is keys behind it."""
        plain, escape, keys = read.partition("\x1b")
        if escape:
            self.process_message(Typed(plain))
            return escape + keys

        arrived = parted(read)
        self.process_message(Typed(arrived.text))
        return arrived.keys
