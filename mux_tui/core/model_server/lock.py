"""One start or stop of the model server at a time, across processes."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from mux_tui.core import file_lock
from mux_tui.core.errors import ServerError
from mux_tui.core.paths import private_directory


class ServerBusy(ServerError):
    """Another mux starts or stops the model server, and takes too long."""


@asynccontextmanager
async def held(
    path: Path,
    limit: float,
    waiting: Callable[[], None] = lambda: None,
    poll: float = 0.05,
) -> AsyncGenerator[None, None]:
    """Hold the lock inside the context; arguments as for `file_lock.held`.

    Raises:
        ServerBusy: The other holder kept it beyond the limit.
        ServerError: The lock file cannot be opened.
    """
    private_directory(path.parent)
    async with AsyncExitStack() as stack:
        try:
            await stack.enter_async_context(file_lock.held(path, limit, waiting, poll))
        except TimeoutError as error:
            raise ServerBusy(
                "another mux is starting or stopping the model server",
                f"it has not finished within {limit:.0f} s" if limit else "",
                "Try again, or see `mux server status`",
            ) from error
        except OSError as error:
            raise ServerError(
                f"cannot open {path}", error.strerror or str(error), "Make it writable"
            ) from error
        yield
