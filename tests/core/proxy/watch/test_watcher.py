"""Watching a real proxy from outside: found, followed, lost, and found again."""

import asyncio
import os
import signal
from dataclasses import replace
from pathlib import Path

import psutil

from mux_tui.core.events import (
    ExchangeEnded,
    ExchangePrefilled,
    ExchangeProgressed,
    ExchangeStarted,
)
from mux_tui.core.proxy.process.lifecycle import ProxyProcess
from mux_tui.core.proxy.watch.board import ProxyBoard
from mux_tui.core.proxy.watch.control import ProxyControl
from mux_tui.core.proxy.watch.facts import (
    ExchangeRecalled,
    ProxyFailed,
    ProxySeen,
    ProxyStarting,
    ProxyStopping,
    WatchFact,
)
from tests.core.proxy.watch.worlds import (
    PROXY_PACE,
    Script,
    asked,
    asking,
    proxy_world,
)


def _sockets() -> int:
    return len(psutil.Process().net_connections("tcp"))


def _tasks() -> list[str]:
    """Tasks of the watching."""
    coroutines = (str(task.get_coro()) for task in asyncio.all_tasks())
    return [one for one in coroutines if "ProxyWatch" in one or "Story" in one]


async def test_started_followed_stopped_and_started_again(own_home: Path) -> None:
    """Each request once, with its steps; the next proxy is found by itself."""
    script = Script()
    async with proxy_world(own_home, play=script.play) as world:
        async with world.watching() as watched:
            await watched.until(lambda: watched.states == ["stopped"])
            running = await world.process().start()
            await watched.until(lambda: watched.states[-1] == "running")
            async with asking(running):
                await watched.until(lambda: watched.of(ExchangePrefilled))
                script.may_answer.set()
                await watched.until(lambda: len(watched.of(ExchangeProgressed)) > 1)
                script.may_end.set()
                await watched.until(lambda: watched.of(ExchangeEnded))
            await world.process().stop()
            await watched.until(lambda: watched.states[-1] == "stopped")
            again = await world.process().start()
            await watched.until(lambda: watched.states[-1] == "running")
            await asked(again)
            await watched.until(lambda: len(watched.of(ExchangeEnded)) == 2)

    # On a slow machine one that is ending is seen not to answer.
    states = [state for state in watched.states if state != "unresponsive"]
    assert states == ["stopped", "running", "stopped", "running"]
    started, ended = watched.of(ExchangeStarted), watched.of(ExchangeEnded)
    assert [one.exchange.id for one in started] == [one.exchange.id for one in ended]
    assert all(one.exchange.status == "done" for one in ended)
    assert watched.of(ExchangeRecalled) == []
    first, second = watched.of(ExchangeProgressed)[:2]
    assert first.tokens_out
    assert second.tokens_out
    assert second.tokens_out > first.tokens_out
    assert second.seconds - first.seconds >= 0.24


async def test_who_comes_late_hears_of_the_past_and_of_what_is_under_way(
    own_home: Path,
) -> None:
    script = Script()
    script.may_answer.set()
    async with proxy_world(own_home, play=script.play) as world:
        running = await world.process().start()
        async with world.watching() as early, asking(running):
            await early.until(lambda: early.of(ExchangeProgressed))
            script.may_end.set()
            await early.until(lambda: early.of(ExchangeEnded))
            script.may_end.clear()
            async with asking(running):
                await early.until(lambda: len(early.of(ExchangeStarted)) == 2)
                async with world.watching() as late:
                    await late.until(lambda: late.of(ExchangeRecalled))
                    await late.until(lambda: late.of(ExchangeStarted))
                    script.may_end.set()
                    await late.until(lambda: late.of(ExchangeEnded))

    past, now = [one.exchange.id for one in early.of(ExchangeStarted)]
    assert [one.exchange.id for one in late.of(ExchangeRecalled)] == [past]
    assert [one.exchange.id for one in late.of(ExchangeStarted)] == [now]
    assert [one.exchange.id for one in late.of(ExchangeEnded)] == [now]


async def test_a_proxy_that_is_killed_is_crashed_and_its_requests_have_ended(
    own_home: Path,
) -> None:
    script = Script()
    async with proxy_world(own_home, play=script.play) as world:
        running = await world.process().start()
        async with world.watching() as watched, asking(running):
            await watched.until(lambda: watched.of(ExchangePrefilled))
            os.kill(running.pid, signal.SIGKILL)
            await watched.until(lambda: watched.states[-1] == "crashed")
            board = ProxyBoard()
            await watched.until(lambda: not _live(board, watched.facts))
    assert [row.exchange.status for row in board.rows] == ["failed"]
    assert "proxy was gone" in board.rows[0].exchange.error


def _live(board: ProxyBoard, facts: list[WatchFact]) -> bool:
    for fact in facts:
        board.feed(fact, 0.0)
    return any(row.live for row in board.rows)


async def test_one_that_does_not_answer_is_told_and_found_to_answer_again(
    own_home: Path,
) -> None:
    async with proxy_world(own_home) as world:
        running = await world.process().start()
        world.pace = replace(PROXY_PACE, answer=0.5)
        async with world.watching() as watched:
            await watched.until(lambda: "running" in watched.states)
            os.kill(running.pid, signal.SIGSTOP)
            await watched.until(lambda: watched.states[-1] == "unresponsive")
            os.kill(running.pid, signal.SIGCONT)
            await watched.until(lambda: watched.states[-1] == "running")


async def test_cancelled_it_leaves_nothing_open(own_home: Path) -> None:
    async with proxy_world(own_home) as world:
        await world.process().start()
        before = _sockets()
        async with world.watching() as watched:
            await watched.until(lambda: watched.states == ["running"])
            await watched.until(lambda: _sockets() > before and len(_tasks()) > 1)
        await watched.until(lambda: _sockets() <= before)
        assert _tasks() == []


async def test_what_keys_do_is_told_step_by_step(own_home: Path) -> None:
    facts: list[WatchFact] = []
    async with proxy_world(own_home) as world:
        control = ProxyControl(world.process(), facts.append)
        first = await control.start()
        second = await control.restart()
        assert first is not None
        assert second is not None
        assert first.instance != second.instance
        assert await control.stop()
    kinds = [type(fact) for fact in facts]
    assert kinds == [
        *(ProxyStarting, ProxySeen),
        *(ProxyStopping, ProxySeen, ProxyStarting, ProxySeen),
        *(ProxyStopping, ProxySeen),
    ]


async def test_a_port_that_is_taken_is_told_with_its_owner(own_home: Path) -> None:
    facts: list[WatchFact] = []
    async with proxy_world(own_home) as world:
        # The scripted model server's own port.
        process: ProxyProcess = world.process(proxy__port=str(world.server.port))
        assert await ProxyControl(process, facts.append).start() is None
    failed = facts[-1]
    assert isinstance(failed, ProxyFailed)
    assert failed.what.startswith(f"port {world.server.port} is in use by ")
    assert f"(pid {os.getpid()})" in failed.what
    assert "proxy.port" in failed.next_step
