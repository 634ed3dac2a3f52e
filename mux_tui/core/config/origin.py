"""Where a value came from."""

from dataclasses import dataclass
from typing import Literal

OriginKind = Literal["shipped", "user", "project", "variable", "flag"]
"""The layers, lowest first; a value of a later one replaces that of an earlier one."""


@dataclass(frozen=True)
class Origin:
    """The layer a value came from, and which file or variable of it."""

    kind: OriginKind
    place: str
    """A file's path, a variable's name, or `--set`."""

    def __str__(self) -> str:
        return self.place if self.kind == "flag" else f"{self.kind} {self.place}"
