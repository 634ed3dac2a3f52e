"""`mux ledger`: what was asked, decided and answered, as recorded."""

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from mux_tui.cli.diagnostics import ExitCode
from mux_tui.cli.request_report import REQUESTS_HEADER, request_row
from mux_tui.cli.run_report import (
    DETAIL_SCHEMA,
    LIST_HEADER,
    LIST_SPARE,
    list_row,
    show_run,
)
from mux_tui.cli.shell import Command, Group, Shell, add_json
from mux_tui.cli.statistics_report import show_statistics
from mux_tui.core.config.load import load
from mux_tui.core.errors import MuxError
from mux_tui.core.events import plain
from mux_tui.core.text import one_line

if TYPE_CHECKING:
    from mux_tui.core.ledger.query import Query
    from mux_tui.core.ledger.store import Ledger

_LIST_SCHEMA = "mux.ledger.list/1"
_REQUESTS_SCHEMA = "mux.ledger.requests/1"
_SEARCH_SCHEMA = "mux.ledger.search/1"
_STATS_SCHEMA = "mux.ledger.stats/1"
_MOST = 1000


@asynccontextmanager
async def _opened(shell: Shell) -> "AsyncGenerator[Ledger | None, None]":
    """The ledger; None: there is none yet, and looking for runs does not make one."""
    # The database takes a while to import, which the help does not need.
    from mux_tui.core.ledger.place import is_there, ledger_path
    from mux_tui.core.ledger.store import open_ledger

    settings = load(shell.environment, shell.cwd, shell.overrides).settings.ledger
    path = ledger_path(settings, shell.environment.paths)
    if not is_there(path):
        yield None
        return

    async with open_ledger(path, settings) as ledger:
        yield ledger


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= _MOST:
        raise ArgumentTypeError(f"{one_line(text, 40)} is not between 1 and {_MOST}")

    return int(text)


def _configure_list(parser: ArgumentParser) -> None:
    _add_limit(parser, "runs")
    add_json(parser)


def _add_limit(parser: ArgumentParser, what: str) -> None:
    parser.add_argument(
        "-n",
        "--limit",
        type=_count,
        default=20,
        metavar="N",
        help=f"how many of the newest {what} (default: 20)",
    )


async def _list(arguments: Namespace, shell: Shell) -> ExitCode:
    async with _opened(shell) as ledger:
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
    _add_limit(parser, "requests")
    parser.add_argument(
        "--session", metavar="ID", help="only those of this conversation of the client"
    )
    add_json(parser, "print one JSON document, with what was cut and why")


async def _requests(arguments: Namespace, shell: Shell) -> ExitCode:
    limit, session = arguments.limit, arguments.session
    async with _opened(shell) as ledger:
        rows = await ledger.exchanges(limit, session=session) if ledger else ()
    if arguments.json:
        shell.output.json({"schema": _REQUESTS_SCHEMA, "requests": plain(rows)})
    elif rows:
        shell.output.table([request_row(row) for row in rows], REQUESTS_HEADER)
    else:
        shell.diagnostics.note("no requests through the proxy yet")
    return ExitCode.OK


def _configure_show(parser: ArgumentParser) -> None:
    parser.add_argument(
        "run", metavar="RUN", help="a run's id, or enough of its beginning"
    )
    add_json(parser)


async def _show(arguments: Namespace, shell: Shell) -> ExitCode:
    from mux_tui.core.ledger.exchange import record

    async with _opened(shell) as ledger:
        run = await ledger.get(arguments.run) if ledger else None
    if run is None:
        raise MuxError(
            "no such run", one_line(arguments.run, 100), "See: mux ledger list"
        )

    if arguments.json:
        shell.output.json({"schema": DETAIL_SCHEMA, "run": record(run)})
    else:
        show_run(run, shell.output)
    return ExitCode.OK


def _configure_search(parser: ArgumentParser) -> None:
    _add_query(parser)
    _add_limit(parser, "matching runs")
    add_json(parser)


def _add_query(parser: ArgumentParser) -> None:
    parser.add_argument(
        "query",
        metavar="QUERY",
        nargs="*",
        help="words of the task or answer, and conditions such as route:claude",
    )


def _query(arguments: Namespace) -> "Query":
    from mux_tui.core.ledger.query_parse import parse

    # Several arguments are one query: only quotes of the query itself need quoting.
    return parse(" ".join(arguments.query))


async def _search(arguments: Namespace, shell: Shell) -> ExitCode:
    query = _query(arguments)
    async with _opened(shell) as ledger:
        rows = await ledger.search.page(query, arguments.limit) if ledger else ()
        count = await ledger.search.count(query) if ledger else None
    if arguments.json:
        found = {
            "query": str(query),
            "count": count.runs if count else 0,
            "count_is_exact": count.exact if count else True,
        }
        shell.output.json({"schema": _SEARCH_SCHEMA} | found | {"runs": plain(rows)})
    elif rows:
        shell.output.table([list_row(row) for row in rows], LIST_HEADER, LIST_SPARE)
        shell.diagnostics.note(f"{len(rows)} of {count} runs that match")
    else:
        shell.diagnostics.note("no run matches" if count else "no runs yet")
    return ExitCode.OK


def _configure_stats(parser: ArgumentParser) -> None:
    _add_query(parser)
    add_json(parser)


async def _stats(arguments: Namespace, shell: Shell) -> ExitCode:
    from mux_tui.core.ledger.statistics import Tally

    query = _query(arguments)
    async with _opened(shell) as ledger:
        found = await ledger.search.statistics(query) if ledger else None
    result = found or Tally().result(complete=True)
    if arguments.json:
        facts = {"schema": _STATS_SCHEMA, "query": str(query)}
        shell.output.json(facts | plain(result))
    elif result.runs:
        show_statistics(result, shell.output)
    else:
        shell.diagnostics.note("no run matches" if found else "no runs yet")
    return ExitCode.OK


def _configure_export(parser: ArgumentParser) -> None:
    _add_query(parser)
    forms = parser.add_mutually_exclusive_group()
    for form, meaning in (
        ("jsonl", "JSON Lines, one run a line (the default)"),
        ("csv", "a table for spreadsheets"),
        ("markdown", "a document to read"),
    ):
        forms.add_argument(
            f"--{form}", dest="form", action="store_const", const=form, help=meaning
        )
    parser.set_defaults(form="jsonl")
    parser.add_argument(
        "-o", "--output", metavar="FILE", help="where to (default: standard output)"
    )


async def _export(arguments: Namespace, shell: Shell) -> ExitCode:
    from mux_tui.core.ledger.export import export
    from mux_tui.core.ledger.export_file import export_file

    query = _query(arguments)
    async with _opened(shell) as ledger:
        if ledger is None:
            shell.diagnostics.note("no runs yet")
        elif arguments.output is None:
            await export(ledger, shell.output.text, arguments.form, query)
        else:
            path = shell.cwd / arguments.output
            count = await export_file(ledger, path, arguments.form, query)
            shell.diagnostics.note(f"{count:,} runs written to {one_line(str(path))}")
    return ExitCode.OK


COMMAND = Group(
    "ledger",
    "look at what was asked, decided and answered",
    (
        Command(
            "list",
            "list the newest runs",
            _list,
            _configure_list,
            ("mux ledger list", "mux ledger list --limit 100 --json"),
        ),
        Command(
            "requests",
            "list the newest requests through the proxy",
            _requests,
            _configure_requests,
            ("mux ledger requests", "mux ledger requests --limit 1 --json"),
        ),
        Command(
            "show",
            "show everything that is known of one run",
            _show,
            _configure_show,
            ("mux ledger show 01k8z3", "mux ledger show 01k8z3 --json"),
        ),
        Command(
            "search",
            "find runs by their words and facts",
            _search,
            _configure_search,
            (
                "mux ledger search null pointer route:claude since:7d",
                "mux ledger search 'conf<0.6 is:escalated' --limit 100 --json",
            ),
        ),
        Command(
            "stats",
            "add up runs: routes, times, reasons, confidence",
            _stats,
            _configure_stats,
            ("mux ledger stats since:7d", "mux ledger stats repo:shop --json"),
        ),
        Command(
            "export",
            "write runs as JSON Lines, CSV or Markdown",
            _export,
            _configure_export,
            (
                "mux ledger export --jsonl --output runs.jsonl",
                "mux ledger export since:30d --csv --output november.csv",
                """mux ledger export --jsonl | grep '"route":"local"'""",
            ),
        ),
    ),
)
