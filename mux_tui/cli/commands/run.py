"""`mux run`: one task, from decision to outcome."""

import math
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from mux_tui.cli.diagnostics import ExitCode
from mux_tui.cli.narrator import Narrator
from mux_tui.cli.shell import Command, Shell, add_json
from mux_tui.cli.task_arguments import add_task, read_task
from mux_tui.core.config.load import load
from mux_tui.core.events import Finished, as_json
from mux_tui.core.permission import Ask
from mux_tui.core.task import Outcome, Route

_CODES = {
    "time_limit": ExitCode.TIME_LIMIT,
    "cloud_not_allowed": ExitCode.DECLINED,
    "verification_failed": ExitCode.VERIFICATION,
    "local_down_and_cloud_unavailable": ExitCode.ENVIRONMENT,
    "cloud_unavailable": ExitCode.ENVIRONMENT,
    "cancelled": ExitCode.INTERRUPTED,
}


def exit_code_for(outcome: Outcome) -> ExitCode:
    """The exit code that tells a script how a task ended."""
    if outcome.status == "done":
        return ExitCode.OK

    return _CODES.get(outcome.reason, ExitCode.FAILED)


def _configure(parser: ArgumentParser) -> None:
    add_task(parser)
    parser.add_argument(
        "--verify",
        action="append",
        default=[],
        metavar="CMD",
        help="a command that must accept the answer: it gets the answer on standard "
        "input and exits 0; may be given more than once",
    )
    parser.add_argument(
        "--time-limit",
        type=_seconds,
        metavar="SECONDS",
        help="end the task after so long",
    )
    add_json(parser, "print one JSON object for each event, one a line")


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < math.inf:
        raise ValueError(text)

    return seconds


async def _run(arguments: Namespace, shell: Shell) -> ExitCode:
    from mux_tui.core.engine import open_engine

    text = read_task(arguments.task)
    cwd = shell.cwd / arguments.cwd
    settings = load(shell.environment, cwd, shell.overrides).settings
    async with open_engine(
        settings, shell.environment, shell.cwd, ask=_asker(shell)
    ) as engine:
        task = engine.accept(
            text,
            Path(arguments.cwd),
            shell.cwd,
            route=arguments.route,
            kind=arguments.kind,
            verify=tuple(arguments.verify),
            time_limit=arguments.time_limit,
        )
        live = sys.stdout.isatty()
        narrator = Narrator(shell.output, shell.diagnostics, live)
        async for event in engine.start(task).events():
            if arguments.json:
                shell.output.json_line(as_json(event))
            else:
                narrator.tell(event)
            if isinstance(event, Finished):
                return exit_code_for(event.outcome)

    return ExitCode.FAILED


def _asker(shell: Shell) -> Ask:
    async def ask(route: Route, brief: str) -> bool:
        if not shell.interactive:
            return False

        size = len(brief.encode())
        shell.diagnostics.warn(f"send {size:,} bytes to {route}? [y/N]")
        return (await shell.answer()).strip().lower() in ("y", "yes")

    return ask


COMMAND = Command(
    name="run",
    summary="do one task: decide, answer, judge, escalate",
    handler=_run,
    configure=_configure,
    examples=(
        'mux run "Explain what a context manager is."',
        "mux run --route claude 'Review the error handling in app.py'",
        "git diff | mux run - --json",
        "mux run --verify 'grep -q def' 'Write a Python function that adds numbers.'",
        "mux run -- '--help what does this flag do in git log?'",
    ),
)
