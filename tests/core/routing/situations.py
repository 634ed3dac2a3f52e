"""Ready-made situations, so that a test names only what it is about."""

from dataclasses import replace
from typing import Any

from mux_tui.core.config.settings import Cloud, Router
from mux_tui.core.routing.features import features
from mux_tui.core.routing.override import split_override
from mux_tui.core.routing.situation import LocalState, LocalStatus, Situation
from mux_tui.core.task import Route

ROUTER = Router()
CLOUD = Cloud()
WINDOW = 8192


def local(status: LocalStatus = "ready", window: int | None = WINDOW) -> LocalState:
    """A local model called tiny."""
    return LocalState(status, "", "tiny", window, "the model's files")


def situation(
    text: str = "say hello",
    status: LocalStatus = "ready",
    present: tuple[Route, ...] = ("claude", "codex", "gemini"),
    **others: Any,
) -> Situation:
    """A small task on a machine where everything works."""
    _, rest = split_override(text)
    plain = Situation(
        text,
        features(rest, ROUTER),
        local(status),
        prompt_tokens=30,
        tokens_exact=True,
        max_tokens=1200,
        present=present,
    )
    return replace(plain, **others)
