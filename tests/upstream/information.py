"""What is asked besides completions: models, health, and the server's own evidence."""

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from tests.upstream.exchange import Exchange
from tests.upstream.registry import MODES

if TYPE_CHECKING:
    from tests.upstream.server import Upstream

_BODIES = {"html": b"<html>hi</html>", "garbage": b'{"data": [', "blank": b""}
_LISTS: dict[str, list[object]] = {
    "empty": [],
    "huge": [f"m{number}" for number in range(50_000)],
    "hostile": [
        "../../etc/passwd",
        "--trust-remote-code",
        "m[/]\x1b]0;T\x07",
        "a" * 5000,
        "",
        None,
        7,
    ],
}


async def answer_models(exchange: Exchange) -> None:
    """The list of models, or the health, as `models_mode` says."""
    path = exchange.arrived.path.rstrip("/")
    if not path.endswith(("/models", "/health")):
        await exchange.json({"error": "Not Found"}, 404)
        return

    mode = exchange.options.models_mode
    if mode == "hang":
        await asyncio.sleep(exchange.options.hang)
    elif mode == "500":
        await exchange.json({"error": "broken"}, 500)
    elif mode in _BODIES:
        await exchange.whole(_BODIES[mode])
    elif mode == "ok" and path.endswith("/health"):
        await exchange.json({"status": "ok"})
    else:
        await _list(exchange, _LISTS.get(mode, [exchange.options.model]))


async def _list(exchange: Exchange, ids: list[object]) -> None:
    entries = [{"id": name, "object": "model", "created": 1} for name in ids]
    await exchange.json({"object": "list", "data": entries})


async def answer_control(server: "Upstream", exchange: Exchange) -> None:
    """`GET log`, `GET state`, and `POST mode` with `{"mode": NAME}`."""
    name = exchange.arrived.path.rpartition("/")[2]
    wanted = exchange.arrived.body.get("mode", "")
    if name == "log":
        await exchange.json([record.as_json() for record in server.log])
    elif name == "state":
        await exchange.json(server.state())
    elif name == "mode" and wanted in MODES:
        server.options = replace(server.options, mode=wanted, sequence=())
        await exchange.json({"mode": wanted})
    else:
        await exchange.json({"error": "Not Found"}, 404)
