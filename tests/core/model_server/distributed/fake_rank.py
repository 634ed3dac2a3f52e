"""A program that plays one rank of mlx_lm.server, under the real mlx.launch.

python fake_rank.py MODE PIDS [mux's and mlx_lm.server's arguments]
"""

import argparse
import json
import os
import signal
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

MODE, PIDS = sys.argv[1], Path(sys.argv[2])
RANK = int(os.environ["MLX_RANK"])
_PARSER = argparse.ArgumentParser()
_PARSER.add_argument("--mux-instance")
_PARSER.add_argument("--mux-ranks", type=int)
_PARSER.add_argument("--port", type=int)
OWN, _ = _PARSER.parse_known_args(sys.argv[3:])
TOKEN = {
    "choices": [{"message": {"content": "Hi"}, "finish_reason": "length"}],
    "usage": {"prompt_tokens": 1, "completion_tokens": 1},
}


def say(text: str) -> None:
    os.write(2, f"{text}\n".encode())


class Handler(BaseHTTPRequestHandler):
    def end_headers(self) -> None:
        self.send_header("X-Mux-Instance", OWN.mux_instance)
        self.send_header("X-Mux-Model", "loaded")
        super().end_headers()

    def answer(self, body: object) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def do_GET(self) -> None:
        self.answer({"status": "ok"})

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(TOKEN)

    def log_request(self, code: object = "-", size: object = "-") -> None:
        """Say nothing: the log is for what the tests look for."""


def leave_when_told() -> None:
    """A test says `leave RANK STATUS` in a file beside the numbers."""
    told = PIDS.with_name("leave")
    while not told.exists() or told.read_text().split()[:1] != [str(RANK)]:
        time.sleep(0.02)
    os.write(2, b"ValueError: \x1b[31mno such layer\nhalf a line")
    os._exit(int(told.read_text().split()[1]))


def main() -> None:
    say(f"rank {RANK} of {OWN.mux_ranks}, {os.environ.get('MADE', 'nothing')} made")
    if MODE == "deaf":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with PIDS.open("a") as file:
        file.write(f"{RANK} {os.getpid()}\n")
    if MODE == "unloadable":
        say("ValueError: The model does not support pipelining")
        sys.exit(70)
    if MODE == "port-taken" and RANK == 0:
        sys.exit(98)
    threading.Thread(target=leave_when_told, daemon=True).start()
    if RANK:
        while True:
            time.sleep(60)
    with ThreadingHTTPServer(("127.0.0.1", OWN.port), Handler) as server:
        server.serve_forever(0.05)


main()
