"""Every directory and file that mux keeps state in.

XDG directories on every system, because that is where users of terminal tools look;
`MUX_HOME` puts all of it in one place. Directories are made for the owner alone.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mux_tui.core.errors import EnvironmentProblem

PRIVATE_DIR = 0o700
PRIVATE_FILE = 0o600


@dataclass(frozen=True)
class Paths:
    """The four directories; every file is named by a property below."""

    config_dir: Path
    """Settings the user writes."""

    data_dir: Path
    """What must not be lost: the ledger."""

    state_dir: Path
    """What the running parts remember: server record, locks, logs."""

    cache_dir: Path
    """What can be fetched or made again: model files."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Paths":
        """Work out the directories, touching nothing.

        Relative XDG values are ignored, as the XDG specification asks.

        Args:
            environment: Environment variables, as `core.config` read them.

        Raises:
            EnvironmentProblem: There is no home directory to fall back on.
        """
        if own := environment.get("MUX_HOME"):
            root = Path(own).expanduser().absolute()
            return cls(root / "config", root / "data", root / "state", root / "cache")

        def xdg(variable: str, fallback: str) -> Path:
            value = environment.get(variable, "")
            return (Path(value) if os.path.isabs(value) else _home() / fallback) / "mux"

        return cls(
            xdg("XDG_CONFIG_HOME", ".config"),
            xdg("XDG_DATA_HOME", ".local/share"),
            xdg("XDG_STATE_HOME", ".local/state"),
            xdg("XDG_CACHE_HOME", ".cache"),
        )

    @property
    def config_file(self) -> Path:
        """The user's settings."""
        return self.config_dir / "config.toml"

    @property
    def ledger(self) -> Path:
        """The default ledger; `ledger.path` may name another."""
        return self.data_dir / "ledger.db"

    @property
    def server_record(self) -> Path:
        """What mux knows of the model server it started."""
        return self.state_dir / "server.json"

    @property
    def server_lock(self) -> Path:
        """Held while a model server is started or stopped."""
        return self.state_dir / "server.lock"

    @property
    def server_log(self) -> Path:
        """What the running model server writes."""
        return self.state_dir / "server.log"

    @property
    def models(self) -> Path:
        """One directory for each installed model."""
        return self.cache_dir / "models"

    @property
    def downloads(self) -> Path:
        """Files on their way in; safe to delete."""
        return self.cache_dir / "downloads"


def _home() -> Path:
    try:
        return Path.home()
    except RuntimeError as error:
        raise EnvironmentProblem(
            "no home directory", str(error), "Set HOME, or MUX_HOME to a directory"
        ) from error


def private_directory(path: Path) -> Path:
    """Make `path` and its missing parents, for the owner alone, and return it.

    Raises:
        EnvironmentProblem: The directory cannot be made.
    """
    try:
        for folder in reversed([path, *path.parents]):
            if not folder.exists():
                folder.mkdir(mode=PRIVATE_DIR, exist_ok=True)
    except OSError as error:
        raise EnvironmentProblem(
            f"cannot make the directory {path}",
            error.strerror or str(error),
            "Make it writable, or set MUX_HOME to a directory that is",
        ) from error

    return path


def shipped(name: str) -> Path:
    """Where a file that comes with mux is: `config.toml`, later `themes`.

    An installed package holds it; in a checkout it stands beside the package.
    """
    package = Path(__file__).resolve().parent.parent
    inside = package / name
    return inside if inside.exists() else package.parent / name
