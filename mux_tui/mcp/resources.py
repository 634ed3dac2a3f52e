"""Recorded runs, to be read: the newest as a list, and each in full."""

import json
from collections.abc import Sequence

import mcp_types as types
from mcp.shared.exceptions import MCPError

from mux_tui.core.errors import MuxError
from mux_tui.core.events import plain
from mux_tui.core.ledger.rows import RunDetail, RunRow
from mux_tui.core.mcp_documents import RUN_IN_FULL, RunsTold, as_document
from mux_tui.core.text import one_line
from mux_tui.mcp.engines import Engines
from mux_tui.mcp.jobs import Jobs
from mux_tui.mcp.results import clean, of_job

RUNS = "mux://runs"
TEMPLATE = f"{RUNS}/{{id}}"
_JSON = "application/json"
_LISTED = 20
_EXCERPT = 80


class Resources:
    """The ledger as resources."""

    def __init__(self, engines: Engines, jobs: Jobs) -> None:
        """Read nothing yet."""
        self._engines = engines
        self._jobs = jobs

    async def listed(self) -> list[types.Resource]:
        """The list itself, and the newest runs."""
        rows = await self._newest()
        whole = types.Resource(
            uri=RUNS,
            name="runs",
            title=f"The newest {_LISTED} runs",
            description="One line each: id, status, route, task",
            mime_type=_JSON,
        )
        return [whole, *map(_resource, rows)]

    async def read(self, uri: str) -> str:
        """A resource as JSON.

        Raises:
            MCPError: There is no such resource.
            MuxError: The ledger cannot be read.
        """
        if uri == RUNS:
            return _json(as_document(RunsTold(tuple(await self._newest()))))

        id = uri.removeprefix(f"{RUNS}/")
        job = None if id == uri else self._jobs.get(id)
        if job is not None and not job.over:
            return _json(as_document(of_job(job)))
        run = None if id == uri or not id else await self._get(id)
        if run is None:
            raise MCPError(types.INVALID_PARAMS, f"no resource {one_line(uri, 200)}")
        return _json({"schema": RUN_IN_FULL} | plain(run))

    async def _newest(self) -> Sequence[RunRow]:
        async with self._engines.engine(self._engines.cwd) as engine:
            return await engine.ledger.recent(_LISTED) if engine.ledger else ()

    async def _get(self, id: str) -> RunDetail | None:
        async with self._engines.engine(self._engines.cwd) as engine:
            try:
                return await engine.ledger.get(id) if engine.ledger else None
            except MuxError as error:
                raise MCPError(types.INVALID_PARAMS, one_line(str(error))) from error


def _resource(row: RunRow) -> types.Resource:
    task = one_line(row.excerpt or "", _EXCERPT) or "(its text is not kept)"
    who = row.route or "nobody"
    return types.Resource(
        uri=f"{RUNS}/{row.run_id}",
        name=row.run_id,
        title=f"{one_line(row.status, 20)} by {one_line(who, 20)}: {task}",
        mime_type=_JSON,
    )


def _json(document: dict[str, object]) -> str:
    return clean(json.dumps(document, ensure_ascii=False))
