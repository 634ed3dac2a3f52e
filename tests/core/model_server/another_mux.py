"""Another mux, in a process of its own, that starts and stops the server as it is told.

python -m tests.core.model_server.another_mux [PROGRAM ...]

It reads commands: `start MODEL`, `crowd N MODEL` (N more processes start it at once),
`stop`, `leave` (stop it unless it is busy). Each is answered with one line of JSON.
Without a program, it is the real server.
"""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

from mux_tui.core.config.environment import Environment
from mux_tui.core.config.settings import Server
from mux_tui.core.errors import MuxError
from mux_tui.core.model_server.lifecycle import ModelServer
from mux_tui.core.model_server.startup import Pace


async def done(words: list[str]) -> dict[str, Any]:
    """Do one thing, and say what came of it."""
    environment = Environment()
    server = ModelServer(
        environment.paths,
        Server(start_timeout=120),
        environment,
        program=tuple(sys.argv[1:]) or None,
        pace=Pace(poll=0.02, answer=30.0, patience=30.0, grace=10.0),
    )
    match words:
        case ["start", model]:
            running = await server.start(Path(model))
            return {"pid": running.pid, "instance": running.instance}
        case ["stop"]:
            return {"stopped": await server.stop()}
        case ["leave"]:
            return {"stopped": await server.stop(spare_busy=True)}
        case _:
            raise SystemExit(f"unknown: {words}")


def said(words: list[str]) -> str:
    """The answer to one command."""
    try:
        return json.dumps(asyncio.run(done(words)))
    except MuxError as error:
        return json.dumps({"error": str(error)})


def crowd(count: int, model: str) -> str:
    """So many processes, all let go at the same moment."""
    begin, go = os.pipe()
    ends: list[int] = []
    children: list[int] = []
    for _ in range(count):
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(go)
            os.read(begin, 1)
            os.write(writing, said(["start", model]).encode())
            os._exit(0)
        os.close(writing)
        children.append(child)
        ends.append(reading)
    os.close(begin)
    os.close(go)
    answers = [json.loads(open(end, "rb").read()) for end in ends]
    for child in children:
        os.waitpid(child, 0)
    return json.dumps({"answers": answers})


def say(line: str) -> None:
    """Write one line, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    """Do what is read from standard input until it ends."""
    say("ready")
    for line in sys.stdin:
        match line.split():
            case ["crowd", count, model]:
                answer = crowd(int(count), model)
            case words:
                answer = said(words)
        say(answer)


if __name__ == "__main__":
    main()
