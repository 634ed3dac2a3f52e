"""The model server's own process: mlx_lm.server, with what mux needs added.

A program, never imported by mux: mlx_lm lives in this process alone. Every addition is
a hook on mlx_lm.server 0.32. Where a hook does not fit the installed version, one line
in the log says so, and the plain server serves without it.

    python mlx_lm_server.py --mux-instance TOKEN [--mux-...] [mlx_lm.server's own flags]

With `--mux-ranks` it is one of several processes that share a model, under a launcher
which is told by exit statuses why it ends.
"""

import argparse
import json
import os
import signal
import stat
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any, NoReturn

PORT_TAKEN = 98
"""Exit status when the port cannot be bound."""

IDLE = 97
"""Exit status of a rank that ends for want of requests."""

FAILED = 70
"""Exit status of a rank that can generate nothing, or has lost the others."""

NO_ROOM = 96
"""Exit status when the model is larger than what the GPU may hold."""

LOG_KEPT = 256 * 1024
"""How much of its end a log keeps that has outgrown its limit."""

_UNREAD = 1.0
"""Seconds in which an open connection may still turn out to be a request."""

_FOLLOW = 0.5
"""Seconds between two looks of a rank at its launcher."""


@dataclass(frozen=True)
class Own:
    """mux's own arguments."""

    instance: str
    idle_seconds: float
    """0: never stop."""

    exit_mark: Path | None
    log_limit: int
    """Bytes; 0: no limit."""

    ranks: int = 1
    """How many processes share the model; more than one: under a launcher."""

    launcher: int = 0
    """The launcher's process, if it is known to be on this machine; 0: not known."""

    needs: int = 0
    """Bytes of GPU memory that the model takes at least; 0: nobody asks."""

    log: Path | None = None
    """Where what it writes ends up; None: nowhere that is known."""


@dataclass
class Activity:
    """Who is being served, and since when nobody is."""

    requests: int = 0
    last: float = field(default_factory=time.monotonic)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __enter__(self) -> None:
        with self.lock:
            self.requests += 1

    def __exit__(self, *_: object) -> None:
        with self.lock:
            self.requests -= 1
            self.last = time.monotonic()

    def idle_for(self) -> float:
        """Seconds since the last request ended; 0 while one is open."""
        with self.lock:
            return 0.0 if self.requests else time.monotonic() - self.last

    def told(self, limit: float) -> Iterator[tuple[str, str]]:
        """Headers that say how many requests are open, and how long it will stay."""
        yield "X-Mux-Requests", str(self.requests)
        if limit and not self.requests:
            yield "X-Mux-Idle-Left", f"{max(limit - self.idle_for(), 0.0):.1f}"


class Recording:
    """A response generator whose tokens leave their log-probabilities behind."""

    def __init__(self, generator: Any, told: list[dict[str, Any]]) -> None:
        self._generator = generator
        self._told = told

    def __getattr__(self, name: str) -> Any:
        return getattr(self._generator, name)

    def generate(self, *args: Any, **kwargs: Any) -> tuple[Any, Iterator[Any]]:
        context, tokens = self._generator.generate(*args, **kwargs)
        return context, self._recorded(tokens)

    def _recorded(self, tokens: Iterator[Any]) -> Iterator[Any]:
        for token in tokens:
            entry = {"id": token.token, "logprob": token.logprob}
            if token.top_tokens:
                entry["top_logprobs"] = list(token.top_tokens)
            self._told.append(entry)
            yield token


def note(text: str) -> None:
    """Write one line to the log, if there still is one."""
    with suppress(OSError):
        os.write(2, f"mux: {text}\n".encode(errors="replace"))


def leave(own: Own, reason: str, status: int) -> NoReturn:
    """End the process at once, leaving word that it was meant to end."""
    note(f"stopping: {reason}")
    if own.exit_mark is not None:
        beside = own.exit_mark.with_name(f"{own.exit_mark.name}.{os.getpid()}")
        try:
            beside.write_text(json.dumps({"instance": own.instance, "reason": reason}))
            beside.chmod(0o600)
            os.replace(beside, own.exit_mark)
        except OSError as error:
            note(f"cannot leave word of the exit: {error.strerror}")

    # No clean-up may delay it: the generation thread may be in the middle of a prompt.
    os._exit(status)


def model_state(generator: Any) -> str:
    """`loading`, `loaded`, or `dead` when nothing will ever be generated again."""
    if not generator.is_healthy:
        return "dead"

    return "loading" if generator.model_provider.model_key is None else "loaded"


def handler_class(base: Any, own: Own, activity: Activity) -> Any:
    """mlx_lm's request handler, with our name on every answer and streamed logprobs."""

    class Handler(base):
        def setup(self) -> None:
            self._told: list[dict[str, Any]] = []
            base.setup(self)

        def end_headers(self) -> None:
            self.send_header("X-Mux-Instance", own.instance)
            self.send_header("X-Mux-Model", model_state(self.response_generator))
            for name, value in activity.told(own.idle_seconds):
                self.send_header(name, value)
            base.end_headers(self)

        def do_POST(self) -> None:
            with activity:
                base.do_POST(self)

        def handle_completion(self, *args: Any, **kwargs: Any) -> None:
            if self.stream and self.logprobs:
                self.response_generator = Recording(self.response_generator, self._told)
            base.handle_completion(self, *args, **kwargs)

        def generate_response(self, *args: Any, **kwargs: Any) -> Any:
            response = base.generate_response(self, *args, **kwargs)
            if self._told and response["choices"]:
                response["choices"][0]["logprobs"] = {"content": self._told.copy()}
                self._told.clear()
            return response

    return Handler


def listener_class(own: Own, activity: Activity, generator: Any) -> Any:
    """The HTTP server, which looks around between two connections."""
    connections: dict[int, float] = {}

    class Listener(ThreadingHTTPServer):
        allow_reuse_port = False
        # True lets a second server share the port on some versions of Python.

        def process_request(self, request: Any, client_address: Any) -> None:
            connections[id(request)] = time.monotonic()
            super().process_request(request, client_address)

        def shutdown_request(self, request: Any) -> None:
            super().shutdown_request(request)
            connections.pop(id(request), None)

        def service_actions(self) -> None:
            super().service_actions()
            trim_log(own.log_limit, own.log)
            if model_state(generator) == "loading" and not activity.requests:
                activity.last = time.monotonic()

            if own.idle_seconds and activity.idle_for() > own.idle_seconds:
                begun = max(list(connections.values()), default=0.0)
                if time.monotonic() - begun > _UNREAD:
                    leave(own, "idle", IDLE if own.ranks > 1 else 0)
            if own.ranks > 1 and model_state(generator) == "dead":
                fail("it can generate nothing any more")

    return Listener


def fail(why: str) -> NoReturn:
    """End a rank; its launcher ends the others."""
    note(why)
    os._exit(FAILED)


def follow_launcher(own: Own) -> None:
    """End this rank soon after its launcher, whatever became of that."""
    parent = os.getppid()

    def follow() -> None:
        while parent > 1 and os.getppid() == parent and runs(own.launcher):
            time.sleep(_FOLLOW)
        fail("its launcher is gone")

    threading.Thread(target=follow, daemon=True).start()


def runs(pid: int) -> bool:
    """Whether there is such a process; True for 0."""
    try:
        # Signal 0 only asks.
        os.kill(pid, 0)
    except ProcessLookupError:
        return False

    return True


def join_ranks(ranks: int) -> None:
    """Meet the other ranks; one that met nobody would serve alone, and wrongly."""
    from mlx import core

    mx: Any = core
    met = mx.distributed.init().size()
    if met != ranks:
        fail(f"it has met {met - 1} of the {ranks - 1} other ranks")


def trim_log(limit: int, log: Path | None) -> None:
    """Keep only the end of the log, if its file is known, when it is too long."""
    facts = os.fstat(2)
    if not (limit and stat.S_ISREG(facts.st_mode) and facts.st_size > limit):
        return

    end = b""
    with suppress(OSError):
        if log is not None and os.path.samestat(log.stat(), facts):
            with log.open("rb") as file:
                file.seek(facts.st_size - min(LOG_KEPT, limit // 2))
                end = file.read(LOG_KEPT).partition(b"\n")[2]
    # It is opened for appending: what comes next is written at the new end.
    os.ftruncate(2, 0)
    note("the log had reached its limit, and its beginning was removed")
    with suppress(OSError):
        os.write(2, end)


def hook(server: Any, own: Own) -> None:
    """Put our parts into mlx_lm.server, or say why not."""
    wanted = {
        "mlx_lm.server": (server, ("main", "_run_http_server", "APIHandler")),
        "APIHandler": (
            getattr(server, "APIHandler", None),
            ("do_POST", "end_headers", "handle_completion", "generate_response"),
        ),
        "ResponseGenerator": (
            getattr(server, "ResponseGenerator", None),
            ("generate", "is_healthy"),
        ),
    }
    missing = [
        f"{owner}.{name}"
        for owner, (holder, names) in wanted.items()
        for name in names
        if not hasattr(holder, name)
    ]
    if missing:
        note(f"this mlx_lm.server has no {missing[0]}: it runs without mux's additions")
        return

    activity = Activity()
    plain = server._run_http_server
    handler = handler_class(server.APIHandler, own, activity)

    def serve(host: str, port: int, generator: Any) -> None:
        listener = listener_class(own, activity, generator)
        plain(host, port, generator, server_class=listener, handler_class=handler)

    server._run_http_server = serve


def limit_metal_cache() -> int:
    """Keep MLX from holding on to freed GPU memory without end.

    Returns:
        Bytes that the GPU may hold at most; 0: there is none, or it does not tell.
    """
    try:
        from mlx import core

        mx: Any = core
        if not mx.metal.is_available():
            return 0
        working_set: int = mx.device_info()["max_recommended_working_set_size"]
        mx.set_cache_limit(min(max(working_set // 4, 256 << 20), 4 << 30))
    except (ImportError, AttributeError, KeyError, TypeError, RuntimeError) as error:
        note(f"the GPU cache has no limit: {error}")
        return 0

    return working_set


def check_room(needs: int, room: int) -> None:
    """End before the model is loaded, if the GPU cannot hold it."""
    if needs and room and needs > room:
        about = f"{needs / 1e9:.1f} GB, and the GPU may hold {room / 1e9:.1f} GB"
        note(f"the model needs about {about}")
        os._exit(NO_ROOM)


def arguments(argv: list[str]) -> tuple[Own, list[str]]:
    """mux's own arguments, and those of mlx_lm.server."""
    parser = argparse.ArgumentParser(allow_abbrev=False, add_help=False)
    parser.add_argument("--mux-instance", required=True)
    parser.add_argument("--mux-idle-minutes", type=float, default=0)
    parser.add_argument("--mux-exit-mark", type=Path)
    parser.add_argument("--mux-log-limit", type=int, default=0)
    parser.add_argument("--mux-ranks", type=int, default=1)
    parser.add_argument("--mux-launcher", type=int, default=0)
    parser.add_argument("--mux-needs", type=int, default=0)
    parser.add_argument("--mux-log", type=Path)
    known, rest = parser.parse_known_args(argv)
    own = Own(
        known.mux_instance,
        known.mux_idle_minutes * 60,
        known.mux_exit_mark,
        known.mux_log_limit,
        known.mux_ranks,
        known.mux_launcher,
        known.mux_needs,
        known.mux_log,
    )
    return own, rest


def main() -> None:
    """Serve until told to stop, idle for too long, or unable to."""
    own, rest = arguments(sys.argv[1:])

    def terminated(*_: object) -> NoReturn:
        leave(own, "terminated", 0)

    if own.ranks > 1:
        follow_launcher(own)
    else:
        signal.signal(signal.SIGTERM, terminated)
    # Takes seconds, in which the signal must find its handler.
    from mlx_lm import server as plain  # pyright: ignore[reportMissingTypeStubs]

    server: Any = plain
    check_room(own.needs, limit_metal_cache())
    if own.ranks > 1:
        join_ranks(own.ranks)
    hook(server, own)
    sys.argv = ["mlx_lm.server", *rest]
    try:
        server.main()
    except OSError as error:
        # The plain server would stay, without a port, with the model in memory.
        note(f"cannot serve: {error}")
        os._exit(PORT_TAKEN)
    if own.ranks > 1:
        fail("its generation has ended")


if __name__ == "__main__":
    main()
