"""`mux completion`: what makes a shell complete `mux` commands."""

from argparse import ArgumentParser, Namespace

from mux_tui.cli.diagnostics import ExitCode
from mux_tui.cli.shell import Command, Shell

SHELLS = ("bash", "zsh", "fish")


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument("shell", choices=SHELLS, help="whose script is printed")


def _completion(arguments: Namespace, shell: Shell) -> ExitCode:
    # Late: it builds every parser, and the library that reads them.
    from mux_tui.cli.completing import completion_script

    shell.output.text(completion_script(arguments.shell))
    return ExitCode.OK


COMMAND = Command(
    name="completion",
    summary="print a script that makes a shell complete mux commands",
    handler=_completion,
    configure=_configure,
    examples=(
        'eval "$(mux completion bash)"',
        "mux completion zsh | tee ~/.zfunc/_mux",
        "mux completion fish | source",
    ),
)
