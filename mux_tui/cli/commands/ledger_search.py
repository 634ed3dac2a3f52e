"""`mux ledger search`, `stats` and `export`: runs by query."""

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from typing import TYPE_CHECKING

from mux_tui.cli.diagnostics import ExitCode
from mux_tui.cli.opened_ledger import opened_ledger
from mux_tui.cli.run_report import LIST_HEADER, LIST_SPARE, list_row
from mux_tui.cli.shell import Command, Shell, add_json
from mux_tui.cli.statistics_report import show_statistics
from mux_tui.core.config.load import load
from mux_tui.core.errors import UsageError
from mux_tui.core.events import plain
from mux_tui.core.text import one_line

if TYPE_CHECKING:
    from mux_tui.core.ledger.query import Query
    from mux_tui.core.ledger.store import Ledger

_SEARCH_SCHEMA = "mux.ledger.search/4"
_STATS_SCHEMA = "mux.ledger.stats/4"
_MOST = 1000


def whole_count(text: str) -> int:
    """How many runs an option asks for."""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= _MOST:
        raise ArgumentTypeError(f"{one_line(text, 40)} is not between 1 and {_MOST}")

    return int(text)


def add_limit(parser: ArgumentParser, what: str) -> None:
    """Give a command that lists something its `--limit`."""
    parser.add_argument(
        "-n",
        "--limit",
        type=whole_count,
        default=20,
        metavar="N",
        help=f"how many of the newest {what} (default: 20)",
    )


def add_query(parser: ArgumentParser) -> None:
    """Give a command the runs that it is about."""
    parser.add_argument(
        "query",
        metavar="QUERY",
        nargs="*",
        help="words of the task or answer, and conditions such as route:claude,"
        " applied:yes, path:src/*.py",
    )


def query_of(arguments: Namespace) -> "Query":
    """The query that was typed.

    Raises:
        QueryError: It is none.
    """
    from mux_tui.core.ledger.query_parse import parse

    # Several arguments are one query: only quotes of the query itself need quoting.
    return parse(" ".join(arguments.query))


def _configure_search(parser: ArgumentParser) -> None:
    add_query(parser)
    add_limit(parser, "matching runs")
    add_json(parser)


async def _search(arguments: Namespace, shell: Shell) -> ExitCode:
    query = query_of(arguments)
    async with opened_ledger(shell) as ledger:
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
    add_query(parser)
    add_json(parser)


async def _stats(arguments: Namespace, shell: Shell) -> ExitCode:
    from mux_tui.core.ledger.saving import Prices, saving
    from mux_tui.core.ledger.statistics import Tally

    query = query_of(arguments)
    settings = load(shell.environment, shell.cwd, shell.overrides).settings
    target = settings.workflow.target_local_ratio
    async with opened_ledger(shell) as ledger:
        found = await ledger.search.statistics(query) if ledger else None
    result = found or Tally().result(complete=True)
    keep = settings.ledger
    saved = saving(
        result.local_tokens,
        Prices(
            keep.baseline_model,
            keep.baseline_input_price,
            keep.baseline_cached_price,
            keep.baseline_output_price,
        ),
        result.cloud_runs_priced,
        result.cloud_cost_usd,
    )
    if arguments.json:
        facts = {"schema": _STATS_SCHEMA, "query": str(query)}
        aim = {"target_local_implementation_ratio": target}
        shell.output.json(facts | plain(result) | {"saving": plain(saved)} | aim)
    elif result.runs:
        show_statistics(result, saved, target, shell.output)
    else:
        shell.diagnostics.note("no run matches" if found else "no runs yet")
    return ExitCode.OK


def _configure_export(parser: ArgumentParser) -> None:
    add_query(parser)
    forms = parser.add_mutually_exclusive_group()
    for form, meaning in (
        ("jsonl", "JSON Lines, one run a line (the default)"),
        ("csv", "a table for spreadsheets"),
        ("markdown", "a document to read"),
        ("parquet", "a table for programs, into a file; needs mux-tui[parquet]"),
    ):
        forms.add_argument(
            f"--{form}", dest="form", action="store_const", const=form, help=meaning
        )
    parser.set_defaults(form="jsonl")
    parser.add_argument(
        "-o", "--output", metavar="FILE", help="where to (default: standard output)"
    )


async def _export_parquet(
    ledger: "Ledger", query: "Query", output: str | None, shell: Shell
) -> None:
    from mux_tui.core.ledger.parquet import export_parquet

    if output is None:
        raise UsageError("Parquet is written into a file", "", "Add --output FILE")

    path = shell.cwd / output
    count = await export_parquet(ledger, path, query)
    shell.diagnostics.note(f"{count:,} runs written to {one_line(str(path))}")


async def _export(arguments: Namespace, shell: Shell) -> ExitCode:
    from mux_tui.core.ledger.export import export
    from mux_tui.core.ledger.export_file import export_file

    query = query_of(arguments)
    async with opened_ledger(shell) as ledger:
        if ledger is None:
            shell.diagnostics.note("no runs yet")
        elif arguments.form == "parquet":
            await _export_parquet(ledger, query, arguments.output, shell)
        elif arguments.output is None:
            await export(ledger, shell.output.text, arguments.form, query)
        else:
            path = shell.cwd / arguments.output
            count = await export_file(ledger, path, arguments.form, query)
            shell.diagnostics.note(f"{count:,} runs written to {one_line(str(path))}")
    return ExitCode.OK


SEARCH = Command(
    "search",
    "find runs by their words and facts",
    _search,
    _configure_search,
    (
        "mux ledger search null pointer route:claude since:7d",
        "mux ledger search 'conf<0.6 is:escalated' --limit 100 --json",
        "mux ledger search applied:yes 'path:src/*.py'",
    ),
)

STATS = Command(
    "stats",
    "add up runs: routes, times, reasons, confidence",
    _stats,
    _configure_stats,
    ("mux ledger stats since:7d", "mux ledger stats repo:shop --json"),
)

EXPORT = Command(
    "export",
    "write runs as JSON Lines, CSV, Markdown or Parquet",
    _export,
    _configure_export,
    (
        "mux ledger export --jsonl --output runs.jsonl",
        "mux ledger export since:30d --csv --output november.csv",
        """mux ledger export --jsonl | grep '"route":"local"'""",
    ),
)
