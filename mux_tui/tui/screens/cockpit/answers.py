"""Saving an answer: asking for the name, and before a file is replaced."""

import asyncio

from mux_tui.core.errors import MuxError
from mux_tui.core.text import one_line
from mux_tui.tui.dialogs.confirm import Confirm
from mux_tui.tui.host import Host
from mux_tui.tui.screens.cockpit.saving import save, target_of
from mux_tui.tui.screens.cockpit.windows import SaveWindow


async def save_answer(app: Host, text: str) -> None:
    """Ask for a name, and write the answer there. Call it in a worker."""
    if not text:
        app.tell("there is no answer yet", "warning")
        return
    name = "answer.md"
    while (typed := await app.push_screen_wait(SaveWindow(name))) is not None:
        name = typed
        try:
            if await _saved(app, name, text):
                return
        except MuxError as error:
            app.tell_error(error)


async def _saved(app: Host, name: str, text: str) -> bool:
    path = target_of(name, app.desk.cwd)
    shown = one_line(str(path), 200)
    try:
        await asyncio.to_thread(save, path, text, replace=False)
    except FileExistsError:
        question = Confirm("Replace this file?", f"{shown}\nis there already.")
        if not await app.push_screen_wait(question):
            return False
        await asyncio.to_thread(save, path, text, replace=True)
    app.tell(f"saved {shown}")
    return True
