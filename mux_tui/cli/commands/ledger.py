"""`mux ledger`: what was asked, decided, answered and changed, as recorded."""

from argparse import ArgumentParser, Namespace

from mux_tui.cli.commands.ledger_import import IMPORT
from mux_tui.cli.commands.ledger_keep import BACKUP, PRUNE, VACUUM
from mux_tui.cli.commands.ledger_label import LABEL, UNLABEL
from mux_tui.cli.commands.ledger_repair import CHECK, REPAIR
from mux_tui.cli.commands.ledger_replay import REPLAY
from mux_tui.cli.commands.ledger_search import EXPORT, SEARCH, STATS, add_limit
from mux_tui.cli.commands.ledger_show import SHOW
from mux_tui.cli.commands.ledger_undo import REDO, UNDO
from mux_tui.cli.diagnostics import ExitCode
from mux_tui.cli.opened_ledger import opened_ledger
from mux_tui.cli.request_report import REQUESTS_HEADER, request_row
from mux_tui.cli.run_report import LIST_HEADER, LIST_SPARE, list_row
from mux_tui.cli.shell import Command, Group, Shell, add_json
from mux_tui.core.events import plain

_LIST_SCHEMA = "mux.ledger.list/4"
_REQUESTS_SCHEMA = "mux.ledger.requests/1"


def _configure_list(parser: ArgumentParser) -> None:
    add_limit(parser, "runs")
    add_json(parser)


async def _list(arguments: Namespace, shell: Shell) -> ExitCode:
    async with opened_ledger(shell) as ledger:
        rows = await ledger.recent(arguments.limit) if ledger else ()
    if arguments.json:
        shell.output.json({"schema": _LIST_SCHEMA, "runs": plain(rows)})
    elif rows:
        cells = [list_row(row) for row in rows]
        shell.output.table(cells, LIST_HEADER, LIST_SPARE)
    else:
        shell.diagnostics.note("no runs yet")
    return ExitCode.OK


def _configure_requests(parser: ArgumentParser) -> None:
    add_limit(parser, "requests")
    parser.add_argument(
        "--session", metavar="ID", help="only those of this conversation of the client"
    )
    add_json(parser, "print one JSON document, with what was cut and why")


async def _requests(arguments: Namespace, shell: Shell) -> ExitCode:
    limit, session = arguments.limit, arguments.session
    async with opened_ledger(shell) as ledger:
        rows = await ledger.exchanges(limit, session=session) if ledger else ()
    if arguments.json:
        shell.output.json({"schema": _REQUESTS_SCHEMA, "requests": plain(rows)})
    elif rows:
        shell.output.table([request_row(row) for row in rows], REQUESTS_HEADER)
    else:
        shell.diagnostics.note("no requests through the proxy yet")
    return ExitCode.OK


COMMAND = Group(
    "ledger",
    "look at what was asked, decided and answered; take changes back",
    (
        Command(
            "list",
            "list the newest runs",
            _list,
            _configure_list,
            ("mux ledger list", "mux ledger list --limit 100 --json"),
        ),
        SHOW,
        UNDO,
        REDO,
        SEARCH,
        STATS,
        EXPORT,
        REPLAY,
        Command(
            "requests",
            "list the newest requests through the proxy",
            _requests,
            _configure_requests,
            ("mux ledger requests", "mux ledger requests --limit 1 --json"),
        ),
        LABEL,
        UNLABEL,
        IMPORT,
        BACKUP,
        PRUNE,
        VACUUM,
        CHECK,
        REPAIR,
    ),
)
