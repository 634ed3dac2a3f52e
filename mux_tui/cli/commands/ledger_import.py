"""`mux ledger import`: runs of other ledgers' files."""

from argparse import ArgumentParser, Namespace
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from mux_tui.cli.diagnostics import ExitCode
from mux_tui.cli.shell import Command, Shell, add_json
from mux_tui.core.config.load import load
from mux_tui.core.events import plain
from mux_tui.core.text import one_line

if TYPE_CHECKING:
    from mux_tui.core.ledger.importing import Imported

_SCHEMA = "mux.ledger.import/1"
_SHOWN = 20
_EVERY = 50_000


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument(
        "files",
        metavar="FILE",
        nargs="+",
        help="an export in JSON Lines, or a run_ledger.jsonl with its rotated files",
    )
    add_json(parser)


async def _import(arguments: Namespace, shell: Shell) -> ExitCode:
    # The database takes a while to import, which the help does not need.
    from mux_tui.core.ledger.place import ledger_path
    from mux_tui.core.ledger.store import open_ledger

    settings = load(shell.environment, shell.cwd, shell.overrides).settings.ledger
    path = ledger_path(settings, shell.environment.paths)
    told = 0

    def tell(lines: int) -> None:
        nonlocal told
        if lines // _EVERY > told:
            told = lines // _EVERY
            shell.diagnostics.note(f"{lines:,} runs")

    async with AsyncExitStack() as stack:
        ledger = await stack.enter_async_context(open_ledger(path, settings))
        files = [shell.cwd / file for file in arguments.files]
        found = await ledger.keeping.take_in(files, tell)
    if arguments.json:
        shell.output.json({"schema": _SCHEMA} | plain(found))
    else:
        _tell(found, shell)
    return ExitCode.FAILED if found.damaged else ExitCode.OK


def _tell(found: "Imported", shell: Shell) -> None:
    for one in found.damages[:_SHOWN]:
        where = f"{one_line(one.file, 200)}, line {one.line:,}"
        shell.diagnostics.warn(f"{where} is left out: {one_line(one.why)}")
    if found.damaged > _SHOWN:
        shell.diagnostics.warn(f"and {found.damaged - _SHOWN:,} more lines")
    shell.diagnostics.note(
        f"{found.added:,} runs added, {found.known:,} were there already,"
        f" {found.damaged:,} lines left out"
    )


IMPORT = Command(
    "import",
    "add the runs of an export, or of an older run_ledger.jsonl",
    _import,
    _configure,
    (
        "mux ledger import logs/run_ledger*.jsonl",
        "mux ledger import runs.jsonl --json",
    ),
)
