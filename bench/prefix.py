"""How much of each prompt the model server need not read again, through the proxy.

    python -m bench.prefix [--turns N] [--home DIR]

A conversation shaped like Claude Code's: a billing line that changes with each request,
a cache mark that moves, reminders, tools and their results. The model is the installed
starter in the real model server. Then everything is started anew, twice, and the first
turn is asked once more: as it is, and with its beginning read beforehand.
"""

import argparse
import asyncio
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from bench.proxy import usage
from bench.proxy.shapes import code, prose, tools

_PROJECT = Path(__file__).resolve().parents[1]
_STARTER = "smollm2-135m"
_READY_SECONDS = 180.0
_TARGET = 0.95
_WARM_TARGET = 0.25


@dataclass(frozen=True)
class Turn:
    """One answer."""

    prompt: int
    """Tokens."""

    cached: int
    first: float
    """Seconds until the first text."""

    content: list[dict[str, Any]]

    @property
    def share(self) -> float:
        """How much of the prompt was cached."""
        return self.cached / self.prompt if self.prompt else 0.0


class Conversation:
    """Requests as a client sends them, turn after turn."""

    def __init__(self, answer_tokens: int) -> None:
        self._chance = random.Random(7)
        self._answer_tokens = answer_tokens
        self._session = str(uuid.uuid4())
        self._system = prose(self._chance, 2500)
        self._tools = tools(self._chance, 12_000)[:4]
        reminder = f"<system-reminder>\n{prose(self._chance, 250)}</system-reminder>"
        agents = {"role": "system", "content": prose(self._chance, 100)}
        self._messages: list[dict[str, Any]] = [
            {"role": "user", "content": [_text(reminder), _text("Fix the test.")]},
            agents,
        ]
        self._number = 0

    def request(self) -> dict[str, Any]:
        """The next request."""
        self._number += 1
        billing = f"x-anthropic-billing-header: cc_version=2.1.197.{self._number:03x};"
        mark = {"cache_control": {"type": "ephemeral"}}
        # The mark stands on the newest block, so every block loses it a turn later.
        *older, newest = json.loads(json.dumps(self._messages))
        if isinstance(newest["content"], list):
            newest["content"][-1] |= mark
        return {
            "model": "local",
            "max_tokens": self._answer_tokens,
            "stream": True,
            "temperature": 0,
            "system": [_text(billing), _text(self._system) | mark],
            "tools": self._tools,
            "messages": [*older, newest],
            "metadata": {"user_id": json.dumps({"session_id": self._session})},
        }

    def go_on(self, answer: list[dict[str, Any]]) -> None:
        """Take the answer into the conversation, run its tools, and say more."""
        said = answer or [_text("(nothing)")]
        self._messages.append({"role": "assistant", "content": said})
        results = [
            {
                "type": "tool_result",
                "tool_use_id": block["id"],
                "content": [_text(code(self._chance, 300))],
            }
            for block in said
            if block["type"] == "tool_use"
        ]
        more = _text(f"Go on. {prose(self._chance, 80)}")
        self._messages.append({"role": "user", "content": [*results, more]})


def _text(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}


class Proxy:
    """Our proxy with a model server of its own."""

    def __init__(self, home: Path, model: Path, prewarm: bool) -> None:
        self.prewarm = prewarm
        self._home = home
        self._variables = {
            **{n: os.environ[n] for n in ("PATH", "LANG") if n in os.environ},
            "HOME": str(home),
            "MUX_HOME": str(home / "mux"),
            "MUX_PROVIDERS_LOCAL_MODEL": str(model),
            "MUX_PROXY_PORT": "0",
            "MUX_PROXY_PREWARM": str(prewarm).lower(),
        }
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0

    def start(self) -> None:
        """Start it."""
        self._started = time.time() - 1
        with (self._home / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "mux_tui", "proxy", "run"],
                cwd=_PROJECT,
                env=self._variables,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    @asynccontextmanager
    async def client(self) -> AsyncGenerator[httpx.AsyncClient]:
        """A client that is let in, once the proxy answers."""
        told = await self._record()
        async with httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{told['port']}",
            headers={"x-mux-token": told["token"]},
            timeout=600,
            trust_env=False,
        ) as client:
            yield client

    async def _record(self) -> dict[str, Any]:
        record = self._home / "mux" / "state" / "proxy.json"
        deadline = time.monotonic() + _READY_SECONDS
        while time.monotonic() < deadline:
            if self._process is not None and self._process.poll() is not None:
                break
            try:
                told = json.loads(record.read_bytes())
                _, writer = await asyncio.open_connection("127.0.0.1", told["port"])
                writer.close()
                return told
            except (OSError, ValueError):
                await asyncio.sleep(0.05)

        sys.exit(f"the proxy is not ready\n{(self._home / 'log').read_text()[-2000:]}")

    async def warmed(self) -> str:
        """Wait until the beginning has been read; how that ended, `done` at best.

        A proxy that has no beginning to read says nothing, and is not waited for.
        """
        if not (self._home / "mux" / "state" / "beginnings.json").exists():
            return "nothing known yet"

        ledger = self._home / "mux" / "data" / "ledger.db"
        deadline = time.monotonic() + _READY_SECONDS
        sql = (
            "SELECT trim(status || ' ' || coalesce(error, '')) FROM exchanges"
            " WHERE kind = 'warm' AND started_at > ? ORDER BY id DESC"
        )
        while time.monotonic() < deadline:
            with closing(sqlite3.connect(ledger)) as connection:
                row = connection.execute(sql, (self._started,)).fetchone()
            if row is not None and not str(row[0]).startswith("running"):
                return str(row[0])
            await asyncio.sleep(0.1)

        return "never tried"

    def stop(self) -> None:
        """End the proxy and its model server."""
        if self._process is not None:
            usage.end(self._process.pid)
            self._process.wait()
        subprocess.run(
            [sys.executable, "-m", "mux_tui", "server", "stop"],
            cwd=_PROJECT,
            env=self._variables,
            check=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


async def ask(client: httpx.AsyncClient, request: dict[str, Any]) -> Turn:
    """Send one request and read its answer."""
    began, first = time.monotonic(), 0.0
    blocks: list[dict[str, Any]] = []
    usage_told: dict[str, int] = {}
    async with client.stream("POST", "/v1/messages", json=request) as response:
        if response.status_code != 200:
            sys.exit(f"status {response.status_code}: {await response.aread()!r}")
        async for line in response.aiter_lines():
            if not line.startswith("data:"):
                continue
            event = json.loads(line[5:])
            if event["type"] == "content_block_delta" and not first:
                first = time.monotonic() - began
            if event["type"] == "message_delta":
                usage_told |= event["usage"]
            if event["type"] == "error":
                sys.exit(f"the answer failed: {event['error']['message']}")
            _grow(blocks, event)
    cached = usage_told.get("cache_read_input_tokens", 0)
    prompt = usage_told.get("input_tokens", 0) + cached
    return Turn(prompt, cached, first, [_finished(block) for block in blocks])


def _grow(blocks: list[dict[str, Any]], event: dict[str, Any]) -> None:
    match event:
        case {"type": "content_block_start", "content_block": block}:
            blocks.append(block | {"input": ""} if "input" in block else block)
        case {"type": "content_block_delta", "delta": {"text": text}}:
            blocks[-1]["text"] += text
        case {"type": "content_block_delta", "delta": {"thinking": text}}:
            blocks[-1]["thinking"] += text
        case {"type": "content_block_delta", "delta": {"partial_json": text}}:
            blocks[-1]["input"] += text
        case _:
            pass


def _finished(block: dict[str, Any]) -> dict[str, Any]:
    if block["type"] != "tool_use":
        return block

    return block | {"input": json.loads(block["input"] or "{}")}


async def converse(proxy: Proxy, turns: int, answer_tokens: int) -> list[Turn]:
    """Have a conversation, and tell of each turn."""
    done: list[Turn] = []
    conversation = Conversation(answer_tokens)
    async with proxy.client() as client:
        for number in range(1, turns + 1):
            turn = await ask(client, conversation.request())
            conversation.go_on(turn.content)
            done.append(turn)
            print(
                f"{number:4} {turn.prompt:10,} {turn.cached:10,} {turn.share:8.1%}"
                f" {turn.first:10.2f}",
                flush=True,
            )
    return done


async def session(proxy: Proxy, turns: int, answer_tokens: int) -> list[Turn]:
    """A conversation with a proxy and a model server that have just been started."""
    try:
        proxy.start()
        async with proxy.client() as client:
            how = await proxy.warmed() if proxy.prewarm else "off"
            # The model is loaded by a request that shares nothing with the others.
            await ask(client, _unrelated())
        print(f"read beforehand: {how}")
        return await converse(proxy, turns, answer_tokens)
    finally:
        proxy.stop()


async def measure(home: Path, model: Path, turns: int, answer_tokens: int) -> int:
    """Measure, print; 1: less was cached than promised."""
    warm, cold = Proxy(home, model, prewarm=True), Proxy(home, model, prewarm=False)
    print(f"{'turn':>4} {'prompt':>10} {'cached':>10} {'share':>8} {'first s':>10}")
    # From the first conversation the proxy knows how fast the model reads, which
    # decides how much is trimmed, and so how later prompts begin.
    await session(cold, 1, answer_tokens)
    done = await session(warm, turns, answer_tokens)
    (without,) = await session(cold, 1, answer_tokens)
    (beforehand,) = await session(warm, 1, answer_tokens)

    shares = [turn.share for turn in done[2:]]
    lowest = min(shares, default=1.0)
    cached, prompt = sum(t.cached for t in done[2:]), sum(t.prompt for t in done[2:])
    print(f"\nturns 3 to {turns}: {cached / max(prompt, 1):.1%} cached, ", end="")
    print(f"lowest {lowest:.1%} (target: {_TARGET:.0%})")
    ratio = beforehand.first / without.first
    print(f"first turn, read beforehand: {ratio:.2f} of the time without", end=" ")
    print(f"(target: {_WARM_TARGET})")
    return 0 if lowest >= _TARGET and ratio <= _WARM_TARGET else 1


def _unrelated() -> dict[str, Any]:
    messages = [{"role": "user", "content": "Hello."}]
    return {"model": "local", "max_tokens": 4, "stream": True, "messages": messages}


def main() -> int:
    """Measure, print; exit code 1: less was cached than promised."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--turns", type=int, default=10)
    parser.add_argument("--answer-tokens", type=int, default=40)
    parser.add_argument(
        "--home",
        type=Path,
        default=_PROJECT / ".cache" / "mux-tests" / "cache",
        help="where models are: the cache directory of a MUX_HOME",
    )
    options = parser.parse_args()
    found = (options.home / "models").glob(f"{_STARTER}*/config.json")
    models = sorted(config.parent for config in found)
    if not models:
        sys.exit(f"no starter model in {options.home}/models. Run: mux setup --starter")

    with tempfile.TemporaryDirectory(prefix="mux-bench-") as place:
        work = measure(Path(place), models[0], options.turns, options.answer_tokens)
        return asyncio.run(work)


if __name__ == "__main__":
    sys.exit(main())
