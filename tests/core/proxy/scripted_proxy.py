"""A proxy as a process, with the scripted service behind it.

It takes the arguments of `mux proxy run`, and notes each start in `MUX_TEST_STARTS`.
"""

import asyncio
import os
import signal
import sys
from argparse import ArgumentParser
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from mux_tui.core.config.environment import Environment
from mux_tui.core.config.load import load
from mux_tui.core.config.settings import Settings
from mux_tui.core.errors import MuxError
from mux_tui.core.proxy.event_loop import loops
from mux_tui.core.proxy.serving import Serving, serve
from tests.core.proxy.scripted_service import Scripted


@asynccontextmanager
async def scripted(
    settings: Settings, environment: Environment, cwd: Path
) -> AsyncGenerator[Scripted, None]:
    """Open the scripted service; what the variables say goes wrong with it."""
    if os.environ.get("MUX_TEST_SERVICE") == "deaf":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        os.kill(os.getpid(), signal.SIGSTOP)
    service = Scripted()
    yield service
    await service.aclose()


def main() -> int:
    """Serve until told to stop."""
    parser = ArgumentParser()
    parser.add_argument("words", nargs=2)
    parser.add_argument("--instance", default="")
    parser.add_argument("--set", action="append", default=[])
    arguments = parser.parse_args()
    with Path(os.environ["MUX_TEST_STARTS"]).open("a") as file:
        file.write(f"{os.getpid()}\n")
    overrides = dict(pair.split("=", 1) for pair in arguments.set)
    environment = Environment()
    settings = load(environment, None, overrides).settings
    serving = Serving(
        settings, environment, Path.cwd(), _tell, arguments.instance, scripted
    )
    try:
        with asyncio.Runner(loop_factory=loops()) as runner:
            runner.run(serve(serving))
    except MuxError as error:
        _tell(f"mux: {error}")
        return 3
    return 0


def _tell(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
