"""One start or stop of the proxy at a time, across processes."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager

from mux_tui.core import file_lock
from mux_tui.core.errors import ProxyError
from mux_tui.core.paths import Paths, private_directory


class ProxyBusy(ProxyError):
    """Another mux starts or stops the proxy, and takes too long."""


@asynccontextmanager
async def locked(paths: Paths, limit: float) -> AsyncGenerator[None, None]:
    """Be the only one that starts or stops the proxy, inside the context.

    Raises:
        ProxyBusy: Another one is, and does not come to an end within `limit` seconds.
        ProxyError: The lock file cannot be opened.
    """
    private_directory(paths.state_dir)
    async with AsyncExitStack() as stack:
        try:
            await stack.enter_async_context(file_lock.held(paths.proxy_lock, limit))
        except TimeoutError as error:
            raise ProxyBusy(
                "another mux is starting or stopping the proxy",
                f"it has not finished within {limit:g} s",
                "Try again, or see `mux proxy status`",
            ) from error
        except OSError as error:
            why = error.strerror or str(error)
            raise ProxyError(f"cannot open {paths.proxy_lock}", why) from error
        yield
