"""`mux setup` without questions: what options say, or what is recommended here."""

from argparse import Namespace
from typing import TYPE_CHECKING

from mux_tui.cli.asking import confirm
from mux_tui.cli.diagnostics import ExitCode
from mux_tui.cli.setup_report import Reporter, document, show_done, show_plan
from mux_tui.cli.shell import Shell
from mux_tui.core.catalog.sizes import gib
from mux_tui.core.errors import EnvironmentProblem
from mux_tui.core.text import one_line

if TYPE_CHECKING:
    from mux_tui.core.setup.facts import DownloadFound
    from mux_tui.core.setup.wizard import Wizard
    from mux_tui.core.setup.writing import Carried, SetupPlan


async def set_up(wizard: "Wizard", arguments: Namespace, shell: Shell) -> ExitCode:
    """Go through all steps, and write; a failure writes nothing.

    Raises:
        MuxError: It could not be done; with `--json`, the document has been printed.
    """
    from mux_tui.core.setup.unattended import Drive, go_through

    async def agree(found: "DownloadFound") -> None:
        tell_download(found, shell)
        if not arguments.yes:
            question = "install it?"
            await confirm(shell, "mux setup", question, "nothing was installed")

    drive = Drive(
        Reporter(shell.diagnostics).report,
        agree,
        shell.diagnostics.warn,
        looks=arguments.json or not arguments.named,
        dry_run=arguments.dry_run,
    )
    failure = await go_through(wizard, drive)
    if failure is not None:
        if arguments.json:
            shell.output.json(document(wizard, "failed", failure=failure))
        for line in failure.log if failure.step == "serve" else ():
            shell.diagnostics.note(f"  {line}")
        raise failure.error

    plan = wizard.plan(as_if_here=arguments.dry_run)
    if arguments.dry_run:
        _tell_plan(wizard, plan, arguments, shell)
        return ExitCode.OK
    return _tell(wizard, plan, await wizard.carry_out(plan), arguments, shell)


def tell_download(found: "DownloadFound", shell: Shell) -> None:
    """Say what a download will bring, before it is asked about."""
    licence = one_line(found.licence, 60) or "licence not told"
    here = found.bytes - found.missing
    shell.diagnostics.note(
        f"{one_line(found.title, 200)} ({licence}): {_size(found.missing)} to fetch"
        + (f", {_size(here)} are here" if here else "")
        + f"; needs {_size(found.disk)} of the {gib(found.free)} free on the disk"
    )
    if found.words:
        shell.diagnostics.note(found.words)


def _size(size: int) -> str:
    return f"{size:,} bytes ({gib(size)})" if size else "nothing"


def _tell_plan(
    wizard: "Wizard", plan: "SetupPlan", arguments: Namespace, shell: Shell
) -> None:
    if arguments.json:
        shell.output.json(document(wizard, "planned", plan))
    else:
        show_plan(plan, shell.output)


def _tell(
    wizard: "Wizard",
    plan: "SetupPlan",
    carried: "Carried",
    arguments: Namespace,
    shell: Shell,
) -> ExitCode:
    if arguments.json:
        status = "done" if carried.ok else "failed"
        shell.output.json(document(wizard, status, plan, carried))
    else:
        for note in plan.notes:
            shell.diagnostics.note(f"note: {one_line(note, 500)}")
        show_done(wizard, carried, shell.output)
    check(carried)
    return ExitCode.OK


def check(carried: "Carried") -> None:
    """Say what was not done, and what was.

    Raises:
        EnvironmentProblem: Something could not be done.
    """
    if carried.ok:
        return

    bad = [part for part in carried.parts if not part.ok]
    done = ", ".join(part.what for part in carried.parts if part.ok) or "nothing"
    raise EnvironmentProblem(
        f"not all was set up: {bad[0].what}",
        f"{bad[0].problem.rstrip('.')}; done: {done}",
        "Mend that, and run mux setup again",
    )
