"""A local model that says 30 kB at once, and then goes on for as long as one listens.

    python -m bench.tui.talker --port PORT

It is the tests' scripted model server with an answer of its own.
"""

import argparse
import asyncio
import sys

from bench.tui.speech import answer
from tests.upstream.exchange import Exchange
from tests.upstream.options import Options
from tests.upstream.server import Upstream

ABOVE = 30_000
"""Characters that come at once."""

SEAM = "And here it goes on slowly."
"""What stands between the two."""

_TOKEN = 4
"""Characters of a token."""

_RATE = 50
"""Tokens a second."""

_LENGTH = 200_000
"""Characters after which it stops: more than any measurement takes."""


async def talk(exchange: Exchange) -> None:
    """Answer a request; a refusal to listen ends it."""
    text = answer(ABOVE + _LENGTH)
    clock = asyncio.get_running_loop()
    await exchange.head()
    first = f"{text[:ABOVE]}\n```\n\n{SEAM}\n\n"
    await exchange.sse(exchange.chunk({"role": "assistant", "content": first}))
    began, sent = clock.time(), 0
    for at in range(ABOVE, len(text), _TOKEN):
        await exchange.sse(exchange.chunk({"content": text[at : at + _TOKEN]}))
        sent += 1
        await asyncio.sleep(max(began + sent / _RATE - clock.time(), 0))
    await exchange.good_end()


async def serve(port: int) -> None:
    """Listen until ended."""
    async with Upstream(Options(play=talk), port):
        await asyncio.Event().wait()


def main() -> int:
    """Listen until ended."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    asyncio.run(serve(parser.parse_args().port))
    return 0


if __name__ == "__main__":
    sys.exit(main())
