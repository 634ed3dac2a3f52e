"""`mux hardware`: what is in this machine, each value with its source."""

from argparse import Namespace
from typing import TYPE_CHECKING

from mux_tui.cli.diagnostics import ExitCode
from mux_tui.cli.shell import Command, Shell, add_json
from mux_tui.core.events import plain

if TYPE_CHECKING:
    from mux_tui.core.catalog.capacity import Capacity
    from mux_tui.core.hardware.facts import MachineFacts
    from mux_tui.core.hardware.sample import Sample

SCHEMA = "mux.hardware/1"


async def _hardware(arguments: Namespace, shell: Shell) -> ExitCode:
    # Late: psutil and asyncio, which the help does not need.
    from mux_tui.core.hardware import pressure
    from mux_tui.core.hardware.sample import sample
    from mux_tui.core.machine.capacity import capacity_of
    from mux_tui.core.machine.facts import read_facts

    # The first look begins the measuring of the processor, the second ends it.
    sample()
    facts = await read_facts(shell.environment)
    capacity, now = capacity_of(facts), sample()
    if arguments.json:
        source = {"pressure_source": pressure.source()}
        shell.output.json(
            {"schema": SCHEMA, "facts": plain(facts)}
            | {"capacity": plain(capacity), "now": plain(now) | source}
        )
    else:
        _show(facts, capacity, now, shell)
    return ExitCode.OK


def _show(
    facts: "MachineFacts", capacity: "Capacity", now: "Sample", shell: Shell
) -> None:
    from mux_tui.core.hardware import pressure
    from mux_tui.core.machine.report import fact_lines, now_lines

    rows = [*fact_lines(facts, capacity), *now_lines(now, pressure.source())]
    shell.output.table(rows, ("", "value", "source"), spare=("source",))


COMMAND = Command(
    name="hardware",
    summary="say what is in this machine, and how it is now",
    handler=_hardware,
    configure=add_json,
    examples=("mux hardware", "mux hardware --json"),
)
