"""The newest request, as it came and as it went on, in two files for debugging.

Nothing of it happens while a request is served: the newest one is remembered, and
written a moment later by a thread. Credentials are masked before anything is written.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from mux_tui.core.errors import MuxError
from mux_tui.core.paths import Paths, private_directory, write_private
from mux_tui.core.redact import MARK, redact

_MOST_BYTES = 8 * 1024 * 1024
"""A longer body is kept as the text of its beginning."""

_BEGINNING = 256 * 1024
_DOUBTFUL = 8 * 1024
_LONGEST_STRING = 256 * 1024
"""Longer strings, such as pictures, lose their middle."""

_PAUSE = 2.0
"""Seconds between two writes, so that a burst of requests costs one."""

_SECRET_HEADERS = frozenset(
    {"authorization", "proxy-authorization", "x-api-key", "cookie", "set-cookie"}
)
_DEEPEST = 200


@dataclass(frozen=True)
class Kept:
    """A request to be kept."""

    id: str
    """Of the exchange; both files carry it, so that they cannot be mixed up."""

    raw: bytes
    """The body as the client sent it."""

    translated: bytes = b""
    """The body as it went upstream; empty: it did not."""

    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    """The client's."""


class LastRequest:
    """Keeps the newest request in the state directory, or sees that none is there."""

    def __init__(
        self,
        paths: Paths,
        keep: bool,
        warn: Callable[[str], None],
        pause: float = _PAUSE,
    ) -> None:
        """Keep it in the files that `paths` names.

        Args:
            paths: Where the files are.
            keep: False: nothing is kept, and what was kept before is removed.
            warn: Gets one sentence, once, when the files cannot be written.
            pause: Seconds between two writes.
        """
        self._paths = paths
        self._keep = keep
        self._warn = warn
        self._pause = pause
        self._newest: Kept | None = None
        self._came = asyncio.Event()
        self._closing = asyncio.Event()

    def put(self, kept: Kept) -> None:
        """Have a request kept instead of the one before; returns at once."""
        if self._keep:
            self._newest = kept
            self._came.set()

    @asynccontextmanager
    async def working(self) -> AsyncGenerator["LastRequest", None]:
        """Write while the body runs, and what is left before leaving."""
        if not self._keep:
            await asyncio.to_thread(remove, self._paths)
            yield self
            return

        task = asyncio.create_task(self._work(), name="last request")
        try:
            yield self
        finally:
            self._closing.set()
            self._came.set()
            await asyncio.wait((task,))

    async def _work(self) -> None:
        told = closing = False
        while not closing:
            await self._came.wait()
            with suppress(TimeoutError):
                async with asyncio.timeout(self._pause):
                    await self._closing.wait()
            closing = self._closing.is_set()
            self._came.clear()
            kept, self._newest = self._newest, None
            if kept is None:
                continue
            try:
                await asyncio.to_thread(write, self._paths, kept)
            except (OSError, MuxError) as error:
                if not told:
                    told = True
                    self._warn(f"the last request is not kept: {error}")


def remove(paths: Paths) -> None:
    """Remove what was kept; what is not there is no error."""
    for path in (paths.last_request, paths.last_translated):
        with suppress(OSError):
            path.unlink()


def write(paths: Paths, kept: Kept) -> None:
    """Write both files, each whole or not at all.

    Raises:
        OSError: A file cannot be written.
        EnvironmentProblem: The state directory cannot be made.
    """
    private_directory(paths.state_dir)
    about = {"id": kept.id, "headers": masked_headers(kept.headers)}
    _replace(paths.last_request, about | readable(kept.raw))
    _replace(paths.last_translated, {"id": kept.id} | readable(kept.translated))


def masked_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers without what gives access."""
    return {
        name: MARK if name.lower() in _SECRET_HEADERS else _storable(redact(value))
        for name, value in headers.items()
    }


def readable(body: bytes) -> dict[str, Any]:
    """A body for a file: as `body` where it is JSON, else the `text` it begins with."""
    import orjson

    if len(body) <= _MOST_BYTES:
        with suppress(orjson.JSONDecodeError):
            return {"bytes": len(body), "body": masked(orjson.loads(body))}

    text = redact(body[: 2 * _BEGINNING].decode("utf-8", "replace"))
    if len(body) > 2 * _BEGINNING:
        # What stands at the cut may be half a credential, which has no shape.
        text = text[:-_DOUBTFUL]
    return {"bytes": len(body), "text": text[:_BEGINNING]}


def masked(value: Any, depth: int = 0) -> Any:
    """Any JSON value without credentials, and with no string beyond all measure."""
    match value:
        case str():
            return _shortened(redact(value))
        case dict() | list() if depth >= _DEEPEST:
            return "too deep"
        case dict():
            return {
                redact(str(key)): MARK  # pyright: ignore[reportUnknownArgumentType]
                if isinstance(item, str) and _is_secret(str(key))  # pyright: ignore[reportUnknownArgumentType]
                else masked(item, depth + 1)
                for key, item in value.items()  # pyright: ignore[reportUnknownVariableType]
            }
        case list():
            return [masked(item, depth + 1) for item in value]  # pyright: ignore[reportUnknownVariableType]
        case _:
            return value


@lru_cache(maxsize=1000)
def _is_secret(name: str) -> bool:
    """Whether what stands under this name is a credential."""
    return name.lower() in _SECRET_HEADERS or MARK in redact(f'{name}="a-value-1"')


def _shortened(text: str) -> str:
    if len(text) <= _LONGEST_STRING:
        return text

    half = _LONGEST_STRING // 2
    left_out = len(text) - 2 * half
    return f"{text[:half]}\n… {left_out:,} characters …\n{text[-half:]}"


def _storable(text: str) -> str:
    """The text without lone surrogates."""
    return text.encode("utf-8", "replace").decode()


def _replace(path: Path, document: Mapping[str, Any]) -> None:
    import orjson

    content = orjson.dumps(document, option=orjson.OPT_INDENT_2)
    write_private(path, content.decode())
