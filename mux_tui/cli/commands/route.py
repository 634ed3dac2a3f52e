"""`mux route`: where a task would go, and why."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from mux_tui.cli.diagnostics import ExitCode
from mux_tui.cli.output import Output
from mux_tui.cli.shell import Command, Shell, add_json
from mux_tui.cli.task_arguments import add_task, read_task
from mux_tui.core.config.load import load
from mux_tui.core.events import plain
from mux_tui.core.task import Decision, Factor
from mux_tui.core.text import one_line

SCHEMA = "mux.route/1"


def _configure(parser: ArgumentParser) -> None:
    add_task(parser)
    add_json(parser)


async def _route(arguments: Namespace, shell: Shell) -> ExitCode:
    from mux_tui.core.engine import open_engine
    from mux_tui.core.intake import accept_directory

    text = read_task(arguments.task)
    cwd = accept_directory(Path(arguments.cwd), shell.cwd)
    settings = load(shell.environment, cwd, shell.overrides).settings
    async with open_engine(
        settings, shell.environment, shell.cwd, record=False
    ) as engine:
        task = engine.accept(
            text,
            cwd,
            shell.cwd,
            route=arguments.route,
            kind=arguments.kind,
        )
        decision = await engine.decide(task)
    if arguments.json:
        shell.output.json({"schema": SCHEMA} | plain(decision))
    else:
        show_decision(decision, shell.output)
    return ExitCode.OK


def show_decision(decision: Decision, output: Output) -> None:
    """Write a decision for people: the sentence, the inputs, what would flip it."""
    who = "" if decision.ends else f"{decision.route}: "
    output.paragraph(f"{who}{one_line(decision.sentence, 1000)}")
    output.line(f"reason {decision.reason}, kind {decision.kind}")
    if decision.fallbacks:
        output.line(f"then   {', '.join(decision.fallbacks)}")
    output.line()
    for factor in decision.inputs:
        output.paragraph(f"{factor.name:17} {_told(factor)}", " " * 18)
    if decision.flips:
        output.line("\nwhat would change it:")
    for flip in decision.flips:
        output.paragraph(f"  - {one_line(flip, 500)}", "    ")


def _told(factor: Factor) -> str:
    """An input's value, what it is compared with, where it leans, and what it means."""
    parts = [one_line(str(factor.value), 60)]
    if factor.threshold is not None:
        parts.append(f"(threshold {one_line(str(factor.threshold), 40)})")
    if factor.leans != "neutral":
        parts.append(f"→ {factor.leans}")
    if factor.note:
        parts.append(f"· {one_line(factor.note, 160)}")
    return " ".join(parts)


COMMAND = Command(
    name="route",
    summary="say where a task would go and why, without doing it",
    handler=_route,
    configure=_configure,
    examples=(
        "mux route 'What does this regex do?'",
        "mux route --json 'Plan the migration to the new schema.'",
    ),
)
