"""A home with settings files of its own, for each test."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from mux_tui.core.config.environment import Environment
from mux_tui.core.config.load import Loaded, load
from mux_tui.core.errors import ConfigError


@dataclass(frozen=True)
class Setup:
    """Where the layers of one test are."""

    user: Path
    project: Path
    """A work directory that is a git tree."""

    home: Path

    def environment(self, **variables: str) -> Environment:
        """The environment of this home, with these variables in it."""
        return Environment({"MUX_HOME": str(self.home), **variables})

    def write_user(self, text: str | bytes) -> None:
        """Give the user's file this content."""
        _write(self.user, text)

    def write_project(self, text: str | bytes) -> None:
        """Give the project's file this content."""
        _write(self.project / ".mux.toml", text)

    def load(
        self, overrides: Mapping[str, object] | None = None, **variables: str
    ) -> Loaded:
        """Load all layers."""
        return load(self.environment(**variables), self.project, overrides or {})

    def problems(
        self, overrides: Mapping[str, object] | None = None, **variables: str
    ) -> tuple[str, ...]:
        """The problems that loading tells."""
        with pytest.raises(ConfigError) as caught:
            self.load(overrides, **variables)
        return caught.value.problems


def _write(file: Path, text: str | bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode() if isinstance(text, str) else text)


@pytest.fixture
def setup(tmp_path: Path) -> Setup:
    home, project = tmp_path / "mux", tmp_path / "project"
    (project / ".git").mkdir(parents=True)
    return Setup(home / "config" / "config.toml", project, home)
