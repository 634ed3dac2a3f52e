"""What a download would bring, known before it starts: files, exact bytes, hashes."""

import hashlib
from dataclasses import dataclass
from typing import Any, Protocol

from mux_tui.core.weights.hub.name import HubName
from mux_tui.core.weights.hub.selection import wanted
from mux_tui.core.wire.documents import as_list, as_object, as_text

_MOST_FILES = 2000
_MOST_BYTES = 10**15
_HEX = frozenset("0123456789abcdef")


class Hasher(Protocol):
    """Computes a digest of bytes as they come."""

    def update(self, data: bytes | memoryview, /) -> None:
        """Take the next bytes."""

    def hexdigest(self) -> str:
        """Of all that came so far."""
        ...


@dataclass(frozen=True)
class HubFile:
    """One file of a model, as the hub describes it."""

    name: str
    size: int
    """Bytes."""

    sha256: str = ""
    """Of its content, in hexadecimal; empty: the hub told none."""

    git_sha1: str = ""
    """Its name as a git blob: what hubs tell of files that are not large."""

    @property
    def digest(self) -> str:
        """What `hasher` must end with; empty: only the size can be checked."""
        return self.sha256 or self.git_sha1

    def hasher(self) -> Hasher:
        """What computes the digest, before the first byte."""
        if self.sha256 or not self.git_sha1:
            return hashlib.sha256()

        return hashlib.sha1(b"blob %d\0" % self.size, usedforsecurity=False)


@dataclass(frozen=True)
class HubPlan:
    """All of a model's files at one commit."""

    name: HubName
    revision: str
    """What was asked for: a branch, a tag, or a commit."""

    commit: str
    """What that meant when the hub was asked."""

    files: tuple[HubFile, ...]
    """The small ones first."""

    licence: str = ""
    """As its owner tells, in the hub's word for it; empty: not told."""

    @property
    def bytes(self) -> int:
        """Of all files."""
        return sum(file.size for file in self.files)


def plan_from(document: object) -> HubPlan:
    """Read a plan out of JSON, `plain(plan)` turned round.

    Raises:
        ValueError: It is none, or not one that may be carried out.
    """
    value = as_object(document)
    name = as_object(value.get("name"))
    files = tuple(map(_file_from, as_list(value.get("files"))))
    if not 0 < len(files) <= _MOST_FILES:
        raise ValueError(f"{len(files)} files")

    return HubPlan(
        HubName.parse(f"{name.get('owner')}/{name.get('name')}"),
        as_text(value.get("revision")),
        _hexadecimal(value.get("commit"), 40),
        files,
        as_text(value.get("licence")),
    )


def _file_from(document: Any) -> HubFile:
    match as_object(document):
        case {"name": str(name), "size": int(size), **hashes} if wanted(name):
            if not 0 <= size <= _MOST_BYTES:
                raise ValueError(f"{name} has {size} bytes")
            return HubFile(
                name,
                size,
                _hexadecimal(hashes.get("sha256") or "", 64),
                _hexadecimal(hashes.get("git_sha1") or "", 40),
            )
        case other:
            raise ValueError(f"no file of a model: {other.get('name')!r}")


def _hexadecimal(value: object, length: int) -> str:
    text = as_text(value)
    if text and (len(text) != length or not _HEX.issuperset(text)):
        raise ValueError(f"{text!r} is no hash")

    return text
