"""The hub: an API and small files at one address, a store of large files at another.

As at real hubs, the store's address is a redirect away and wants no login.
"""

import threading
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer
from typing import Any

from tests.hub.handler import HubHandler, StoreHandler
from tests.hub.repository import Repository


@dataclass(frozen=True)
class Asked:
    """One request that came."""

    where: str
    """`hub` or `store`."""

    method: str
    path: str
    headers: dict[str, str]
    """By name in lower case."""


@dataclass
class Trouble:
    """What happens to requests whose path holds `part`, so many times."""

    part: str
    status: int
    times: int
    headers: dict[str, str] = field(default_factory=dict[str, str])


@dataclass
class Break:
    """What happens to a file's body when it has come to the byte `at`."""

    at: int
    times: int
    go_on: threading.Event | None = None
    """None: the connection is cut; else nothing is sent until this is set."""

    reached: threading.Event = field(default_factory=threading.Event)


@dataclass
class Hub:
    """What is served, how it goes wrong, and what was asked."""

    repositories: dict[str, Repository] = field(default_factory=dict[str, Repository])
    token: str = "hf_right"
    tells_sizes: bool = True
    knows_ranges: bool = True
    bytes_per_write: int = 1 << 16
    base_url: str = ""
    store_url: str = ""
    troubles: list[Trouble] = field(default_factory=list[Trouble])
    breaks: dict[str, Break] = field(default_factory=dict[str, Break])
    instead: dict[str, bytes] = field(default_factory=dict[str, bytes])
    """Files that are served with another content than was told."""

    asked: list[Asked] = field(default_factory=list[Asked])

    def has(self, repository: Repository) -> Repository:
        """Serve a repository from now on."""
        self.repositories[repository.id] = repository
        return repository

    def fails(self, part: str, status: int, times: int = 99, **headers: str) -> None:
        """Answer requests whose path holds `part` with an error."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.troubles.append(Trouble(part, status, times, named))

    def cuts(self, name: str, at: int, times: int = 1) -> None:
        """Cut the connection when a file's body has come to a byte."""
        self.breaks[name] = Break(at, times)

    def holds(self, name: str, at: int) -> Break:
        """Send nothing from a byte on until the break's event is set."""
        self.breaks[name] = Break(at, 99, threading.Event())
        return self.breaks[name]

    def requests(self, part: str) -> list[Asked]:
        """What was asked of paths that hold `part`."""
        return [one for one in self.asked if part in one.path]


class Server(ThreadingHTTPServer):
    """A listening socket with the hub behind it."""

    daemon_threads = True

    def __init__(self, handler: Any, hub: Hub) -> None:
        """Listen at a free port of loopback."""
        super().__init__(("127.0.0.1", 0), handler)
        self.hub = hub

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that leave are what these tests are about."""


@contextmanager
def serving(repositories: Iterable[Repository] = ()) -> Generator[Hub]:
    """A hub that runs inside the context."""
    hub = Hub({repository.id: repository for repository in repositories})
    servers = [Server(HubHandler, hub), Server(StoreHandler, hub)]
    hub.base_url, hub.store_url = (server.url for server in servers)
    threads = [
        threading.Thread(target=server.serve_forever, args=(0.02,))
        for server in servers
    ]
    for thread in threads:
        thread.start()
    try:
        yield hub
    finally:
        for one in hub.breaks.values():
            if one.go_on:
                one.go_on.set()
        for server, thread in zip(servers, threads, strict=True):
            server.shutdown()
            server.server_close()
            thread.join()
