"""Several servers of one model: which of them answer, and who is asked next.

Nothing here talks to a server; `pooled` does, and tells what it saw. Busy is counted
by what this process has under way, which is all that it can know.
"""

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass

from mux_tui.core.backends.chat_endpoint import shown_url
from mux_tui.core.backends.chat_probe import ServedModel
from mux_tui.core.config.settings import LocalProvider
from mux_tui.core.text import one_line

FRESH_SECONDS = 5.0
"""For so long what was seen of a server is believed."""


def addresses(local: LocalProvider) -> tuple[str, ...]:
    """Where the model may be asked; empty: at the server that mux starts itself."""
    named = (url.rstrip("/") for url in (local.base_url, *local.endpoints))
    return tuple(dict.fromkeys(url for url in named if url))


@dataclass(eq=False)
class Member:
    """One server."""

    url: str
    busy: int = 0
    """Requests of ours under way there."""

    problem: str = ""
    """Why it does not answer; empty: it does, or was not asked yet."""

    models: tuple[ServedModel, ...] = ()
    """What it offers, as last seen."""

    seen: float | None = None
    """When it was last asked; None: not yet."""

    @property
    def shown(self) -> str:
        """Its address for people, without a password."""
        return shown_url(self.url)


class Pool:
    """The servers, in the order of the settings."""

    def __init__(
        self, urls: tuple[str, ...], clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Make one of these addresses; nothing is known of them yet."""
        self.members = tuple(Member(url) for url in urls)
        self._clock = clock

    def stale(self) -> tuple[Member, ...]:
        """Those that have to be asked before it is known how they are."""
        now = self._clock()
        return tuple(
            member
            for member in self.members
            if member.seen is None or now - member.seen >= FRESH_SECONDS
        )

    def answered(self, member: Member, models: tuple[ServedModel, ...]) -> None:
        """It answers, and offers these."""
        member.problem, member.models, member.seen = "", models, self._clock()

    def failed(self, member: Member, problem: str) -> None:
        """It does not answer, and why."""
        member.problem = one_line(problem, 200) or "it does not answer"
        member.seen = self._clock()

    def order(self) -> tuple[Member, ...]:
        """Whom to ask, first to last: who answers first, of those the least busy."""
        return tuple(sorted(self.members, key=lambda m: (bool(m.problem), m.busy)))

    @property
    def healthy(self) -> tuple[Member, ...]:
        """Those of which no fault is known."""
        return tuple(member for member in self.members if not member.problem)

    @contextmanager
    def working(self, member: Member) -> Generator[None, None, None]:
        """Count one request to it as under way."""
        member.busy += 1
        try:
            yield
        finally:
            member.busy -= 1

    def sentence(self) -> str:
        """How many answer, and why the others do not."""
        good = len(self.healthy)
        head = f"{good} of {len(self.members)} servers answer"
        faults = [f"{m.shown}: {m.problem}" for m in self.members if m.problem]
        return "; ".join([head, *faults])
