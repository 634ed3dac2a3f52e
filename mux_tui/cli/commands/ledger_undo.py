"""`mux ledger undo` and `redo`: the changes of a run go, and come again."""

from argparse import ArgumentParser, Namespace
from contextlib import AsyncExitStack
from functools import partial
from typing import TYPE_CHECKING

from mux_tui.cli.diagnostics import ExitCode
from mux_tui.cli.opened_ledger import opened_ledger
from mux_tui.cli.shell import Command, Shell, add_json
from mux_tui.cli.takeback_report import takeback_document, tell_takeback
from mux_tui.core.errors import MuxError

if TYPE_CHECKING:
    from mux_tui.core.ledger.store import Ledger
    from mux_tui.core.takeback import Act


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument(
        "run",
        metavar="RUN",
        nargs="?",
        default="",
        help="a run's id, or enough of its beginning (default: the newest run that"
        " changed files of this directory)",
    )
    merging = parser.add_mutually_exclusive_group()
    merging.add_argument(
        "--merge",
        dest="merging",
        action="store_const",
        const="clean",
        help="merge into files that have changed since; if one of them is in conflict,"
        " nothing is done",
    )
    merging.add_argument(
        "--mark-conflicts",
        dest="merging",
        action="store_const",
        const="marked",
        help="merge, and write conflicts into the files, between markers",
    )
    parser.set_defaults(merging="never")
    add_json(parser)


async def _take_back(act: "Act", arguments: Namespace, shell: Shell) -> ExitCode:
    from mux_tui.core.takeback import chosen, take_back
    from mux_tui.core.workspace.results import Applied

    paths = shell.environment.paths
    async with AsyncExitStack() as stack:
        ledger = await _ledger(stack, shell)
        await _mend(shell)
        run_id = await chosen(arguments.run, act, paths, ledger, shell.cwd)
        result = await take_back(run_id, act, paths, ledger, arguments.merging)
    if arguments.json:
        shell.output.json(takeback_document(run_id, act, result))
    else:
        tell_takeback(run_id, act, arguments.merging, result, shell)
    return ExitCode.OK if isinstance(result, Applied) else ExitCode.FAILED


async def _ledger(stack: AsyncExitStack, shell: Shell) -> "Ledger | None":
    """The ledger; files are taken back also where it cannot be opened."""
    try:
        return await stack.enter_async_context(opened_ledger(shell))
    except MuxError as error:
        shell.diagnostics.warn(f"this is not recorded: {error}")
        return None


async def _mend(shell: Shell) -> None:
    """End what a mux that was killed has left, so that the newest run is the newest."""
    from mux_tui.core.config.settings import Settings
    from mux_tui.core.file_work.tools import Tools
    from mux_tui.core.file_work.upkeep import mended

    # No setting matters here: a project whose own are broken is taken back too.
    tools = Tools(Settings(), shell.environment.paths, shell.environment.variables)
    for sentence in await mended(tools):
        shell.diagnostics.warn(sentence)


UNDO = Command(
    "undo",
    "take the changes of a run back",
    partial(_take_back, "undo"),
    _configure,
    (
        "mux ledger undo",
        "mux ledger undo 01k8z3",
        "mux ledger undo 01k8z3 --merge",
    ),
)

REDO = Command(
    "redo",
    "do the changes of a run again that were taken back",
    partial(_take_back, "redo"),
    _configure,
    ("mux ledger redo", "mux ledger redo 01k8z3"),
)
