"""What is known of a copy: how each file was when copied, and what is missing."""

import hashlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from mux_tui.core.errors import UsageError
from mux_tui.core.workspace.names import is_protected

Signature = tuple[int, int, int, int]
"""Inode, size, and the times of the last change of content and of anything, in ns."""


class CopyTooLarge(UsageError):
    """A work directory holds more than a copy may; the message says what to ignore."""


@dataclass(frozen=True)
class LeftOut:
    """Something of the work directory that is not in the copy."""

    path: str
    """Relative to the work directory; foreign text."""

    why: str
    """One clause: `git ignores it`."""

    folder: bool = False
    linkable: bool = False
    """Whether `linked` may lend it to the copy: it is only ignored, or heavy."""


class Entry(NamedTuple):
    """A regular file as it was copied. One of very many, so a plain tuple."""

    digest: str
    """As of `core.change.digest`; empty: larger than a draft's files may be."""

    executable: bool
    signature: Signature
    """Of the file in the copy, when it had been written."""

    original_ns: int = 0
    """When anything of the original was last changed, before it was read."""


class Folder(NamedTuple):
    """A directory as it was copied."""

    mode: int
    """Permissions of the one in the copy."""

    changed_ns: int
    """When a name in the original was last made, renamed or removed."""


@dataclass
class Base:
    """The work directory as it was copied; paths are relative, with `/`."""

    files: dict[str, Entry] = field(default_factory=lambda: {})
    links: dict[str, str] = field(default_factory=lambda: {})
    """Symbolic links and their targets, which lie inside."""

    folders: set[str] = field(default_factory=lambda: set())
    made: dict[str, Folder] = field(default_factory=lambda: {})
    """How each directory was copied; the work directory itself is the empty path."""

    left_out: dict[str, LeftOut] = field(default_factory=lambda: {})
    ignored: set[str] = field(default_factory=lambda: set())
    """Files that git ignores and that were copied for all that, being small."""

    sealed_ns: int = 0
    """When copying ended, on the wall clock."""

    def knows(self, name: str) -> bool:
        """Whether it is a file here, or could be one in a directory that is here."""
        return name in self.files or name.rpartition("/")[0] in self.folders

    def key(self) -> str:
        """A digest of all names, modes and contents: two copies alike have the same.

        A file without a digest is like no other.
        """
        told = [
            *sorted(
                ("file", path, entry.digest or repr(entry.signature), entry.executable)
                for path, entry in self.files.items()
            ),
            *sorted(("link", path, target) for path, target in self.links.items()),
            *sorted(("folder", path) for path in self.folders),
        ]
        return hashlib.sha256(
            repr(told).encode("ascii", "backslashreplace")
        ).hexdigest()

    def leave_out(
        self, path: str, why: str, folder: bool = False, linkable: bool = False
    ) -> None:
        """Note that something is not in the copy."""
        self.left_out[path] = LeftOut(path, why, folder, linkable)


@dataclass(frozen=True)
class ScratchOptions:
    """How a work directory is copied."""

    environ: Mapping[str, str]
    """The user's environment; git gets its PATH and where its settings are."""

    files: int = 200_000
    """Most files of a copy."""

    bytes: int = 8 * 1024**3
    """Most bytes of a copy."""

    ignored_bytes: int = 256 * 1024
    """The largest single file that is copied although git ignores it.

    Programs need what is made and not kept in git, such as a file of the version. What
    lies in an ignored directory is never copied."""

    closed: tuple[Path, ...] = ()
    """Directories that are not copied: mux's own."""

    is_secret: Callable[[str], bool] = is_protected
    """Whether an ignored file is not copied because of its name."""

    git_seconds: float = 20.0
    """How long git may take; then names alone decide what is left out."""

    home: Path | None = None
    """What the work directory itself is a copy of; None: it is the user's own."""

    lent: tuple[str, ...] = ()
    """What that copy lacks and may be lent of `home`, from its root."""


@dataclass(frozen=True)
class Copy:
    """A copy of a work directory. While its context is open it is nobody else's."""

    root: Path
    """The work directory that was copied, its real path."""

    path: Path
    """The copy's own directory; it has the work directory's name where that is plain.

    Nothing above it is a repository of the user's on purpose, but may be one: whoever
    runs git in it should set GIT_CEILING_DIRECTORIES to its parent."""

    base: Base
    options: ScratchOptions
    git: bool
    """Whether git said what is ignored; else names alone decided."""

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """What is not in the copy, in the order of its names."""
        return tuple(self.base.left_out[path] for path in sorted(self.base.left_out))

    @property
    def lendable(self) -> tuple[str, ...]:
        """Directories and files that `linked` may lend to the copy."""
        own = (one.path for one in self.left_out if one.linkable)
        return tuple(dict.fromkeys((*self.options.lent, *own)))

    @property
    def lender(self) -> Path:
        """Where what is lent comes from: the user's own directory."""
        return self.options.home or self.root


def signature_of(facts: os.stat_result) -> Signature:
    """What changes whenever a file's content does."""
    return facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns
