"""`mux ledger show`: everything that is known of one run, or its patch alone."""

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from mux_tui.cli.diagnostics import ExitCode
from mux_tui.cli.opened_ledger import opened_ledger
from mux_tui.cli.run_report import DETAIL_SCHEMA, show_run
from mux_tui.cli.shell import Command, Shell
from mux_tui.core.errors import MuxError
from mux_tui.core.text import one_line

if TYPE_CHECKING:
    from mux_tui.core.ledger.rows import RunDetail


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument(
        "run", metavar="RUN", help="a run's id, or enough of its beginning"
    )
    forms = parser.add_mutually_exclusive_group()
    forms.add_argument(
        "--patch",
        action="store_true",
        help="print its changes alone, as a patch that git apply takes",
    )
    forms.add_argument("--json", action="store_true", help="print one JSON document")


async def _show(arguments: Namespace, shell: Shell) -> ExitCode:
    from mux_tui.core.ledger.exchange import record

    async with opened_ledger(shell) as ledger:
        run = await ledger.get(arguments.run) if ledger else None
    if run is None:
        raise MuxError(
            "no such run", one_line(arguments.run, 100), "See: mux ledger list"
        )

    if arguments.json:
        shell.output.json({"schema": DETAIL_SCHEMA, "run": record(run)})
    elif arguments.patch:
        _print_patch(run, shell)
    else:
        show_run(run, shell.output)
    return ExitCode.OK


def _print_patch(run: "RunDetail", shell: Shell) -> None:
    from mux_tui.core.redact import MARK

    if not run.patch:
        why = "it proposed no changes of files"
        if run.changes:
            why = "ledger.store_prompts is off, or was"
        raise MuxError(f"there is no patch of {one_line(run.run_id)}", why)

    shell.output.patch(run.patch)
    if MARK in run.patch:
        shell.diagnostics.warn(
            f"credentials in it are blacked out as {MARK}: it may not apply"
        )


SHOW = Command(
    "show",
    "show everything that is known of one run",
    _show,
    _configure,
    (
        "mux ledger show 01k8z3",
        "mux ledger show 01k8z3 --json",
        "mux ledger show 01k8z3 --patch | git apply --check",
    ),
)
