"""`mux run`: one task, from decision to outcome."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from mux_tui.cli.approving import Approving
from mux_tui.cli.asking import may_leave
from mux_tui.cli.diagnostics import ExitCode
from mux_tui.cli.narrator import Narrator
from mux_tui.cli.shell import Command, Shell, add_json
from mux_tui.cli.task_arguments import (
    add_task,
    add_time_limit,
    add_verify,
    read_task,
)
from mux_tui.core.config.load import load
from mux_tui.core.events import Finished, as_json
from mux_tui.core.permission import Approve, Ask
from mux_tui.core.task import Apply, Outcome, Route, Task

if TYPE_CHECKING:
    from mux_tui.core.change import ChangeSet
    from mux_tui.core.proposal import Proposal
    from mux_tui.core.run import Run

_CODES = {
    "time_limit": ExitCode.TIME_LIMIT,
    "cloud_not_allowed": ExitCode.DECLINED,
    "verification_failed": ExitCode.VERIFICATION,
    "changes_declined": ExitCode.DECLINED,
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
    add_verify(
        parser,
        "a command that must exit 0: an answer in text gets to it on standard "
        "input, changes of files are there around it; may be given more than once",
    )
    parser.add_argument(
        "--apply",
        choices=get_args(Apply),
        help="when changes to files are written: auto (once they are proved), ask, "
        "never (default: workflow.apply)",
    )
    add_time_limit(parser, "end the task after so long")
    add_json(parser, "print one JSON object for each event, one a line")


async def _run(arguments: Namespace, shell: Shell) -> ExitCode:
    from mux_tui.core.engine import open_engine
    from mux_tui.core.intake import accept_directory

    text = read_task(arguments.task)
    cwd = accept_directory(Path(arguments.cwd), shell.cwd)
    settings = load(shell.environment, cwd, shell.overrides).settings
    under_way: list[Run] = []
    async with open_engine(
        settings,
        shell.environment,
        shell.cwd,
        ask=_asker(shell, under_way),
        approve=_approver(shell, under_way),
    ) as engine:
        task = engine.accept(
            text,
            cwd,
            shell.cwd,
            route=arguments.route,
            kind=arguments.kind,
            verify=tuple(arguments.verify),
            time_limit=arguments.time_limit,
            apply=arguments.apply,
        )
        narrator = Narrator(shell.output, shell.diagnostics, shell.interactive)
        code = ExitCode.FAILED
        under_way.append(engine.start(task))
        async for event in under_way[0].events():
            if arguments.json:
                shell.output.json_line(as_json(event))
            else:
                narrator.tell(event)
            if isinstance(event, Finished):
                code = exit_code_for(event.outcome)

    # What turned out only while the engine was closed.
    for notice in engine.notices:
        shell.diagnostics.warn(notice)
    return code


def _approver(shell: Shell, under_way: "list[Run]") -> Approve:
    async def answer(question: str) -> str:
        shell.diagnostics.prompt(question)
        return await shell.answer()

    async def approve(_task: Task, proposal: "Proposal") -> "ChangeSet | None":
        if not shell.interactive:
            return None

        for run in under_way:
            await run.caught_up()
        return await Approving(shell.diagnostics, answer).approve(proposal)

    return approve


def _asker(shell: Shell, under_way: "list[Run]") -> Ask:
    async def ask(_task: Task, route: Route, brief: str) -> bool:
        if shell.interactive:
            # What led to the question is told before it is asked.
            for run in under_way:
                await run.caught_up()
        return await may_leave(shell, route, brief)

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
        "mux run --files --apply auto 'Fix the failing test in tests/test_cart.py'",
        "mux run --apply never 'Rename load in io.py to read' | git apply",
        "mux run --verify 'grep -q def' 'Write a Python function that adds numbers.'",
        "mux run -- '--help what does this flag do in git log?'",
    ),
)
