"""A proxy's screen on a stage: what a watcher would tell, told at once."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from mux_tui.core.events import (
    ExchangeEnded,
    ExchangePrefilled,
    ExchangeProgressed,
    ExchangeStarted,
)
from mux_tui.core.exchange import Cut, Exchange
from mux_tui.core.proxy.process.status import ProxyStatus
from mux_tui.core.proxy.translate.facts import ModelTraits
from mux_tui.core.proxy.watch.facts import ExchangeRecalled, ProxySeen, WatchFact
from mux_tui.core.proxy.watch.watcher import ProxyWatch
from mux_tui.tui.app import MuxApp
from mux_tui.tui.screens.proxy.screen import ProxyScreen
from tests.tui.stage import NOW, StageDesk, make_desk

Tell = Callable[[WatchFact], None]

TRAITS = ModelTraits(
    "qwen/qwen2.5-coder-7b", "qwen2.5-coder-7b", "small", 7e9, 32_768, prefill_rate=612
)
STOPPED = ProxyStatus("stopped", "No proxy is running.")


@dataclass
class Played:
    """A watcher that tells what it was given, and what the test adds."""

    facts: Sequence[WatchFact]
    tell: Tell | None = None
    runs: int = 0
    looks: int = 0

    async def run(self, tell: Tell) -> None:
        """Tell it, until cancelled."""
        self.runs += 1
        self.tell = tell
        try:
            for fact in self.facts:
                tell(fact)
            await asyncio.Event().wait()
        finally:
            self.runs -= 1
            self.tell = None

    def look_now(self) -> None:
        """Note it."""
        self.looks += 1


@dataclass
class ProxyDesk(StageDesk):
    """A desk whose proxy is played."""

    played: Played = field(default_factory=lambda: Played(()))

    async def proxy_watch(self) -> ProxyWatch:
        """The played one."""
        return cast(ProxyWatch, self.played)


def proxy_desk(folder: Path, *facts: WatchFact, **more: Any) -> ProxyDesk:
    """A desk whose watcher tells these facts."""
    desk = make_desk(folder, **more)
    return ProxyDesk(**vars(desk), played=Played(facts))


def running(**facts: Any) -> ProxySeen:
    """A proxy that answers."""
    known: dict[str, Any] = {
        "pid": 4711,
        "port": 3456,
        "url": "http://127.0.0.1:3456",
        "instance": "one",
        "since": "2026-11-18T08:52:00+00:00",
        "uptime_seconds": 8080.0,
        "open_requests": 0,
        "served": 187,
        "ends_in_seconds": 760.0,
        "model": TRAITS.name,
        "model_status": "ready",
        "traits": TRAITS,
        "resident_bytes": 58_000_000,
    }
    return ProxySeen(ProxyStatus("running", "It is ready.", **(known | facts)))


def turn(name: str, **facts: Any) -> Exchange:
    """A turn of Claude Code that went to the local model."""
    known: dict[str, Any] = {
        "status": "done",
        "session_id": "0b7c2f4e-77aa",
        "model_asked": "claude-sonnet-5",
        "model": TRAITS.name,
        "streamed": True,
        "sentence": "stays local: nothing calls for more",
        "bytes_in": 41_200,
        "bytes_sent": 7900,
        "cuts": CUTS,
        "tokens_sent": 2133,
        "tokens_counted": 2133,
        "tokens_cached": 1964,
        "tokens_out": 96,
        "first_token_seconds": 0.41,
        "seconds": 1.92,
        "stop_reason": "tool_use",
        "tool_calls": 1,
    }
    return Exchange(name, **(known | facts))


CUTS = (
    Cut("system prompt", "shortened for a small model", 23_400, 600),
    Cut("tool docs", "6 of 21 tools kept, as text", 9100, 2200),
    Cut("reminders", "3 system reminders", 2000, 0),
    Cut("result of Read, turn 3", "cut at 800 characters", 4300, 820),
)


def past() -> list[WatchFact]:
    """Some requests that are over, each in its own way."""
    return [
        _ago(
            310,
            turn(
                "e-1",
                kind="count",
                route="none",
                bytes_sent=0,
                cuts=(),
                tokens_counted=None,
                tokens_cached=None,
                tokens_out=None,
                first_token_seconds=None,
                seconds=0.01,
                tool_calls=0,
                stop_reason="",
            ),
        ),
        _ago(
            240,
            turn(
                "e-2",
                status="failed",
                tokens_counted=None,
                tokens_cached=None,
                tokens_out=None,
                first_token_seconds=None,
                tool_calls=0,
                stop_reason="",
                error="no answer from http://127.0.0.1:8080/v1: out of memory",
                http_status=502,
            ),
        ),
        _ago(
            200,
            turn(
                "e-3",
                tokens_sent=8120,
                tokens_counted=4096,
                tokens_cached=0,
                prefix_break="the list of tools changed",
                notes=("the server read 4,096 of 8,120 tokens: it cut the prompt",),
            ),
        ),
        _ago(150, turn("e-4", tokens_out=412, tool_calls=2, repairs=1, seconds=7.0)),
        _ago(90, turn("e-5", status="cancelled", stop_reason="", tool_calls=0)),
        _ago(
            60,
            turn(
                "e-6",
                kind="side",
                route="none",
                reason="side_call",
                sentence="is answered by mux itself: it needs no model",
                model="",
                bytes_in=2100,
                bytes_sent=0,
                cuts=(),
                tokens_sent=None,
                tokens_counted=None,
                tokens_cached=None,
                tokens_out=None,
                first_token_seconds=None,
                seconds=0.0,
                tool_calls=0,
                stop_reason="end_turn",
            ),
        ),
        _ago(30, turn("e-7", tokens_counted=2140, tokens_cached=2000)),
    ]


def live() -> list[WatchFact]:
    """One request that is answered, one that is read, and one that waits."""
    over: dict[str, Any] = {
        "status": "running",
        "tokens_counted": None,
        "tokens_cached": None,
        "tokens_out": None,
        "first_token_seconds": None,
        "seconds": 0.0,
        "stop_reason": "",
        "tool_calls": 0,
    }
    names = ("e-8", "e-9", "e-90")
    return [
        *(ExchangeStarted(turn(name, **over)) for name in names),
        ExchangeProgressed("e-8", 2, 0.52, 0.55),
        ExchangeProgressed("e-8", 38, 0.52, 1.12),
        ExchangePrefilled("e-9", 3100, 8000, 4.0),
    ]


def ended(name: str, **facts: Any) -> ExchangeEnded:
    """The end of a turn."""
    return ExchangeEnded(turn(name, **facts))


def _ago(seconds: float, exchange: Exchange) -> ExchangeRecalled:
    return ExchangeRecalled(exchange, NOW - seconds)


def screen_of(app: MuxApp) -> ProxyScreen:
    """The proxy's screen, which must be the one that is shown."""
    assert isinstance(app.screen, ProxyScreen)
    return app.screen


def told_by(app: MuxApp) -> str:
    """What was said in passing."""
    told = app._notifications  # pyright: ignore[reportPrivateUsage]
    return "\n".join(one.message for one in told)
