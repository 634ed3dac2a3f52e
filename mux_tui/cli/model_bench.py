"""`mux models bench`: how fast the model that is served reads and writes here."""

from argparse import Namespace

from mux_tui.cli.diagnostics import ExitCode
from mux_tui.cli.shell import Command, Shell, add_json
from mux_tui.core.config.load import load
from mux_tui.core.errors import UsageError
from mux_tui.core.events import Progressed, ServerEvent
from mux_tui.core.text import one_line


async def _bench(arguments: Namespace, shell: Shell) -> ExitCode:
    from mux_tui.core.machine.service import Machine

    settings = load(shell.environment, shell.cwd, shell.overrides).settings
    if url := settings.providers.local.base_url:
        raise UsageError(
            "cannot measure the local model",
            f"it is served by {one_line(url, 80)}, not by mux",
            "Remove providers.local.base_url first: mux config edit",
        )

    def report(event: ServerEvent) -> None:
        if not isinstance(event, Progressed):
            shell.diagnostics.note(f"… model server {event.phase}")

    machine = Machine(settings, shell.environment)
    if (await machine.server()).state != "ready":
        await machine.start(None, report)
    shell.diagnostics.note("measuring: one prompt of about 150 tokens …")
    name, speed = await machine.measure()
    if arguments.json:
        rates = {"reading": speed.reading, "writing": speed.writing}
        shell.output.json({"schema": "mux.models.bench/1", "model": name} | rates)
    else:
        told = f"reads {_rate(speed.reading)}, writes {_rate(speed.writing)}"
        shell.output.line(f"{one_line(name, 80)}: {told}")
    return ExitCode.OK


def _rate(rate: float | None) -> str:
    return "at a speed it does not tell" if rate is None else f"{rate:,.1f} tokens/s"


BENCH = Command(
    "bench",
    "measure how fast the model that is served reads and writes, and remember it",
    _bench,
    add_json,
    ("mux models bench", "mux models bench --json"),
)
