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
    output.line(f"local    {local.status.replace('_', ' ')}{model}")
    if local.detail:
        output.line(f"         {one_line(local.detail)}")
    cloud = ", ".join(status.cloud) or "no CLI found"
    output.line(f"cloud    {cloud} (permission: {status.permission})")
    output.line(f"ledger   {one_line(str(status.ledger_path))}")
    if status.ledger_problem:
        output.line(f"         {one_line(status.ledger_problem)}")
    elif status.summary is None:
        output.line("         no runs yet")
    else:
        _show_runs(status.summary, output)


def _show_runs(summary: "Summary", output: Output) -> None:
    routes = ", ".join(f"{route} {n}" for route, n in summary.route_counts.items())
    output.line(
        f"         {summary.total:,} runs; of the last {summary.considered}: {routes}"
    )
    if summary.local_share is not None:
        output.line(f"         {summary.local_share:.0%} of those done, locally")
    if summary.last_run_id:
        output.line(f"         last run {summary.last_run_id} ({summary.last_status})")
    for failure in summary.failures:
        why = one_line(failure.sentence or failure.reason or "", 120)
        output.line(f"         {failure.run_id} {failure.status}: {why}")


COMMAND = Command(
    name="status",
    summary="say how things are now; starts and changes nothing",
    handler=_status,
    configure=add_json,
    examples=("mux status", "mux status --json"),
)
