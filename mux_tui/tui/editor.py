"""Handing the terminal to the user's editor, and taking it back."""

from pathlib import Path

from textual.app import SuspendNotSupported

from mux_tui.core.errors import EnvironmentProblem
from mux_tui.core.process.editor import named_editor, usual_editor
from mux_tui.tui.host import Host
from mux_tui.tui.lending import lend_terminal


async def edit_file(app: Host, file: Path) -> None:
    """Let the user edit a file in $VISUAL or $EDITOR.

    What runs goes on meanwhile, but nothing is painted. Call it in a worker.

    Raises:
        UsageError: The variable cannot be read.
        EnvironmentProblem: There is no editor, it failed, or this terminal cannot be
            handed over.
    """
    desk = app.desk
    variables = dict(desk.environment.variables)
    words = named_editor(variables) or usual_editor(variables)
    try:
        status = await lend_terminal(app, [*words, str(file)], desk.cwd, variables)
    except SuspendNotSupported as error:
        raise EnvironmentProblem(
            "cannot open an editor", "this terminal cannot be handed over"
        ) from error
    if status != 0:
        raise EnvironmentProblem(f"{words[0]} ended with status {status}")
