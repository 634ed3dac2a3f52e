"""What the hub and its store answer."""

import json
import re
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tests.hub.repository import Repository, is_large

if TYPE_CHECKING:
    from tests.hub.server import Break, Hub

_INFO = re.compile(r"/api/models/([^/]+/[^/]+?)(?:/revision/([^/]+))?")
_TREE = re.compile(r"/api/models/([^/]+/[^/]+)/tree/([^/]+)")
_FILE = re.compile(r"/([^/]+/[^/]+)/resolve/([^/]+)/(.+)")
_STORED = re.compile(r"/store/([^/]+/[^/]+)/(.+)")


class Handler(BaseHTTPRequestHandler):
    """What both have in common."""

    protocol_version = "HTTP/1.1"
    where = ""

    @property
    def hub(self) -> "Hub":
        """What is served."""
        served: Any = self.server
        return served.hub

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Nobody reads it."""

    def do_HEAD(self) -> None:
        """Answer without a body."""
        self._answer()

    def do_GET(self) -> None:
        """Answer."""
        self._answer()

    def _answer(self) -> None:
        from tests.hub.server import Asked

        headers = {name.lower(): value for name, value in self.headers.items()}
        self.hub.asked.append(Asked(self.where, self.command, self.path, headers))
        for trouble in self.hub.troubles:
            if trouble.part in self.path and trouble.times:
                trouble.times -= 1
                self.refuse(trouble.status, **trouble.headers)
                return
        # A proxy is asked for a whole URL.
        self.answer(urlsplit(self.path).path)

    def answer(self, path: str) -> None:
        """Answer a request for a path."""
        raise LookupError(path)

    def refuse(self, status: int, **headers: str) -> None:
        """Answer with an error, in a hub's way."""
        message = headers.get("X-Error-Message", "")
        self.send(status, json.dumps({"error": message}).encode(), headers)

    def send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        """Send a whole answer."""
        self.head(status, {"Content-Length": str(len(body))} | headers)
        if self.command != "HEAD":
            self.wfile.write(body)

    def head(self, status: int, headers: dict[str, str]) -> None:
        """Send what comes before a body."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def send_file(
        self, repository: Repository, name: str, headers: dict[str, str]
    ) -> None:
        """Send a file, from where it is asked for, with what is to go wrong."""
        whole = self.hub.instead.get(name)
        size = repository.size(name) if whole is None else len(whole)
        start = self._start(size)
        if start >= size > 0:
            self.refuse(416)
            return

        headers = headers | {"Content-Length": str(size - start)}
        if start:
            headers["Content-Range"] = f"bytes {start}-{size - 1}/{size}"
        self.head(206 if start else 200, headers)
        if self.command != "HEAD":
            body = repository.read(name, start) if whole is None else whole[start:]
            self._send_body(body, start, self.hub.breaks.get(name))

    def _start(self, size: int) -> int:
        asked = self.headers.get("Range", "")
        if not asked or not self.hub.knows_ranges:
            return 0

        return int(asked.removeprefix("bytes=").removesuffix("-"))

    def _send_body(self, body: bytes, start: int, break_: "Break | None") -> None:
        if break_ is None or not break_.times or not break_.at >= start:
            self._write(body)
            return

        self._write(body[: break_.at - start])
        break_.times -= 1
        break_.reached.set()
        if break_.go_on is None:
            self.close_connection = True
            return
        break_.go_on.wait()
        self._write(body[break_.at - start :])

    def _write(self, body: bytes) -> None:
        step = self.hub.bytes_per_write
        for at in range(0, len(body), step):
            self.wfile.write(body[at : at + step])
        self.wfile.flush()


class HubHandler(Handler):
    """The API, and files: small ones at once, large ones by a redirect."""

    where = "hub"

    def answer(self, path: str) -> None:
        """Answer a request for a path."""
        if found := _INFO.fullmatch(path):
            if repository := self._repository(found[1], found[2] or "main"):
                self._tell(repository)
        elif found := _TREE.fullmatch(path):
            if repository := self._repository(found[1], found[2]):
                self._json(repository.tree())
        elif found := _FILE.fullmatch(path):
            if repository := self._repository(found[1], found[2], gate=True):
                self._give(repository, found[3])
        else:
            self.refuse(404)

    def _repository(
        self, id: str, revision: str, gate: bool = False
    ) -> Repository | None:
        repository = self.hub.repositories.get(id)
        if repository is None:
            # What hubs say to strangers, who may not know of private models either.
            self.refuse(
                401, **{"X-Error-Code": "RepoNotFound", "X-Error-Message": "not found"}
            )
        elif revision not in (*repository.branches, repository.commit):
            self.refuse(404, **{"X-Error-Code": "RevisionNotFound"})
        elif gate and repository.gated and not self._known:
            self.refuse(
                401, **{"X-Error-Code": "GatedRepo", "X-Error-Message": "restricted"}
            )
        else:
            return repository

        return None

    @property
    def _known(self) -> bool:
        return self.headers.get("Authorization") == f"Bearer {self.hub.token}"

    def _tell(self, repository: Repository) -> None:
        with_sizes = self.hub.tells_sizes and "blobs=" in self.path
        document = {
            "id": repository.id,
            "modelId": repository.id,
            "sha": repository.commit,
            "private": False,
            "gated": "auto" if repository.gated else False,
            "tags": ["mlx"],
            "cardData": {"license": repository.licence},
            "siblings": repository.listed(with_sizes),
        }
        self._json(document)

    def _json(self, document: object) -> None:
        body = json.dumps(document).encode()
        self.send(200, body, {"Content-Type": "application/json"})

    def _give(self, repository: Repository, name: str) -> None:
        if name not in repository.files:
            self.refuse(404, **{"X-Error-Code": "EntryNotFound"})
            return

        headers = {"X-Repo-Commit": repository.commit, "Accept-Ranges": "bytes"}
        if not is_large(name):
            tag = {"ETag": f'"{repository.blob(name)}"'}
            self.send_file(repository, name, headers | tag)
            return

        at_store = {
            "Location": f"{self.hub.store_url}/store/{repository.id}/{name}?sig=1",
            "X-Linked-Size": str(repository.size(name)),
            "X-Linked-Etag": f'"{repository.sha256(name)}"',
        }
        self.send(302, b"", headers | at_store)


class StoreHandler(Handler):
    """Large files, for everybody who has the address."""

    where = "store"

    def answer(self, path: str) -> None:
        """Answer a request for a path."""
        found = _STORED.fullmatch(path)
        if found is None:
            self.refuse(404)
            return

        self.send_file(self.hub.repositories[found[1]], found[2], {"ETag": '"stored"'})
