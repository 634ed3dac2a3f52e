"""`mux man`: the manual page, made from the same facts as the help."""

from argparse import Namespace

from mux_tui.cli.diagnostics import ExitCode
from mux_tui.cli.shell import Command, Shell


def _man(_arguments: Namespace, shell: Shell) -> ExitCode:
    # Late: it builds every parser.
    from mux_tui.cli.spec.manual_page import manual_page

    page = manual_page()
    if shell.output.live:
        from mux_tui.cli.paging import show_manual

        if show_manual(page, shell.environment.variables):
            return ExitCode.OK

    shell.output.text(page)
    return ExitCode.OK


COMMAND = Command(
    name="man",
    summary="show the manual page; in a pipe, print its source",
    handler=_man,
    examples=("mux man", "mux man | gzip > mux.1.gz"),
)
