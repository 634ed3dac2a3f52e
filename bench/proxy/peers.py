"""What is measured: how each is started, and when it is ready."""

import asyncio
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.proxy import usage
from bench.proxy.load import Target
from bench.proxy.shapes import body
from bench.proxy.upstream import MODEL

_PROJECT = Path(__file__).resolve().parents[2]
_POLL = 0.005


@dataclass
class Plan:
    """How a peer is started."""

    command: list[str]
    environment: dict[str, str] = field(default_factory=dict[str, str])
    headers: Callable[[], Mapping[str, str] | None] = dict
    """What its requests carry; None: it cannot be told yet."""


Planner = Callable[[Path, int, int], Plan | None]
"""From a folder of its own, its port and the upstream's; None: it is not installed."""


class Peer:
    """One program under measurement."""

    def __init__(self, name: str, plan: Plan, port: int, folder: Path) -> None:
        """Make one that does not run."""
        self.name = name
        self.target = Target(port, {})
        self._plan = plan
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The number of its first process."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start it; what it writes goes to a log in its folder."""
        variables = {
            name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ
        }
        own = {"HOME": str(self._folder), "TMPDIR": str(self._folder)}
        with (self._folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                self._plan.command,
                cwd=_PROJECT,
                env=variables | own | self._plan.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    async def ready(self, limit: float = 60) -> float:
        """Wait until it answers a request.

        Returns:
            The moment of its first answer, on the monotonic clock.

        Raises:
            SystemExit: It does not.
        """
        small = body("small", stream=False)
        deadline = time.monotonic() + limit
        error = "it did not start"
        while time.monotonic() < deadline and self._runs:
            headers = self._plan.headers()
            if headers is not None:
                self.target.headers = headers
                try:
                    measured = await self.target.send(self.target.request(small))
                except OSError as fault:
                    error = str(fault)
                else:
                    if not measured.error:
                        return time.monotonic()
                    error = measured.error
            await asyncio.sleep(_POLL)

        log = (self._folder / "log").read_text(errors="replace")
        sys.exit(f"{self.name} is not ready: {error}\n{log[-2000:]}")

    def stop(self) -> None:
        """End it."""
        self.target.forget()
        if self._process is not None:
            usage.end(self._process.pid)
            self._process.wait()
            self._process = None

    @property
    def _runs(self) -> bool:
        return self._process is not None and self._process.poll() is None


def _upstream(folder: Path, port: int, upstream: int) -> Plan:
    return Plan([sys.executable, "-m", "bench.proxy.upstream", "--port", str(port)])


def _relay(folder: Path, port: int, upstream: int) -> Plan:
    ports = ["--port", str(port), "--to", str(upstream)]
    return Plan([sys.executable, "-m", "bench.proxy.relay", *ports])


def _mux(folder: Path, port: int, upstream: int) -> Plan:
    variables = {
        "MUX_HOME": str(folder / "mux"),
        "MUX_PROVIDERS_LOCAL_BASE_URL": f"http://127.0.0.1:{upstream}/v1",
        "MUX_PROVIDERS_LOCAL_MODEL": MODEL,
        "MUX_PROXY_PORT": str(port),
        "MUX_PROXY_IDLE_MINUTES": "0",
        "MUX_PROXY_PREWARM": "false",
        # Peers do not trim; neither must we, or less would go upstream.
        "MUX_PROXY_LARGE_BUDGET": "10000000",
        "MUX_PROXY_PREFILL_SECONDS": "600",
        "MUX_SERVER_PROMPT_CONCURRENCY": "64",
        "MUX_SERVER_DECODE_CONCURRENCY": "64",
    }
    record = folder / "mux" / "state" / "proxy.json"

    def headers() -> Mapping[str, str] | None:
        try:
            return {"x-mux-token": json.loads(record.read_bytes())["token"]}
        except (OSError, ValueError):
            return None

    return Plan([sys.executable, "-m", "mux_tui", "proxy", "run"], variables, headers)


def _litellm(folder: Path, port: int, upstream: int) -> Plan | None:
    program = shutil.which("litellm")
    if program is None:
        return None

    model = {
        "model": f"openai/{MODEL}",
        "api_base": f"http://127.0.0.1:{upstream}/v1",
        "api_key": "none",
    }
    config = folder / "config.json"
    listed = [{"model_name": "*", "litellm_params": model}]
    config.write_text(json.dumps({"model_list": listed}))
    variables = {
        "LITELLM_DANGEROUSLY_PERMIT_WEAK_OR_UNSET_MASTER_KEY": "true",
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        "LITELLM_USE_CHAT_COMPLETIONS_URL_FOR_ANTHROPIC_MESSAGES": "true",
    }
    return Plan([program, "--config", str(config), "--port", str(port)], variables)


def _ccr(folder: Path, port: int, upstream: int) -> Plan | None:
    program = shutil.which("ccr")
    if program is None:
        return None

    provider: dict[str, Any] = {
        "name": "fake",
        "api_base_url": f"http://127.0.0.1:{upstream}/v1/chat/completions",
        "api_key": "none",
        "models": [MODEL],
    }
    config: dict[str, Any] = {
        "PORT": port,
        "NON_INTERACTIVE_MODE": True,
        "LOG": False,
        "Providers": [provider],
        "Router": {"default": f"fake,{MODEL}"},
    }
    place = folder / ".claude-code-router"
    place.mkdir()
    (place / "config.json").write_text(json.dumps(config))
    return Plan([program, "start"])


PLANNERS: Mapping[str, Planner] = {
    "direct": _upstream,
    "relay": _relay,
    "mux": _mux,
    "litellm": _litellm,
    "ccr": _ccr,
}


def make(names: list[str], place: Path) -> list[Peer]:
    """The peers of those names, as far as they are installed; `direct` first."""
    ports = free_ports(len(PLANNERS))
    upstream = ports[0]
    peers: list[Peer] = []
    for (name, planner), port in zip(PLANNERS.items(), ports, strict=True):
        if name not in names and name != "direct":
            continue
        folder = place / name
        folder.mkdir(parents=True)
        plan = planner(folder, port, upstream)
        if plan is not None:
            peers.append(Peer(name, plan, port, folder))

    return peers


def free_ports(count: int) -> list[int]:
    """Ports of this machine that nobody listens on, all different."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()
