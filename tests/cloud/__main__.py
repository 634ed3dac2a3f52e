"""Run the scripted cloud by itself: `python -m tests.cloud --port 0`.

Prints one JSON line when it listens, and serves until it is ended.
"""

import argparse
import asyncio
import json
import signal
import sys

from tests.cloud import Answer, Failure, Reply, cloud


def main() -> None:
    """Serve until SIGINT or SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m tests.cloud")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--text", default=Answer().text, help="what every answer says")
    parser.add_argument("--status", type=int, default=200, help="refuse everything")
    choices = ("whole", "error", "cut", "hang")
    parser.add_argument("--ending", choices=choices, default="whole")
    options = parser.parse_args()
    reply: Reply = Answer(options.text, ending=options.ending)
    if options.status != 200:
        reply = Failure(options.status)
    asyncio.run(_serve(reply, options.port))


async def _serve(reply: Reply, port: int) -> None:
    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, over.set)
    async with cloud(reply, port) as listening:
        ready = {"base_url": listening.base_url, "port": listening.port}
        sys.stdout.write(json.dumps(ready) + "\n")
        sys.stdout.flush()
        await over.wait()


if __name__ == "__main__":
    main()
