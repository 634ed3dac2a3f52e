"""What the ledger's screen writes: saved filters and exports."""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

from mux_tui.core.config.notation import written
from mux_tui.core.errors import MuxError
from mux_tui.core.ledger.export_file import export_file
from mux_tui.core.ledger.query import Query
from mux_tui.core.paths import expanded
from mux_tui.core.text import one_line
from mux_tui.tui.dialogs.confirm import Confirm
from mux_tui.tui.messages import SettingsSaved
from mux_tui.tui.screens.base import MuxScreen
from mux_tui.tui.screens.ledger.reading import ledger_of
from mux_tui.tui.screens.ledger.windows import ExportWanted
from mux_tui.tui.widgets.ledger.chips import Filter


async def keep_filters(screen: MuxScreen, filters: Sequence[Filter], told: str) -> bool:
    """Write the saved filters to the user's settings.

    Args:
        screen: Whose they are.
        filters: The saved ones, all of them.
        told: What is said when it has worked; may be foreign text.

    Returns:
        Whether it has worked.
    """
    from mux_tui.core.config.save import set_value

    app = screen.app
    texts = [f"{one.name}: {one.query}" for one in filters]
    file = app.desk.environment.paths.config_file
    try:
        await asyncio.to_thread(set_value, file, "ledger.filters", written(texts))
    except MuxError as error:
        app.tell_error(error)
        return False

    app.tell(told)
    screen.post_message(SettingsSaved())
    return True


def with_filter(filters: Sequence[Filter], added: Filter) -> list[Filter]:
    """The saved filters and one more; one of the same name is replaced."""
    others = [one for one in filters if one.saved and one.name != added.name]
    return [*others, added]


async def write_export(screen: MuxScreen, wanted: ExportWanted, query: Query) -> None:
    """Write the runs of a query to a file, and say where it is."""
    app = screen.app
    ledger = await ledger_of(screen)
    path = _path_of(app.desk.cwd, wanted.file)
    if ledger is None or not await _may_replace(screen, path):
        return

    try:
        count = await export_file(ledger, path, wanted.form, query)
    except MuxError as error:
        app.tell_error(error)
        return

    app.tell(f"{count:,} runs written to {path}", seconds=10.0)


def _path_of(folder: Path, name: str) -> Path:
    return folder / expanded(name)


async def _may_replace(screen: MuxScreen, path: Path) -> bool:
    if not await asyncio.to_thread(os.path.lexists, path):
        return True

    text = f"{one_line(str(path))} is there already.\nIt would be replaced."
    return bool(await screen.app.push_screen_wait(Confirm("Replace the file?", text)))
