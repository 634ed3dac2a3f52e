"""`mux ledger check` and `repair`: whether the ledger is whole, and what if not."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from mux_tui.cli.asking import confirm
from mux_tui.cli.diagnostics import ExitCode
from mux_tui.cli.shell import Command, Shell, add_json
from mux_tui.core.config.load import load
from mux_tui.core.events import plain
from mux_tui.core.text import one_line

_CHECK_SCHEMA = "mux.ledger.check/1"
_REPAIR_SCHEMA = "mux.ledger.repair/1"


def _path(shell: Shell) -> Path:
    from mux_tui.core.ledger.place import ledger_path

    settings = load(shell.environment, shell.cwd, shell.overrides).settings.ledger
    return ledger_path(settings, shell.environment.paths)


async def _check(arguments: Namespace, shell: Shell) -> ExitCode:
    from mux_tui.core.ledger.integrity import integrity

    found = await integrity(_path(shell), thorough=True)
    if arguments.json:
        facts = plain(found)
        # What the file calls its schema is not the document's.
        del facts["schema"]
        shell.output.json({"schema": _CHECK_SCHEMA, "ok": found.ok} | facts)
    elif not found.ok:
        shell.diagnostics.warn(f"{found.problem}. {found.next_step}".rstrip(". "))
    elif found.exists:
        size = f"{found.runs:,} runs in {found.size:,} bytes"
        shell.output.line(f"whole: {size}, {one_line(str(found.path), 500)}")
    else:
        shell.diagnostics.note("no runs yet")
    return ExitCode.OK if found.ok else ExitCode.FAILED


def _configure_repair(parser: ArgumentParser) -> None:
    parser.add_argument("-y", "--yes", action="store_true", help="do not ask")
    add_json(parser)


async def _repair(arguments: Namespace, shell: Shell) -> ExitCode:
    from mux_tui.core.ledger.integrity import integrity
    from mux_tui.core.ledger.repair import repair

    path = _path(shell)
    found = await integrity(path, thorough=True)
    if not found.ok and not arguments.yes:
        question = (
            f"{found.problem}. Put a new one with all readable rows in its place?"
            " The damaged one is kept"
        )
        await confirm(shell, "mux ledger repair", question, "nothing was changed")
    done = None if found.ok else await repair(path)
    if arguments.json:
        facts = plain(done) if done else {"path": str(path), "aside": None}
        document = {"schema": _REPAIR_SCHEMA, "repaired": done is not None}
        shell.output.json(document | facts)
    elif done is None:
        shell.diagnostics.note("the ledger is whole: there is nothing to repair")
    else:
        rows = ", ".join(f"{n:,} {name}" for name, n in done.rows.items() if n)
        shell.output.line(f"kept: {rows or 'nothing could be read'}")
        if done.unreadable:
            shell.output.line(f"lost: {done.unreadable:,} rows")
        shell.output.line(f"the damaged one is {one_line(str(done.aside), 500)}")
    return ExitCode.OK


CHECK = Command(
    "check",
    "tell whether the ledger is whole; nothing is changed",
    _check,
    add_json,
    ("mux ledger check", "mux ledger check --json"),
)

REPAIR = Command(
    "repair",
    "make a new ledger out of what can be read of a damaged one",
    _repair,
    _configure_repair,
    ("mux ledger repair", "mux ledger repair --yes --json"),
)
