"""What another `router.min_confidence` would have done with the last local answers."""

from argparse import Namespace

from mux_tui.cli.diagnostics import ExitCode
from mux_tui.cli.shell import Shell
from mux_tui.core.config.load import load
from mux_tui.core.errors import UsageError
from mux_tui.core.ledger.local_scores import Effect, effect_of
from mux_tui.core.ledger.place import is_there, ledger_path
from mux_tui.core.ledger.store import open_ledger

_SCHEMA = "mux.config.effect/1"


async def tell_effect(arguments: Namespace, shell: Shell) -> ExitCode:
    """Tell the effect of the present threshold, and of those that were asked for."""
    settings = load(shell.environment, shell.cwd, shell.overrides).settings
    thresholds: list[float] = arguments.thresholds
    if any(not 0 <= threshold <= 1 for threshold in thresholds):
        raise UsageError("a threshold is a number from 0 to 1")

    present = settings.router.min_confidence
    path = ledger_path(settings.ledger, shell.environment.paths)
    scores = ()
    if is_there(path):
        async with open_ledger(path, settings.ledger) as ledger:
            scores = await ledger.local_scores(arguments.limit)
    effects = [effect_of(at, scores) for at in dict.fromkeys([present, *thresholds])]
    if arguments.json:
        document = [_described(effect) for effect in effects]
        shell.output.json({"schema": _SCHEMA, "present": present, "effects": document})
    elif not scores:
        shell.diagnostics.note("no local answer is recorded yet")
    else:
        shell.output.table([_row(effect) for effect in effects], _HEADER)
    return ExitCode.OK


_HEADER = ("threshold", "answers", "kept", "share", "of these failed")


def _row(effect: Effect) -> tuple[str, ...]:
    return (
        f"{effect.threshold:g}",
        str(effect.answers),
        str(effect.kept),
        f"{effect.share or 0:.0%}",
        str(effect.failed),
    )


def _described(effect: Effect) -> dict[str, float | None]:
    return {
        "threshold": effect.threshold,
        "answers": effect.answers,
        "kept": effect.kept,
        "share": effect.share,
        "failed": effect.failed,
    }
