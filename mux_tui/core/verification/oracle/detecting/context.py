"""What every detector is given: the project, and what changed in it."""

from dataclasses import dataclass
from pathlib import PurePosixPath

from mux_tui.core.verification.oracle.listing import Listing, homes

PYTHON = frozenset({".py", ".pyi", ".pyx"})
SCRIPT = frozenset(
    {".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx", ".vue", ".svelte"}
)
RUST = frozenset({".rs"})
GO = frozenset({".go"})
SHELL = frozenset({".sh", ".bash", ".bats"})

_KNOWN = PYTHON | SCRIPT | RUST | GO | SHELL


@dataclass(frozen=True)
class Context:
    """A project and a change of it."""

    files: Listing
    changed: tuple[str, ...]

    def touches(self, suffixes: frozenset[str]) -> bool:
        """Whether the change may matter to a language.

        It does not only when every changed file is of some other language; data
        files may matter to all.
        """
        endings = {PurePosixPath(path).suffix.lower() for path in self.changed}
        return any(
            ending in suffixes or ending not in _KNOWN for ending in endings
        ) or (not endings)

    def of(self, suffixes: frozenset[str]) -> list[str]:
        """The changed files of a language."""
        return [path for path in self.changed if PurePosixPath(path).suffix in suffixes]

    def homes(self, *markers: str) -> list[str]:
        """The packages that the change is in; the root where it is in none."""
        found = homes(self.files, self.changed, markers)
        at_root = any(marker in self.files.files for marker in markers)
        return found or (["."] if at_root else [])


ENVIRONMENTS = (".venv", "venv", "env")
LENT = (*ENVIRONMENTS, "node_modules")
"""What tools install into a project, and no copy of it holds."""


def joined(folder: str, name: str) -> str:
    """A path from the root; `.` is the root."""
    return name if folder == "." else f"{folder}/{name}"


def named(name: str, folder: str) -> str:
    """An oracle's name: where it runs is told when that is not the root."""
    return name if folder == "." else f"{name} in {folder}"


def lent(files: Listing, folder: str, *names: str) -> tuple[str, ...]:
    """Those of the directories that the package or the root of the project has.

    A link that leads out of the project is not lent under this name: what it leads
    to may be anything.
    """
    places = [folder] if folder == "." else [folder, "."]
    paths = [joined(place, name) for place in places for name in names]
    return tuple(
        path
        for path in paths
        if files.has(path) and files.inside(path) and (files.root / path).is_dir()
    )
