"""What came of taking changes back, or of doing them again, as text and as JSON."""

from typing import TYPE_CHECKING, Any, assert_never

from mux_tui.cli.shell import Shell
from mux_tui.core.events import plain
from mux_tui.core.text import one_line

if TYPE_CHECKING:
    from mux_tui.core.takeback import Act
    from mux_tui.core.workspace.results import Applied, Result
    from mux_tui.core.workspace.undo import Merging

_LONGEST = 500
_IN_THE_WAY: "dict[Merging, str]" = {
    "never": "these files have changed since",
    "clean": "these files have changed since, and cannot be merged by themselves",
    "marked": "these files have changed since, and cannot be merged",
}


def takeback_document(run_id: str, act: "Act", result: "Result") -> dict[str, Any]:
    """The result as one JSON document."""
    from mux_tui.core.workspace.results import Applied, Refused, Stale

    applied = result if isinstance(result, Applied) else None
    return {
        "schema": f"mux.ledger.{act}/1",
        "run_id": run_id,
        "done": applied is not None,
        "directory": str(applied.root) if applied else None,
        "files": plain(applied.paths) if applied else [],
        "changed_since": plain(result.paths) if isinstance(result, Stale) else [],
        "refused": plain(result.refused) if isinstance(result, Refused) else [],
        "notes": plain(applied.notes) if applied else [],
    }


def tell_takeback(
    run_id: str, act: "Act", merging: "Merging", result: "Result", shell: Shell
) -> None:
    """Say what was done, file by file, or why nothing was and what can be."""
    from mux_tui.core.workspace.results import Applied, Refused, Stale

    match result:
        case Applied():
            _tell_done(run_id, act, merging, result, shell)
        case Stale(paths):
            lines = [*map(_listed, paths), *_ways(run_id, act, merging)]
            first = f"nothing was changed: {_IN_THE_WAY[merging]}"
            shell.diagnostics.warn("\n".join([first, *lines]))
        case Refused(refused):
            first = "nothing was changed: these files cannot be written"
            lines = [f"{_listed(one.path)}: {one_line(one.why)}" for one in refused]
            shell.diagnostics.warn("\n".join([first, *lines]))
        case _:
            assert_never(result)


def _tell_done(
    run_id: str, act: "Act", merging: "Merging", done: "Applied", shell: Shell
) -> None:
    where = one_line(str(done.root), _LONGEST)
    if act == "undo":
        said, other = "taken back", "Do them again: mux ledger redo"
    else:
        said, other = "done again", "Take them back: mux ledger undo"
    shell.diagnostics.note(f"the changes of {run_id} in {where} are {said}")
    for path in done.paths:
        shell.output.line(one_line(path, _LONGEST))
    if merging == "marked":
        shell.diagnostics.note(
            "If a file was in conflict, look for <<<<<<< and >>>>>>> in it"
        )
    for note in done.notes:
        shell.diagnostics.warn(one_line(note, _LONGEST))
    shell.diagnostics.note(f"{other} {run_id}")


def _ways(run_id: str, act: "Act", merging: "Merging") -> list[str]:
    command = f"mux ledger {act} {run_id}"
    merge = f"Merge, if nothing is in conflict: {command} --merge"
    mark = f"Merge, with conflicts marked in the files: {command} --mark-conflicts"
    return {"never": [merge, mark], "clean": [mark], "marked": []}[merging]


def _listed(path: str) -> str:
    return f"  {one_line(path, _LONGEST)}"
