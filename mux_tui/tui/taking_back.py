"""Taking a run's changes back, or doing them again, with its questions and answers."""

from typing import TYPE_CHECKING, Literal

from mux_tui.core.errors import MuxError
from mux_tui.core.text import one_line
from mux_tui.tui.host import Host
from mux_tui.tui.story_files import files_text

if TYPE_CHECKING:
    from mux_tui.core.workspace.results import Applied, Refused, Result
    from mux_tui.core.workspace.undo import Merging

Act = Literal["undo", "redo"]

_DONE = {"undo": "took back", "redo": "did again"}
_SHOWN = 3


async def take_back(app: Host, run_id: str, act: Act) -> bool:
    """Do it, ask where files have changed since, and say what came of it.

    Args:
        app: The cockpit; this must run in one of its workers.
        run_id: The run.
        act: Which way.

    Returns:
        Whether it was done.
    """
    try:
        result = await _tried(app, run_id, act)
    except MuxError as error:
        app.tell_error(error)
        return False

    return result is not None and _told(app, act, result)


async def _tried(app: Host, run_id: str, act: Act) -> "Result | None":
    """The result; None: the user leaves things as they are."""
    from mux_tui.core.workspace.results import Stale
    from mux_tui.tui.dialogs.merge import MergeWindow

    result = await app.desk.take_back(run_id, act, "never")
    ways: tuple[Merging, ...] = ("clean", "marked")
    for way in ways:
        if not isinstance(result, Stale):
            break
        window = MergeWindow(act, result.paths, conflicts=way == "marked")
        if not await app.push_screen_wait(window):
            return None
        result = await app.desk.take_back(run_id, act, way)
    return result


def _told(app: Host, act: Act, result: "Result") -> bool:
    from mux_tui.core.workspace.results import Applied, Refused

    match result:
        case Applied():
            app.tell(_done(act, result))
            return True
        case Refused():
            app.tell(_refused(result), "error", 10)
        case _:
            names = ", ".join(one_line(path, 80) for path in result.paths[:_SHOWN])
            app.tell(f"Nothing was done: {names} changed just now", "warning", 10)
    return False


def _done(act: Act, result: "Applied") -> str:
    notes = "".join(f"; {note}" for note in result.notes)
    return f"{_DONE[act]} {files_text(len(result.paths))}{notes}"


def _refused(result: "Refused") -> str:
    first = result.refused[0]
    more = f", and {len(result.refused) - 1} more" if len(result.refused) > 1 else ""
    return f"Nothing was done: {first.path} {first.why}{more}"
