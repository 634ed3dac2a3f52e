"""What signals do to an asynchronous command."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable

import pytest

from mux_tui.cli.diagnostics import ExitCode
from mux_tui.cli.loop import run_until_done

LONG = 30.0


def ended(command: Awaitable[ExitCode]) -> tuple[ExitCode, list[str]]:
    """The exit code of a command, and what was said of signals."""
    said: list[str] = []
    return run_until_done(command, said.append), said


def send(number: signal.Signals) -> None:
    """Send a signal to ourselves."""
    os.kill(os.getpid(), number)


async def wait(number: signal.Signals) -> ExitCode:
    """Be sent a signal, and wait for what comes."""
    send(number)
    await asyncio.sleep(LONG)
    return ExitCode.FAILED


@pytest.mark.parametrize(
    ("number", "code", "sentence"),
    [
        (signal.SIGINT, ExitCode.INTERRUPTED, "interrupted"),
        (signal.SIGTERM, ExitCode.TERMINATED, "ended by SIGTERM"),
        (signal.SIGHUP, ExitCode.HANGUP, "the terminal was closed"),
    ],
)
def test_a_signal_ends_the_command_with_its_own_code(
    number: signal.Signals, code: ExitCode, sentence: str
) -> None:
    assert ended(wait(number)) == (code, [sentence])


def test_a_second_signal_does_not_break_the_cleaning_up() -> None:
    cleaned: list[str] = []

    async def command() -> ExitCode:
        try:
            return await wait(signal.SIGINT)
        finally:
            for number in (signal.SIGINT, signal.SIGTERM):
                send(number)
                await asyncio.sleep(0.02)
            cleaned.append("up")

    assert ended(command()) == (ExitCode.INTERRUPTED, ["interrupted"])
    assert cleaned == ["up"]


def test_a_command_that_ends_all_the_same_keeps_its_code() -> None:
    async def command() -> ExitCode:
        try:
            return await wait(signal.SIGINT)
        except asyncio.CancelledError:
            return ExitCode.VERIFICATION

    assert ended(command())[0] == ExitCode.VERIFICATION


def test_what_was_told_to_ignore_hangups_goes_on() -> None:
    """`nohup mux run …` outlives its terminal."""

    async def command() -> ExitCode:
        send(signal.SIGHUP)
        await asyncio.sleep(0.02)
        return ExitCode.OK

    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        assert ended(command()) == (ExitCode.OK, [])
    finally:
        signal.signal(signal.SIGHUP, before)


def test_cleaning_up_that_takes_too_long_can_be_ended() -> None:
    script = """
import asyncio, os, signal
from mux_tui.cli import loop
loop._PATIENCE = 0.0
async def command():
    os.kill(os.getpid(), signal.SIGTERM)
    try:
        await asyncio.sleep(30)
    finally:
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.sleep(30)
loop.run_until_done(command(), print)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, timeout=60
    )
    assert done.returncode == -signal.SIGTERM
