"""From one model to another, and back when the other does not come up."""

import asyncio
from pathlib import Path

from mux_tui.core.errors import ServerError
from mux_tui.core.events import ServerChanged
from mux_tui.core.model_server.lifecycle import ModelServer
from mux_tui.core.model_server.model_files import checked_model
from mux_tui.core.model_server.running import Running
from mux_tui.core.model_server.startup import Report


async def switch(
    server: ModelServer, model: Path, report: Report, *, cut: bool = False
) -> Running:
    """Serve another model.

    The server that runs is ended once its requests are, the new one is started and has
    to give a token. If it does not, or this is cancelled, the old one is started again.

    Args:
        server: The one there is.
        model: The directory of the model to serve.
        report: Told each phase.
        cut: End requests that are under way, instead of waiting for them.

    Raises:
        ServerError: The model cannot be served; says which model is served now.
    """
    model = checked_model(model)
    status = await server.status()
    before = Path(status.model) if status.pid is not None else None
    if before is None or before == model:
        return await server.start(model, report, cut=cut)
    try:
        return await server.start(model, report, cut=cut)
    except ServerError as error:
        raise await _back(server, before, model, error, report) from error
    except asyncio.CancelledError:
        # Quick: nobody waits until it gives a token.
        await server.start_in_background(before)
        raise


async def _back(
    server: ModelServer, before: Path, model: Path, error: ServerError, report: Report
) -> ServerError:
    """The error to raise, once the old model is served again, or cannot be."""
    status = await server.status()
    what = f"cannot switch to {model.name}"
    why = error.what if not error.why else f"{error.what}: {error.why}"
    if status.pid is not None:
        return ServerError(what, f"{why}; {before.name} is served", error.next_step)

    report(ServerChanged("starting", f"going back to {before.name}"))
    try:
        await server.start(before, report)
    except ServerError as second:
        return ServerError(
            what,
            f"{why}; and {before.name} does not come back: {second.why or second.what}",
            "See `mux server logs`",
        )

    return ServerError(what, f"{why}; {before.name} is served again", error.next_step)
