"""The server as a program: `python -m tests.upstream --help`.

One JSON line on standard output says where it listens; it stops on SIGTERM and SIGINT.
"""

import argparse
import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import fields

from tests.upstream.options import Options
from tests.upstream.registry import MODES
from tests.upstream.server import Upstream


def main() -> int:
    """Run until told to stop."""
    arguments = _parser().parse_args()
    if arguments.list:
        for mode in MODES.values():
            sys.stdout.write(f"{mode.group:8}{mode.name:24}{mode.meaning}\n")
        return 0

    names = {field.name for field in fields(Options)}
    options = Options(**{k: v for k, v in vars(arguments).items() if k in names})
    unknown = {options.mode, *options.sequence} - set(MODES)
    if unknown:
        sys.stderr.write(f"no such mode: {', '.join(sorted(unknown))}\n")
        return 2
    if arguments.spawn_grandchild:
        apart = arguments.spawn_grandchild == "session"
        subprocess.Popen(["sleep", "1000"], start_new_session=apart)
    asyncio.run(_serve(options, arguments))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.upstream")
    add = parser.add_argument
    add("--port", type=int, default=0, help="0: a free one")
    add("--list", action="store_true", help="say which modes there are")
    add("--ignore-sigterm", action="store_true")
    add("--start-delay", type=float, default=0.0, help="seconds before listening")
    add(
        "--spawn-grandchild",
        choices=("group", "session"),
        help="leave a process behind, in the same group or in a session of its own",
    )
    for field in fields(Options):
        name = "--" + field.name.replace("_", "-")
        add(name, type=_reader(field.default), default=field.default, metavar="VALUE")

    return parser


def _reader(default: object) -> Callable[[str], object]:
    return _names if isinstance(default, tuple) else type(default)


def _names(text: str) -> tuple[str, ...]:
    return tuple(filter(None, text.split(",")))


async def _serve(options: Options, arguments: argparse.Namespace) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        ignored = arguments.ignore_sigterm and number == signal.SIGTERM
        loop.add_signal_handler(number, (lambda: None) if ignored else stop.set)
    await asyncio.sleep(arguments.start_delay)
    async with Upstream(options, arguments.port) as server:
        ready = {"ready": True, "port": server.port, "base_url": server.base_url}
        sys.stdout.write(json.dumps(ready | {"pid": os.getpid()}) + "\n")
        sys.stdout.flush()
        await stop.wait()


if __name__ == "__main__":
    sys.exit(main())
