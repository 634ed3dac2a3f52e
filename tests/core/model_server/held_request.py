"""A real request that is under way for as long as the test wants it to be."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from mux_tui.core.model_server.probe import health, loopback_client
from mux_tui.core.model_server.running import Running


@asynccontextmanager
async def held_request(
    running: Running, pids: Path
) -> AsyncGenerator[asyncio.Task[int], None]:
    """One request that the fake answers when the context ends.

    Args:
        running: The server, of a mode that answers.
        pids: As the fake was given it.

    Yields:
        The status it ends with; 0: it was cut.
    """
    release = pids.with_name("release")
    release.unlink(missing_ok=True)
    task = asyncio.create_task(_asked(running))
    async with loopback_client() as client:
        root = running.base_url.removesuffix("/v1")
        while not ((at := await health(client, root, 5)) and at.open_requests):
            await asyncio.sleep(0.01)
    try:
        yield task
    finally:
        release.touch()
        await asyncio.wait((task,))


async def _asked(running: Running) -> int:
    body = {"messages": [{"role": "user", "content": "please hold"}]}
    async with loopback_client() as client:
        try:
            url = f"{running.base_url}/chat/completions"
            answer = await client.post(url, content=json.dumps(body).encode())
        except httpx.TransportError:
            return 0
    return answer.status_code
