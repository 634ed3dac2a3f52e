"""The process environment, read in this one place."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from mux_tui.core.paths import Paths

AT_WORK = "MUX_AT_WORK"
"""Marks the environment of what does a task for mux, such as a cloud CLI."""


def _snapshot() -> Mapping[str, str]:
    return MappingProxyType(dict(os.environ))


@dataclass(frozen=True)
class Environment:
    """A snapshot of the environment variables, taken once and handed down."""

    variables: Mapping[str, str] = field(default_factory=_snapshot)

    @property
    def paths(self) -> Paths:
        """Where mux keeps its files under these variables."""
        return Paths.from_environment(self.variables)

    @property
    def python(self) -> str:
        """The interpreter to start Python children with."""
        return sys.executable
