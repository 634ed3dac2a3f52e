"""`mux spec`: all that the command line takes and prints, for programs."""

from argparse import ArgumentParser, Namespace

from mux_tui.cli.diagnostics import ExitCode
from mux_tui.cli.shell import Command, Shell, add_json
from mux_tui.core.errors import UsageError
from mux_tui.core.text import one_line


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--schema", metavar="ID", help="print one JSON Schema alone: mux.route/1"
    )
    add_json(parser)


def _spec(arguments: Namespace, shell: Shell) -> ExitCode:
    # Late: the schemas are read off the facts of the whole program.
    from mux_tui.cli.spec.documents import documents, schema_of

    if arguments.schema is not None:
        found = [one for one in documents() if one.id == arguments.schema]
        if not found:
            name = one_line(arguments.schema, 80)
            raise UsageError(f"no document has the schema {name}", "", "See: mux spec")
        shell.output.json(schema_of(found[0]))
    elif arguments.json:
        from mux_tui.cli.spec.specification import specification

        shell.output.json(specification())
    else:
        _show(shell)
    return ExitCode.OK


def _show(shell: Shell) -> None:
    from mux_tui.cli.spec.commands import commands
    from mux_tui.cli.spec.documents import documents
    from mux_tui.cli.spec.exit_codes import exit_codes

    shell.output.line("commands:")
    for command in commands():
        shell.output.paragraph(f"  {command.usage}", "      ")
    shell.output.line("\ndocuments and lines of --json (mux spec --schema ID):")
    rows = [
        (f"  {one.id}", ", ".join(one.commands) + (", over MCP" * one.over_mcp))
        for one in documents()
    ]
    shell.output.table(rows)
    shell.output.line("\nexit codes:")
    for code, (name, meaning) in exit_codes().items():
        shell.output.paragraph(f"  {code:3}  {name:12} {meaning}", " " * 20)


COMMAND = Command(
    name="spec",
    summary="print all commands, options, exit codes and JSON schemas",
    handler=_spec,
    configure=_configure,
    examples=(
        "mux spec",
        "mux spec --json",
        "mux spec --schema mux.status/1",
    ),
)
