"""`mux ledger label` and `unlabel`: what an owner says of a run."""

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from mux_tui.cli.diagnostics import ExitCode
from mux_tui.cli.opened_ledger import opened_ledger
from mux_tui.cli.shell import Command, Shell, add_json
from mux_tui.core.errors import MuxError, UsageError
from mux_tui.core.text import one_line

if TYPE_CHECKING:
    from mux_tui.core.ledger.store import Label

_SCHEMA = "mux.ledger.label/1"
_LONGEST = 2000


def _configure_run(parser: ArgumentParser) -> None:
    parser.add_argument(
        "run", metavar="RUN", help="a run's id, or enough of its beginning"
    )


def _configure_label(parser: ArgumentParser) -> None:
    _configure_run(parser)
    parser.add_argument(
        "label", choices=("good", "bad", "note"), help="good, bad, or only words"
    )
    parser.add_argument(
        "text", metavar="TEXT", nargs="*", help="words that go with it; a note has some"
    )
    add_json(parser)


def _configure_unlabel(parser: ArgumentParser) -> None:
    _configure_run(parser)
    add_json(parser)


async def _label(arguments: Namespace, shell: Shell) -> ExitCode:
    text = " ".join(arguments.text).strip()
    if arguments.label == "note" and not text:
        raise UsageError(
            "a note has no words", "", "Write: mux ledger label RUN note TEXT"
        )
    if len(text) > _LONGEST:
        raise UsageError(f"the text is longer than {_LONGEST} characters")

    return await _put(arguments, shell, arguments.label, text)


async def _unlabel(arguments: Namespace, shell: Shell) -> ExitCode:
    return await _put(arguments, shell, None, "")


async def _put(
    arguments: Namespace, shell: Shell, label: "Label | None", text: str
) -> ExitCode:
    async with opened_ledger(shell) as ledger:
        run = await ledger.get(arguments.run) if ledger else None
        if ledger is None or run is None:
            raise MuxError(
                "no such run", one_line(arguments.run, 100), "See: mux ledger list"
            )
        await ledger.label(run.run_id, label, text)
        labelled = await ledger.get(run.run_id)
    # As it is kept: credentials are blacked out.
    kept = labelled.label_text if labelled else None
    if arguments.json:
        said = {"label": label, "label_text": kept}
        shell.output.json({"schema": _SCHEMA, "run_id": run.run_id} | said)
    else:
        said = f"is labelled {label}" if label else "has no label now"
        words = f": {one_line(kept, 200)}" if kept else ""
        shell.diagnostics.note(f"{one_line(run.run_id)} {said}{words}")
    return ExitCode.OK


LABEL = Command(
    "label",
    "say whether a run was good or bad, or note something",
    _label,
    _configure_label,
    (
        "mux ledger label 01k8z3 good",
        "mux ledger label 01k8z3 bad forgot the tests",
        "mux ledger search label:bad since:30d",
    ),
)

UNLABEL = Command(
    "unlabel",
    "take a run's label away",
    _unlabel,
    _configure_unlabel,
    ("mux ledger unlabel 01k8z3",),
)
