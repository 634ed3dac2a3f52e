"""Keeping the way back: what a killed mux left is ended, what is old is forgotten."""

import asyncio

from mux_tui.core.errors import MuxError
from mux_tui.core.file_work.tools import Tools
from mux_tui.core.text import one_line
from mux_tui.core.workspace.prune import prune
from mux_tui.core.workspace.recover import Recovered, recover

_MEGABYTE = 1024 * 1024
_ENDS = {
    "finished": "was finished now",
    "taken_back": "was taken back now",
    "waiting": "could not be ended yet",
}


async def mended(tools: Tools) -> list[str]:
    """End what a mux that was killed had begun; one sentence for each.

    Nothing is made where nothing was ever written.
    """
    if not tools.paths.changes.exists():
        return []
    try:
        found = await asyncio.to_thread(recover, tools.archive, tools.closed)
    except MuxError as error:
        return [str(error)]

    return [_told(one) for one in found]


async def tidied(tools: Tools) -> None:
    """Forget changes that are too old, or too many, to be taken back.

    A failure costs nothing but room: the next time tries again.
    """
    workflow = tools.settings.workflow
    room = workflow.keep_megabytes * _MEGABYTE
    try:
        await asyncio.to_thread(prune, tools.archive, workflow.keep_days, room)
    except MuxError:
        return


def _told(one: Recovered) -> str:
    what = "undoing" if one.act == "undo" else "writing"
    where = one_line(str(one.root), 200)
    text = f"{what} the changes of {one.run_id} in {where} was cut off, and it "
    text += _ENDS[one.ended]
    if one.left:
        text += f"; left alone, for they have changed since: {', '.join(one.left[:5])}"
    return one_line(f"{text}: {one.why}" if one.why else text, 600)
