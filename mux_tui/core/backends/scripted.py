"""A backend that says what it was told to say.

It ships with mux: `mux demo` runs on it, and so do the tests of everything that needs
a backend but not a model.
"""

import asyncio
import re
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from mux_tui.core.backends.base import Request
from mux_tui.core.errors import BackendError, BackendFault
from mux_tui.core.events import BackendEvent, ReasoningDelta, TextDelta
from mux_tui.core.task import Completion, FinishReason, Route, Usage

_WORDS = re.compile(r"\S+\s*|\s+")


@dataclass(frozen=True)
class Script:
    """One scripted answer, or one scripted failure."""

    text: str = ""
    reasoning: str = ""
    finish_reason: FinishReason = "stop"
    logprob: float | None = None
    """The same log-probability for each word; None: none are told."""

    usage: Usage = field(default_factory=Usage)
    fault: BackendFault | None = None
    """Fail with this, after `text` has been streamed."""

    why: str = ""
    """The cause that goes with `fault`."""

    pause: float = 0.0
    """Seconds between two words."""

    writes: Mapping[str, str | None] = field(default_factory=dict[str, str | None])
    """Where it may write: the files it leaves in the work directory, by their relative
    paths; None: it deletes that one. It does so before it speaks."""


class Scripted:
    """Plays its scripts in order; the last one again and again."""

    name = "scripted"

    def __init__(
        self, route: Route, scripts: Sequence[Script], model: str = "scripted"
    ) -> None:
        """Serve `route` with the given scripts.

        Args:
            route: The route it stands in for.
            scripts: At least one.
            model: The name it gives to its model.
        """
        self.route: Route = route
        self.model = model
        self.requests: list[Request] = []
        """What it was asked, in order."""

        self._scripts = list(scripts)

    async def run(self, request: Request) -> AsyncGenerator[BackendEvent, None]:
        """Play the next script."""
        self.requests.append(request)
        script = self._scripts.pop(0) if len(self._scripts) > 1 else self._scripts[0]
        started = time.monotonic()
        if request.writes:
            for path, text in script.writes.items():
                _leave(request.cwd, path, text)
        if script.reasoning:
            yield ReasoningDelta(script.reasoning)
        words = _WORDS.findall(script.text)
        for word in words:
            await asyncio.sleep(script.pause)
            yield TextDelta(word)
        if script.fault:
            raise BackendError(script.fault, f"{self.route} failed", script.why)

        yield Completion(
            text=script.text,
            finish_reason=script.finish_reason,
            reasoning=script.reasoning,
            model=self.model,
            usage=script.usage,
            logprobs=() if script.logprob is None else (script.logprob,) * len(words),
            first_token_seconds=script.pause,
            seconds=time.monotonic() - started,
        )


def _leave(root: Path, path: str, text: str | None) -> None:
    """Write one file, or delete it.

    Raises:
        ValueError: The path leads out of the directory.
    """
    relative = PurePosixPath(path)
    if relative.is_absolute() or ".." in relative.parts or not relative.parts:
        raise ValueError(f"a script writes inside of its directory, not to {path!r}")

    place = root / relative
    if text is None:
        place.unlink()
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text, encoding="utf-8")
