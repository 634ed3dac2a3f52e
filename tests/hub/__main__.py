"""The hub as a program: serves a directory as a model, and tells where.

It prints one JSON object, `{"base_url": URL, "id": ID}`, and serves until it is ended;
the URL is what `HF_ENDPOINT` must say.
"""

import argparse
import json
import signal
import sys
from pathlib import Path

from tests.hub.repository import repository_of, tiny_model
from tests.hub.server import serving


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(description="Serve a model as a hub does.")
    parser.add_argument("directory", type=Path, nargs="?", help="else: a tiny one")
    parser.add_argument("--id", default="tiny/Model-4bit")
    parser.add_argument("--hold", metavar="FILE:BYTE", help="stop sending there")
    given = parser.parse_args()
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    model = tiny_model(given.id)
    if given.directory:
        model = repository_of(given.directory, given.id)
    with serving([model]) as hub:
        if given.hold:
            name, _, at = given.hold.rpartition(":")
            hub.holds(name, int(at))
        sys.stdout.write(json.dumps({"base_url": hub.base_url, "id": model.id}) + "\n")
        sys.stdout.flush()
        signal.sigwait({signal.SIGTERM, signal.SIGINT})


if __name__ == "__main__":
    main()
