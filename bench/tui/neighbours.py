"""The proxy under way, and cockpits beside it."""

import asyncio
import multiprocessing
import re
import sys
import time
from collections.abc import Callable, Generator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.proxy import usage
from bench.proxy.load import command
from bench.proxy.peers import Peer, Plan, free_ports, make
from bench.tui.flow import GAP_MS, Lags, flow, rest
from bench.tui.talker import SEAM
from bench.tui.terminal import Terminal

_PROJECT = Path(__file__).resolve().parents[2]
_COUNT = 20
_F3 = "\x1bOR"
_JUMP = "\x0f"
SETTLED_SECONDS = 0.3
"""Until keys have been taken, for sure."""


@dataclass(frozen=True)
class Place:
    """What runs all the time."""

    folder: Path
    seconds: float
    """Length of an answer."""

    proxy: Peer
    talker: Peer
    reader: ProcessPoolExecutor

    def cockpit(self, known: bool) -> Terminal:
        """Start a cockpit; `known`: at home where the proxy is."""
        home = self.folder / ("mux" if known else "apart")
        project = self.folder / "project"
        project.mkdir(exist_ok=True)
        variables = {
            "HOME": str(self.folder),
            "MUX_HOME": str(home / "mux"),
            "MUX_PROVIDERS_LOCAL_BASE_URL": (
                f"http://127.0.0.1:{self.talker.target.port}/v1"
            ),
            "MUX_PROVIDERS_LOCAL_MODEL": "upstream-model",
            "MUX_CLOUD_PERMISSION": "never",
            "MUX_PROXY_ON_EXIT": "keep",
            "PYTHONPATH": str(_PROJECT),
        }
        return Terminal([sys.executable, "-m", "mux_tui"], variables, project)

    def flow(self, streams: bool) -> "Future[Lags]":
        """Let the answers begin; without streams, as much time passes."""
        if not streams:
            return self.reader.submit(rest, self.seconds)

        target = self.proxy.target
        return self.reader.submit(flow, target.port, dict(target.headers), _COUNT)

    def work(self) -> float:
        """Seconds the processors have worked for the proxy."""
        return usage.cpu_seconds(self.proxy.pid)


def watch(terminal: Terminal) -> None:
    """Show the proxy's screen, and open its filter, which lets every request pass."""
    terminal.type(_F3)
    expect(terminal, "started elsewhere")
    terminal.type("/")


def answer(terminal: Terminal) -> None:
    """Have a task answered, as far as the slow part; one can write the next one."""
    terminal.type("Say hello.")
    expect(terminal, re.escape("Say hello."))
    terminal.type("\r")
    expect(terminal, re.escape(SEAM))
    for key in (_JUMP, "t"):
        time.sleep(SETTLED_SECONDS)
        terminal.type(key)


def expect(terminal: Terminal, pattern: str) -> None:
    """Wait until it shows something; the bench ends when it does not."""
    if terminal.wait(pattern, 20) is None:
        sys.exit(f"the cockpit did not show {pattern!r}")


@dataclass(frozen=True)
class Case:
    """How the cockpit is."""

    drive: Callable[[Terminal], None] | None
    """Brings it there; None: there is no cockpit."""

    known: bool = True
    """It knows of the proxy."""

    streams: bool = True
    """There are answers through the proxy meanwhile."""


CASES: Mapping[str, Case] = {
    "nobody": Case(None),
    "watching": Case(watch),
    "answering": Case(answer),
    "apart": Case(answer, known=False),
    "idle": Case(watch, streams=False),
    "alone": Case(answer, streams=False),
}


@contextmanager
def running(folder: Path, seconds: float) -> Generator[Place]:
    """Let upstream, proxy and local model run, and a process that reads."""
    upstream, proxy = make(["mux"], folder)
    (port,) = free_ports(1)
    (folder / "talker").mkdir()
    plan = Plan([sys.executable, "-m", "bench.tui.talker", "--port", str(port)])
    talker = Peer("talker", plan, port, folder / "talker")
    speech = {"pieces": int(seconds * 1000 / GAP_MS), "gap_ms": GAP_MS}
    spawn = multiprocessing.get_context("spawn")
    peers = (upstream, proxy, talker)
    with ProcessPoolExecutor(1, spawn) as reader:
        try:
            for peer in peers:
                peer.start()
            asyncio.run(_ready(upstream, proxy))
            asyncio.run(command(upstream.target.port, "/speech", speech))
            yield Place(folder, seconds, proxy, talker, reader)
        finally:
            for peer in reversed(peers):
                peer.stop()


async def _ready(upstream: Peer, proxy: Peer) -> None:
    for peer in (upstream, proxy):
        await peer.ready()
        peer.target.forget()
