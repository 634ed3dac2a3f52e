"""A program that plays mlx_lm.server, well or badly. Started like the real one.

python fake_server.py MODE PIDS [mux's and mlx_lm.server's arguments]
"""

import argparse
import json
import os
import resource
import signal
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NoReturn

MODE, PIDS = sys.argv[1], Path(sys.argv[2])
_PARSER = argparse.ArgumentParser()
_PARSER.add_argument("--mux-instance")
_PARSER.add_argument("--mux-exit-mark", type=Path)
_PARSER.add_argument("--port", type=int)
_PARSER.add_argument("--model", type=Path)
OWN, _ = _PARSER.parse_known_args(sys.argv[3:])
BEGUN = time.monotonic()
OPEN: list[object] = []
"""Requests under way."""

TOKEN = {
    "choices": [{"message": {"content": "Hi"}, "finish_reason": "length"}],
    "usage": {"prompt_tokens": 1, "completion_tokens": 1},
}


def say(text: str) -> None:
    os.write(2, f"{text}\n".encode())


def remember(pid: int) -> None:
    """Let the test end what it started, whatever happens."""
    with PIDS.open("a") as file:
        file.write(f"{pid}\n")


def leave(reason: str) -> NoReturn:
    mark = {"instance": OWN.mux_instance, "reason": reason}
    OWN.mux_exit_mark.write_text(json.dumps(mark))
    os._exit(0)


def terminated(*_: object) -> NoReturn:
    leave("terminated")


def model_state() -> str:
    if MODE == "gives-up":
        return "dead"
    if MODE == "dead" and PIDS.with_name("dead").exists():
        return "dead"
    slow = MODE == "slow" and time.monotonic() - BEGUN < 0.4
    held = MODE == "held" and not PIDS.with_name("loaded").exists()
    endless = MODE == "never" or (MODE == "picky" and (OWN.model / "endless").exists())
    return "loading" if slow or held or endless else "loaded"


class Handler(BaseHTTPRequestHandler):
    def end_headers(self) -> None:
        if MODE != "plain":
            instance = "somebody-else" if MODE == "impostor" else OWN.mux_instance
            self.send_header("X-Mux-Instance", instance)
            self.send_header("X-Mux-Model", model_state())
            self.send_header("X-Mux-Requests", str(len(OPEN)))
            if MODE == "counting-down" and not OPEN:
                self.send_header("X-Mux-Idle-Left", "90.5")
        super().end_headers()

    def answer(self, status: int, body: object) -> None:
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def do_GET(self) -> None:
        if MODE == "hang" and PIDS.with_name("hang").exists():
            time.sleep(60)
        self.answer(503 if model_state() == "dead" else 200, {"status": "ok"})

    def do_POST(self) -> None:
        asked = self.rfile.read(int(self.headers["Content-Length"]))
        OPEN.append(self)
        try:
            self.generate(b"please hold" in asked)
        finally:
            OPEN.remove(self)

    def generate(self, holds: bool) -> None:
        if MODE == "dies-answering" and PIDS.with_name("die").exists():
            say("[METAL] Command buffer execution failed: Insufficient Memory")
            os._exit(-signal.SIGABRT)
        while holds and not PIDS.with_name("release").exists():
            time.sleep(0.01)
        if MODE == "dies-warming":
            say("MemoryError")
            os._exit(7)
        if MODE == "no-token":
            self.answer(404, {"error": "generation \x1b[31mthread died"})
        else:
            self.answer(200, TOKEN)

    def log_request(self, code: object = "-", size: object = "-") -> None:
        """Say nothing: the log is for what the tests look for."""


def grandchildren() -> None:
    """Two: one in our group, one in a session of its own; both deaf to SIGTERM."""
    code = "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(60)"
    for own_session in (False, True):
        child = subprocess.Popen(
            [sys.executable, "-S", "-c", code], start_new_session=own_session
        )
        remember(child.pid)


def exhaust_memory() -> None:
    """Ask for more than this process may have, until Python says so."""
    resource.setrlimit(resource.RLIMIT_AS, (1 << 29, 1 << 29))
    bytearray(1 << 30)


def end_early() -> None:
    """Play the parts that never come to serve."""
    match MODE:
        case "dies":
            say("loading \x1b[31mmodel.safetensors")
            say("RuntimeError: [metal::malloc] Unable to allocate 9 bytes")
            sys.exit(1)
        case "picky" if not (OWN.model / "broken").exists():
            pass
        case "dies-plainly" | "picky":
            say("ValueError: no such layer")
            say('127.0.0.1 - - [20/Nov/2026 08:49:22] "GET /health HTTP/1.1" 503 -')
            sys.exit(3)
        case "exhausts-memory":
            exhaust_memory()
        case "no-room":
            say("mux: the model needs about 13.0 GB, and the GPU may hold 11.5 GB")
            sys.exit(96)
        case "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        case "silent":
            say("fetching\x1b[2J the weights")
            time.sleep(60)
        case "port-taken-once" if not PIDS.with_name("tried").exists():
            PIDS.with_name("tried").touch()
            sys.exit(98)
        case _:
            pass


def main() -> None:
    remember(os.getpid())
    signal.signal(signal.SIGTERM, terminated)
    end_early()
    if MODE == "deaf":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        grandchildren()
    for _ in range(20_000 if MODE == "loud" else 0):
        say("RuntimeWarning: overflow " * 40)
    if MODE == "idle":
        say("stopping: idle")
    with ThreadingHTTPServer(("127.0.0.1", OWN.port), Handler) as server:
        if MODE == "idle":
            server.timeout = 0.3
            while not PIDS.with_name("leave").exists():
                server.handle_request()
            leave("idle")
        server.serve_forever(0.05)


main()
