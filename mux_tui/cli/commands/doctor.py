"""`mux doctor`: what works, what does not, and what to do about it."""

from argparse import ArgumentParser, Namespace

from mux_tui.cli.diagnostics import ExitCode
from mux_tui.cli.output import Output
from mux_tui.cli.shell import Command, Shell, add_json
from mux_tui.core.doctor.check import Report
from mux_tui.core.redact import redact
from mux_tui.core.text import one_line


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--strict", action="store_true", help="exit 1 when there are warnings"
    )
    parser.add_argument(
        "--client",
        action="store_true",
        help="also start Claude Code, and see whether the proxy knows all it sends",
    )
    add_json(parser)


async def _doctor(arguments: Namespace, shell: Shell) -> ExitCode:
    from mux_tui.core.doctor.report import examine

    report = await examine(
        shell.environment, shell.cwd, shell.overrides, client=arguments.client
    )
    if arguments.json:
        from mux_tui.core.doctor.telling import document

        shell.output.json(document(report))
    else:
        _show(report, shell.output)
    if report.status == "problem":
        return ExitCode.ENVIRONMENT

    strict = arguments.strict and report.status == "warning"
    return ExitCode.FAILED if strict else ExitCode.OK


def _show(report: Report, output: Output) -> None:
    from mux_tui.core.doctor.telling import MARKS, told

    for check in report.checks:
        numbers = " ".join(f"[{number}]" for number in report.numbers(check))
        summary = f"{MARKS[check.status]} {check.id:13} {one_line(check.summary)}"
        output.paragraph(f"{summary}  {numbers}".rstrip(), " " * 16)
        if check.status in ("warning", "problem"):
            for line in check.detail.splitlines():
                output.paragraph(f"    {one_line(redact(line))}", "    ")
    if report.todo:
        output.line("\nwhat to do:")
    for number, fix in enumerate(report.todo, start=1):
        output.paragraph(f"  [{number}] {one_line(told(fix))}", "      ")


COMMAND = Command(
    name="doctor",
    summary="look for what does not work, and say what to do about it",
    handler=_doctor,
    configure=_configure,
    examples=("mux doctor", "mux doctor --json", "mux doctor --client --strict"),
)
