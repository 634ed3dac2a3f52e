"""`mux ledger replay`: recorded tasks again, in copies, beside what they were."""

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from mux_tui.cli.asking import may_leave
from mux_tui.cli.commands.ledger_search import add_query, query_of, whole_count
from mux_tui.cli.diagnostics import ExitCode
from mux_tui.cli.opened_ledger import opened_ledger
from mux_tui.cli.replay_report import (
    show_replays,
    show_trial,
    tell_event,
    tell_plan,
    tell_refused,
)
from mux_tui.cli.shell import Command, Shell, add_json
from mux_tui.cli.task_arguments import add_time_limit, add_verify
from mux_tui.core.choices import Route, RouteChoice
from mux_tui.core.config.load import load
from mux_tui.core.config.settings import Settings
from mux_tui.core.errors import Declined, UsageError
from mux_tui.core.events import plain

if TYPE_CHECKING:
    from mux_tui.core.ledger.query import Query
    from mux_tui.core.permission import Ask
    from mux_tui.core.replay.comparison import Comparison
    from mux_tui.core.replay.planning import Order, Plan, SettingsOf
    from mux_tui.core.replay.rerunning import ReplayEvent, Replays
    from mux_tui.core.replay.subject import NotRepeated
    from mux_tui.core.task import Task

_SCHEMA = "mux.ledger.replay/1"
_DECIDE_SCHEMA = "mux.ledger.replay.decide/1"
_LIMIT = 10
_DECIDE_LIMIT = 1000
_ENDINGS = {
    "local_down_and_cloud_unavailable": ExitCode.ENVIRONMENT,
    "cloud_unavailable": ExitCode.ENVIRONMENT,
    "cloud_not_allowed": ExitCode.DECLINED,
}
"""Exit codes where every replay ended for the same one of these reasons."""


def _configure(parser: ArgumentParser) -> None:
    add_query(parser)
    parser.add_argument(
        "--model",
        metavar="MODEL",
        help="a model on this machine, by name or directory; with --route claude, codex"
        " or gemini what that CLI calls it (default: that of the settings)",
    )
    parser.add_argument(
        "--route",
        choices=get_args(RouteChoice),
        help="who is asked (default: who answered then; local with --model)",
    )
    parser.add_argument(
        "-n",
        "--limit",
        type=whole_count,
        metavar="N",
        help=f"how many of the newest matching runs (default: {_LIMIT},"
        f" with --decide {_DECIDE_LIMIT:,})",
    )
    add_verify(
        parser,
        "a command that must exit 0, instead of each run's own; may be given more"
        " than once",
    )
    add_time_limit(
        parser, "end each task after so long (default: its own limit, if it had one)"
    )
    parser.add_argument("-y", "--yes", action="store_true", help="do not ask")
    parser.add_argument(
        "--decide",
        action="store_true",
        help="only decide again, with the settings of now or of --set; asks no model",
    )
    add_json(parser)


async def _handle(arguments: Namespace, shell: Shell) -> ExitCode:
    query = query_of(arguments)
    return await (_decide if arguments.decide else _replay)(arguments, shell, query)


async def _replay(arguments: Namespace, shell: Shell, query: "Query") -> ExitCode:
    from mux_tui.core.replay.planning import Order, plan

    order = Order(
        arguments.route,
        arguments.model or "",
        tuple(arguments.verify),
        arguments.time_limit,
    )
    settings_of = _settings_of(shell)
    limit, environment = arguments.limit or _LIMIT, shell.environment
    planned: Plan | None = None
    async with opened_ledger(shell) as ledger:
        if ledger is not None:
            planned = await plan(ledger, query, limit, order, settings_of, environment)
    report = _Report(arguments, shell, query, order)
    if planned is None or not (planned.subjects or planned.refused):
        shell.diagnostics.note("no run matches" if planned else "no runs yet")
        report.show()
        return ExitCode.OK

    report.refused = planned.refused
    if not planned.subjects:
        tell_refused(planned.refused, shell.diagnostics)
        report.show()
        return ExitCode.FAILED

    tell_plan(planned, order, shell.diagnostics)
    await _agreed(planned, arguments.yes, shell)
    return await _repeated(planned, settings_of, report)


class _Report:
    """What is written at the end, however it comes."""

    def __init__(
        self, arguments: Namespace, shell: Shell, query: "Query", order: "Order"
    ) -> None:
        self.shell = shell
        self.order = order
        self.refused: Sequence[NotRepeated] = ()
        """Those of which it was known beforehand."""

        self.replays: Replays | None = None
        """What was done; None: nothing was begun."""

        self._json: bool = arguments.json
        self._query = query

    def tell(self, event: "ReplayEvent") -> None:
        tell_event(event, self.shell.diagnostics)

    def show(self, *, interrupted: bool = False) -> None:
        from mux_tui.core.replay.comparison import totals

        done = self.replays.done if self.replays else []
        late = self.replays.refused if self.replays else []
        sums = totals(done)
        if self._json:
            told = {
                "schema": _SCHEMA,
                "query": str(self._query),
                "route": self.order.route,
                "model": self.order.model or None,
                "interrupted": interrupted,
                "comparisons": plain(done),
                "refused": plain([*self.refused, *late]),
                "totals": plain(sums),
            }
            self.shell.output.json(told)
        elif done:
            show_replays(done, sums, self.shell.output)


async def _repeated(
    planned: "Plan", settings_of: "SettingsOf", report: _Report
) -> ExitCode:
    # Late: the help does without it.
    import asyncio

    from mux_tui.core.replay.rerunning import open_replays

    shell = report.shell
    try:
        async with open_replays(
            report.order,
            shell.environment,
            shell.cwd,
            settings_of,
            report.tell,
            ask=_asker(shell),
        ) as replays:
            report.replays = replays
            await replays.repeat(planned.subjects)
    except asyncio.CancelledError:
        report.show(interrupted=True)
        raise
    report.show()
    return _exit_code(replays.done, bool(replays.refused))


def _exit_code(comparisons: "list[Comparison]", refused: bool) -> ExitCode:
    reasons = {one.replay.reason for one in comparisons}
    if len(reasons) == 1 and (code := _ENDINGS.get(str(*reasons))):
        return code

    return ExitCode.FAILED if refused else ExitCode.OK


async def _agreed(planned: "Plan", yes: bool, shell: Shell) -> None:
    """Go on only if a person agrees, or nothing can leave this machine."""
    if yes:
        return
    if shell.interactive:
        shell.diagnostics.warn("do these tasks again? [y/N]")
        if (await shell.answer()).strip().lower() in ("y", "yes"):
            return
        raise Declined("nothing was repeated", "you did not want it")
    if planned.leaving:
        raise Declined(
            "nothing was repeated",
            f"{planned.leaving} of the tasks may leave this machine, and there is"
            " nobody to ask",
            "Add --yes, or keep them here: --route local",
        )


def _asker(shell: Shell) -> "Ask":
    async def ask(_task: "Task", route: Route, brief: str) -> bool:
        return await may_leave(shell, route, brief)

    return ask


def _settings_of(shell: Shell) -> "SettingsOf":
    def settings_of(directory: Path, overrides: Mapping[str, object]) -> Settings:
        above = {**shell.overrides, **overrides}
        return load(shell.environment, directory, above).settings

    return settings_of


async def _decide(arguments: Namespace, shell: Shell, query: "Query") -> ExitCode:
    from mux_tui.core.backends.registry import present_routes
    from mux_tui.core.replay.planning import trial_of
    from mux_tui.core.replay.policy import NOTHING, groups

    asked = (arguments.model, arguments.route, arguments.verify, arguments.time_limit)
    if any(asked):
        raise UsageError(
            "with --decide no task is done again",
            "--model, --route, --verify and --time-limit say how one is done",
            "Leave them out, or --decide",
        )
    settings = load(shell.environment, shell.cwd, shell.overrides).settings
    limit = arguments.limit or _DECIDE_LIMIT
    present = present_routes(settings, shell.environment.variables)
    trial = NOTHING
    async with opened_ledger(shell) as ledger:
        if ledger is not None:
            trial = await trial_of(ledger, query, limit, settings, present)
    counted = groups(trial)
    if arguments.json:
        told = {"schema": _DECIDE_SCHEMA, "query": str(query)}
        shell.output.json(told | plain(trial) | {"groups": plain(counted)})
    elif trial.runs:
        show_trial(trial, counted, shell.output)
    else:
        shell.diagnostics.note("no run matches" if ledger else "no runs yet")
    return ExitCode.OK


REPLAY = Command(
    "replay",
    "do recorded tasks again, with another model or route, and compare",
    _handle,
    _configure,
    (
        "mux ledger replay verdict:fail since:7d --model qwen3-coder-30b",
        "mux ledger replay 'route:claude kind:files' --route local --limit 5",
        "mux ledger replay since:30d --decide --set router.min_confidence=0.7",
    ),
)
