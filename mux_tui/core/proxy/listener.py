"""A socket on which connections are accepted, until it is left."""

import asyncio
import logging
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, cast

from mux_tui.core.proxy.connection import Connection
from mux_tui.core.proxy.limits import HttpLimits

if TYPE_CHECKING:
    from mux_tui.core.proxy.server import Face


@asynccontextmanager
async def listener(
    sock: socket.socket, face: "Face", limits: HttpLimits
) -> AsyncGenerator[None, None]:
    """Accept connections inside the context; leaving it breaks off what is open.

    Only uvicorn's connections are used, not its server: that one waits for answers to
    end by themselves, and takes the process's signals.

    Args:
        sock: Bound, listening.
        face: Answers.
        limits: What is too much for one connection.
    """
    from uvicorn.config import Config
    from uvicorn.server import ServerState

    config = Config(
        cast(Any, face),
        interface="asgi3",
        http=Connection,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=int(limits.idle_seconds),
    )
    # It warns of what any stranger sends; strangers get their answer, and no line.
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
    config.load()
    state = ServerState()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Connection(config, state, limits), sock=sock
    )
    try:
        yield
    finally:
        server.close()
        await face.close()
        for connection in tuple(cast("set[Connection]", state.connections)):
            connection.leave()
