"""The probes' commands, run: short, without input, and never an error."""

from collections.abc import Mapping
from pathlib import Path

from mux_tui.core.hardware.probe import Answer, Ask
from mux_tui.core.process.run import ProcessStartError, run
from mux_tui.core.text import one_line

_SECONDS = 15.0
"""`system_profiler` takes seconds on a busy machine."""

_CAP = 512 * 1024


def asking(variables: Mapping[str, str]) -> Ask:
    """What the probes ask with.

    Args:
        variables: The whole environment of the commands.
    """

    async def ask(argv: tuple[str, ...]) -> Answer:
        name = Path(argv[0]).name
        try:
            done = await run(
                argv, cwd=Path("/"), env=variables, time_limit=_SECONDS, output_cap=_CAP
            )
        except ProcessStartError as error:
            return Answer(why=f"{name}: {error.why}")

        if done.exit.stopped:
            return Answer(why=f"{name} took over {_SECONDS:g} seconds")
        if not done.stdout.strip():
            last = one_line(done.exit.stderr_tail.strip().rpartition("\n")[2], 120)
            return Answer(why=f"{name} says nothing" + (f": {last}" if last else ""))
        # sysctl fails when it does not know one of many names, and tells the others.
        return Answer(done.stdout)

    return ask
