"""`mux ledger prune`, `vacuum` and `backup`: a ledger over the years."""

import time
from argparse import ArgumentParser, ArgumentTypeError, Namespace

from mux_tui.cli.asking import confirm
from mux_tui.cli.diagnostics import ExitCode
from mux_tui.cli.opened_ledger import opened_ledger
from mux_tui.cli.run_report import when
from mux_tui.cli.shell import Command, Shell, add_json
from mux_tui.core.errors import MuxError
from mux_tui.core.text import one_line

_PRUNE_SCHEMA = "mux.ledger.prune/1"
_VACUUM_SCHEMA = "mux.ledger.vacuum/1"
_BACKUP_SCHEMA = "mux.ledger.backup/1"
_EXAMPLES = "90d, 12w or a date such as 2026-11-01"


def _age(text: str) -> float:
    """The time that is so long ago, in seconds since 1970."""
    from mux_tui.core.ledger import moments
    from mux_tui.core.ledger.query import Moment

    value = text.strip().upper() if "-" in text else text.strip().lower()
    if not moments.readable(value):
        raise ArgumentTypeError(f"{one_line(text, 40)} is not {_EXAMPLES}")

    return moments.seconds(Moment("since", value), time.time())


def _configure_prune(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--older-than",
        dest="before",
        type=_age,
        required=True,
        metavar="AGE",
        help=f"what began longer ago than this, or before this day: {_EXAMPLES}",
    )
    parser.add_argument("-y", "--yes", action="store_true", help="do not ask")
    add_json(parser)


async def _prune(arguments: Namespace, shell: Shell) -> ExitCode:
    before = arguments.before
    runs = requests = 0
    async with opened_ledger(shell) as ledger:
        if ledger is not None:
            old = await ledger.keeping.old(before)
            runs, requests = old.runs, old.requests
            if (runs or requests) and not arguments.yes:
                question = (
                    f"Delete {runs:,} runs and {requests:,} requests from before"
                    f" {when(before)} for ever?"
                )
                refused = "nothing was deleted"
                await confirm(shell, "mux ledger prune", question, refused)
            gone = await ledger.keeping.prune(before)
            runs, requests = gone.runs, gone.requests
    if arguments.json:
        counts = {"runs": runs, "requests": requests, "before": before}
        shell.output.json({"schema": _PRUNE_SCHEMA} | counts)
    else:
        shell.diagnostics.note(f"{runs:,} runs and {requests:,} requests deleted")
        if runs or requests:
            shell.diagnostics.note("mux ledger vacuum gives their room back")
    return ExitCode.OK


async def _vacuum(arguments: Namespace, shell: Shell) -> ExitCode:
    async with opened_ledger(shell) as ledger:
        before, after = await ledger.keeping.vacuum() if ledger else (0, 0)
    if arguments.json:
        sizes = {"bytes_before": before, "bytes_after": after}
        shell.output.json({"schema": _VACUUM_SCHEMA} | sizes)
    elif before:
        shell.diagnostics.note(f"{before:,} bytes are {after:,} now")
    else:
        shell.diagnostics.note("no runs yet")
    return ExitCode.OK


def _configure_backup(parser: ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="where to")
    parser.add_argument("--force", action="store_true", help="replace what is there")
    add_json(parser)


async def _backup(arguments: Namespace, shell: Shell) -> ExitCode:
    target = shell.cwd / arguments.file
    async with opened_ledger(shell) as ledger:
        if ledger is None:
            raise MuxError("there is nothing to copy", "no runs yet")
        size = await ledger.keeping.backup(target, replace=arguments.force)
    if arguments.json:
        facts = {"file": str(target), "bytes": size}
        shell.output.json({"schema": _BACKUP_SCHEMA} | facts)
    else:
        shell.diagnostics.note(f"{size:,} bytes written to {one_line(str(target))}")
    return ExitCode.OK


PRUNE = Command(
    "prune",
    "delete old runs and requests for ever",
    _prune,
    _configure_prune,
    (
        "mux ledger prune --older-than 90d",
        "mux ledger prune --older-than 2026-01-01 --yes --json",
    ),
)

VACUUM = Command(
    "vacuum",
    "give the room of deleted runs back to the disk",
    _vacuum,
    add_json,
    ("mux ledger vacuum",),
)

BACKUP = Command(
    "backup",
    "write a copy of the ledger, while others write to it",
    _backup,
    _configure_backup,
    ("mux ledger backup ledger-2026-11-20.db",),
)
