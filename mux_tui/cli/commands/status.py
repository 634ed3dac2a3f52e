"""`mux status`: how things are now, without touching anything."""

from argparse import Namespace
from typing import TYPE_CHECKING

from mux_tui.cli.diagnostics import ExitCode
from mux_tui.cli.output import Output
from mux_tui.cli.shell import Command, Shell, add_json
from mux_tui.core.config.load import load
from mux_tui.core.events import plain
from mux_tui.core.text import one_line

if TYPE_CHECKING:
    from mux_tui.core.ledger.rows import Summary
    from mux_tui.core.status import Status


_INDENT = " " * 9
_ROUTES = {"none": "unanswered"}


async def _status(arguments: Namespace, shell: Shell) -> ExitCode:
    # Late: the engine brings everything, which the help does not need.
    from mux_tui.core.engine import open_engine
    from mux_tui.core.status import SCHEMA, look

    settings = load(shell.environment, shell.cwd, shell.overrides).settings
    async with open_engine(
        settings, shell.environment, shell.cwd, record=False
    ) as engine:
        status = await look(settings, shell.environment, engine.local)
    if arguments.json:
        ready = {"schema": SCHEMA, "ready": status.ready}
        shell.output.json(ready | plain(status))
    else:
        _show(status, shell.output)
    return ExitCode.OK if status.ready else ExitCode.ENVIRONMENT


def _show(status: "Status", output: Output) -> None:
    local = status.local
    model = f" {one_line(local.model)}" if local.model else ""
    output.paragraph(f"local    {local.status.replace('_', ' ')}{model}", _INDENT)
    if local.detail:
        output.paragraph(f"{_INDENT}{one_line(local.detail)}", _INDENT)
    if local.status == "not_configured":
        output.line(f"{_INDENT}to have one: mux setup --starter")
    cloud = ", ".join(status.cloud) or "no CLI found"
    output.paragraph(f"cloud    {cloud} (permission: {status.permission})", _INDENT)
    output.paragraph(f"ledger   {one_line(str(status.ledger_path))}", _INDENT)
    if status.ledger_problem:
        output.paragraph(f"{_INDENT}{one_line(status.ledger_problem, 1000)}", _INDENT)
    elif status.summary is None:
        output.line(f"{_INDENT}no runs yet")
    else:
        _show_runs(status.summary, output)


def _show_runs(summary: "Summary", output: Output) -> None:
    count = "1 run" if summary.total == 1 else f"{summary.total:,} runs"
    if summary.considered < summary.total:
        count += f"; of the last {summary.considered:,}"
    routes = ", ".join(
        f"{_ROUTES.get(route, route)} {n}" for route, n in summary.route_counts.items()
    )
    output.paragraph(f"{_INDENT}{count}: {routes}" if routes else _INDENT + count)
    if summary.local_share is not None:
        share = f"{summary.local_share:.0%}"
        output.line(f"{_INDENT}{share} of the answers came from this machine")
    if summary.last_run_id:
        output.line(f"{_INDENT}last run {summary.last_run_id} ({summary.last_status})")
    if summary.failures:
        output.table(
            [
                (
                    f"{_INDENT}{failure.run_id}",
                    failure.status,
                    one_line(failure.sentence or failure.reason or "", 120),
                )
                for failure in summary.failures
            ]
        )


COMMAND = Command(
    name="status",
    summary="say how things are now; starts and changes nothing",
    handler=_status,
    configure=add_json,
    examples=("mux status", "mux status --json"),
)
