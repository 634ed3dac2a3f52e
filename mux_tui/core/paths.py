"""Every directory and file that mux keeps state in.

XDG directories on every system, because that is where users of terminal tools look;
`MUX_HOME` puts all of it in one place. Directories are made for the owner alone.
"""

import os
import pwd
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

        Relative XDG values are ignored, as the XDG specification asks; so is a
        relative HOME.

        Args:
            environment: Environment variables, as `core.config` read them.

        Raises:
            EnvironmentProblem: There is no home directory to fall back on.
        """
        if own := environment.get("MUX_HOME"):
            root = expanded(own).absolute()
            return cls(root / "config", root / "data", root / "state", root / "cache")

        def xdg(variable: str, fallback: str) -> Path:
            value = environment.get(variable, "")
            return (
                Path(value) if os.path.isabs(value) else _home(environment) / fallback
            ) / "mux"

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
    def replay_lock(self) -> Path:
        """Held while replays have another model served."""
        return self.state_dir / "replay.lock"

    @property
    def server_log(self) -> Path:
        """What the running model server writes."""
        return self.state_dir / "server.log"

    @property
    def last_request(self) -> Path:
        """The proxy's newest request as it came, credentials masked."""
        return self.state_dir / "last-request.json"

    @property
    def last_translated(self) -> Path:
        """The same as it went on to the model server."""
        return self.state_dir / "last-translated.json"

    @property
    def proxy_record(self) -> Path:
        """What mux knows of the proxy that runs, its token among it."""
        return self.state_dir / "proxy.json"

    @property
    def proxy_lock(self) -> Path:
        """Held while a proxy is started or stopped."""
        return self.state_dir / "proxy.lock"

    @property
    def proxy_log(self) -> Path:
        """What the proxy that runs in the background writes."""
        return self.state_dir / "proxy.log"

    @property
    def own(self) -> tuple[Path, ...]:
        """mux's own directories: no change reaches them, and no proof sees them."""
        return (self.config_dir, self.data_dir, self.state_dir, self.cache_dir)

    @property
    def changes(self) -> Path:
        """What takes back the changes that were made to the user's files."""
        return self.data_dir / "changes"

    @property
    def scratch(self) -> Path:
        """Copies of work directories; each is removed when its task is over."""
        return self.state_dir / "scratch"

    @property
    def models(self) -> Path:
        """One directory for each installed model."""
        return self.cache_dir / "models"

    @property
    def downloads(self) -> Path:
        """Files on their way in; safe to delete."""
        return self.cache_dir / "downloads"


def _home(environment: Mapping[str, str]) -> Path:
    """HOME, or what the system knows of the user where that is no absolute path."""
    if os.path.isabs(home := environment.get("HOME", "")):
        return Path(home)
    try:
        return Path(pwd.getpwuid(os.getuid()).pw_dir)
    except KeyError as error:
        raise EnvironmentProblem(
            "no home directory",
            "HOME is not set, and the system knows none for this user",
            "Set HOME, or MUX_HOME to a directory",
        ) from error


def expanded(path: str | Path) -> Path:
    """The path with `~` as the home directory.

    Unlike the method of Path, this leaves the home of an unknown user as it stands,
    which then is a file that is missing, and no failure.
    """
    return Path(os.path.expanduser(path))


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


def write_private(path: Path, text: str) -> None:
    """Write a file for the owner alone, so that readers see the old or the new whole.

    Raises:
        OSError: It cannot be written; what was there is unchanged.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
    try:
        with open(os.open(beside, flags, PRIVATE_FILE), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise


def shipped(name: str) -> Path:
    """Where a file that comes with mux is: `config.toml`, later `themes`.

    An installed package holds it; in a checkout it stands beside the package.
    """
    package = Path(__file__).resolve().parent.parent
    inside = package / name
    return inside if inside.exists() else package.parent / name
