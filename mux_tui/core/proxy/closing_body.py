"""The body of a reply that always cleans up."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any


class ClosingBody(AsyncGenerator[bytes, None]):
    """A generator that cleans up even when nobody has read from it.

    Closing one that was not started would run nothing of it.
    """

    def __init__(
        self, inner: AsyncGenerator[bytes, None], close: Callable[[], Awaitable[None]]
    ) -> None:
        """Make one.

        Args:
            inner: The pieces.
            close: Called at the end, however it comes; more than once does no harm.
        """
        self._inner = inner = inner
        self._close = close

    async def asend(self, value: None) -> bytes:
        """Go on to the next piece."""
        return await self._inner.asend(value)

    async def athrow(self, *error: Any) -> bytes:
        """Go on with an error."""
        return await self._inner.athrow(*error)

    async def aclose(self) -> None:
        """End it, wherever it stands."""
        await self._inner.aclose()
        await self._close()
