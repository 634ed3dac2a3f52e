"""One request as the cloud got it: kept for the test to look at, without secrets."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast
from urllib.parse import urlsplit

VendorName = Literal["anthropic", "openai", "gemini"]

CREDENTIALS = frozenset(
    {"authorization", "proxy-authorization", "x-api-key", "x-goog-api-key", "cookie"}
)


@dataclass(frozen=True)
class Received:
    """A request, parsed."""

    method: str
    path: str
    """Without the query; for CONNECT, the host and port that the client wants."""

    query: str
    headers: Mapping[str, str]
    """By lower-case name; a credential is only the mark that `fingerprint` gives."""

    body: dict[str, Any]
    """The JSON object; empty when there was none."""

    size: int
    """Bytes of the body."""

    vendor: VendorName | None = None
    """Whose protocol it is; None: not a request for inference."""

    model: str = ""
    stream: bool = False
    prompt: str = ""
    """The user's own words, as the CLI passed them on."""


def fingerprint(secret: str) -> str:
    """A mark by which a secret can be recognised and not read."""
    return "sha256:" + hashlib.sha256(secret.encode()).hexdigest()[:12]


def received(
    method: str, target: str, headers: Mapping[str, str], body: bytes
) -> Received:
    """Parse a request whose header names are in lower case."""
    # The target of CONNECT is no URL.
    parts = urlsplit(f"//{target}" if method == "CONNECT" else target)
    return Received(
        method=method,
        path=parts.path or parts.netloc,
        query=parts.query,
        headers={
            name: fingerprint(value) if name in CREDENTIALS else value
            for name, value in headers.items()
        },
        body=as_object(_json(body)),
        size=len(body),
    )


def as_object(value: object) -> dict[str, Any]:
    """A JSON value as an object; empty when it is something else."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def as_list(value: object) -> list[Any]:
    """A JSON value as a list; empty when it is something else."""
    return cast("list[Any]", value) if isinstance(value, list) else []


def _json(body: bytes) -> object:
    try:
        return json.loads(body)
    except ValueError:
        return None
