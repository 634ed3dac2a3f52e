"""Who may read the changes, and the asking.

A reader gets the diff as text, in an empty directory of its own: it sees nothing else
of the project and can change nothing in it.
"""

import tempfile
from collections.abc import Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

from mux_tui.core.backends.base import Backend, Request
from mux_tui.core.config.settings import Cloud
from mux_tui.core.errors import BackendError, MuxError
from mux_tui.core.events import Notice, RunEvent
from mux_tui.core.paths import private_directory
from mux_tui.core.permission import Ask, permitted
from mux_tui.core.routing.choice import no_cloud, permitted_routes
from mux_tui.core.task import Completion, Route, Task
from mux_tui.core.text import one_line


@dataclass(frozen=True)
class Answer:
    """What a reader said."""

    route: Route
    backend: str
    completion: Completion


@dataclass(frozen=True)
class Readers:
    """The cloud CLIs that may be asked on behalf of one task."""

    backends: Mapping[Route, Backend]
    present: tuple[Route, ...]
    """Those whose program was found."""

    settings: Cloud
    ask: Ask
    kept_here: bool = False
    """Whether the user asked for the local model by name: then nothing leaves."""

    def routes(self, author: Route) -> tuple[Route, ...]:
        """Who is asked, first to last; nobody reads what is its own."""
        routes = permitted_routes(self.present, self.settings)
        return tuple(one for one in routes if one != author and one in self.backends)

    def hindrance(self, author: Route) -> str:
        """Why nobody can be asked, as a clause; empty: somebody can."""
        if self.kept_here:
            return "the local model was asked for, so nothing leaves this machine"
        if why := no_cloud(self.present, self.settings):
            return why

        return "" if self.routes(author) else f"{author} made it, and no other is here"

    async def read(
        self,
        task: Task,
        author: Route,
        prompt: str,
        place: Path,
        emit: Callable[[RunEvent], None],
    ) -> Answer | None:
        """Ask one after the other until one answers; None: none did, which is told.

        Args:
            task: The task that the changes are for.
            author: Who made them.
            prompt: All that a reader gets.
            place: Where its directory is made: mux's own.
            emit: Told who reads, and why somebody could not.
        """
        if why := self.hindrance(author):
            emit(Notice(f"not reviewed: {why}"))
            return None

        permission = self.settings.permission
        for route in self.routes(author):
            if not await permitted(permission, self.ask, task, route, prompt):
                why = f"it was not sent to {route}: you did not allow it"
                emit(Notice(f"not reviewed: {why}"))
                return None

            emit(Notice(f"{route} reviews the changes"))
            backend = self.backends[route]
            try:
                return Answer(route, backend.name, await _said(backend, prompt, place))
            except (MuxError, OSError) as error:
                told = one_line(str(error), 300)
                emit(Notice(f"{route} could not review the changes: {told}"))
        return None


async def _said(backend: Backend, prompt: str, place: Path) -> Completion:
    empty = tempfile.TemporaryDirectory(
        prefix="review-", dir=private_directory(place), ignore_cleanup_errors=True
    )
    with empty as folder:
        async with aclosing(backend.run(Request(prompt, Path(folder)))) as events:
            async for event in events:
                if isinstance(event, Completion):
                    return event
    raise BackendError("bad_response", f"{backend.route} ended without an answer")
