"""Install the three real cloud CLIs, at pinned versions, for the end-to-end tests.

They go into the ignored folder `.tools/clis`; nothing outside the project changes. A
stamp written last says what is there, so a second call answers at once and a broken
first one is simply done again. The versions stand in `clis/package.json`.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
MANIFEST = PROJECT / "scripts" / "clis" / "package.json"
FOLDER = PROJECT / ".tools" / "clis"
COMMANDS = {
    "claude": "@anthropic-ai/claude-code",
    "codex": "@openai/codex",
    "gemini": "@google/gemini-cli",
}
NODE_MAJOR = 20
"""The oldest Node.js that all three accept."""

NPM_OPTIONS = (
    "--no-audit",
    "--no-fund",
    "--no-package-lock",
    "--no-progress",
    # No package may run a program here; the one step that is needed is run below.
    "--ignore-scripts",
    "--loglevel=error",
)
VERSION_SECONDS = 60.0
NPM_SECONDS = 900.0
TAIL_LINES = 15


class InstallError(Exception):
    """The CLIs cannot be installed; the text says why and what to do."""


@dataclass(frozen=True)
class Stamp:
    """What is, or should be, installed."""

    packages: Mapping[str, str]
    """Exact version by package name."""

    platform: str
    """Node's own word for the machine: the packages hold programs for one only."""

    def text(self) -> str:
        """The stamp as it is written down."""
        facts = {"packages": dict(self.packages), "platform": self.platform}
        return json.dumps(facts, indent=2, sort_keys=True) + "\n"


def main() -> int:
    """Install what is missing; exit status 3 when this machine cannot."""
    parser = argparse.ArgumentParser(
        description="Install the pinned cloud CLIs for the end-to-end tests."
    )
    parser.add_argument("--force", action="store_true", help="install again")
    force: bool = parser.parse_args().force
    try:
        install(FOLDER, force=force)
    except InstallError as error:
        print(f"install_clis: {error}", file=sys.stderr)
        return 3

    return 0


def install(folder: Path, force: bool = False) -> None:
    """Bring `folder` to the pinned versions.

    Args:
        folder: Where `node_modules` is to be.
        force: Install even when the stamp says that all is there.

    Raises:
        InstallError: Node.js is missing or too old, npm failed, or a CLI does not run.
    """
    wanted = Stamp(pinned(), platform_of(_program("node")))
    if not force and is_complete(folder, wanted):
        print(f"cloud CLIs: already in {_shown(folder)} ({_versions(wanted)})")
        return

    began = time.monotonic()
    print(f"cloud CLIs: installing into {_shown(folder)} ({_versions(wanted)})")
    folder.mkdir(parents=True, exist_ok=True)
    _stamp_of(folder).unlink(missing_ok=True)
    shutil.copyfile(MANIFEST, folder / "package.json")
    _run((_program("npm"), "install", *NPM_OPTIONS), folder, NPM_SECONDS)
    # Puts the native program in the place of the package's stub.
    _run((_program("node"), "install.cjs"), _package(folder, "claude"), VERSION_SECONDS)
    for name in COMMANDS:
        print(f"cloud CLIs: {name} answers {check_version(folder, name, wanted)!r}")
    _stamp_of(folder).write_text(wanted.text(), encoding="utf-8")
    print(f"cloud CLIs: done in {time.monotonic() - began:.0f} s")


def pinned() -> dict[str, str]:
    """The versions in the manifest, by package name."""
    manifest = json.loads(MANIFEST.read_text(encoding="utf-8"))
    return {str(name): str(v) for name, v in manifest["dependencies"].items()}


def platform_of(node: str) -> str:
    """Node's platform, such as `linux-x64`.

    Raises:
        InstallError: This Node.js is too old.
    """
    script = "console.log(process.versions.node, process.platform + '-' + process.arch)"
    version, platform = _run((node, "-e", script), PROJECT, VERSION_SECONDS).split()
    if int(version.partition(".")[0]) < NODE_MAJOR:
        raise InstallError(
            f"Node.js {version} is too old for the cloud CLIs. "
            f"Install Node.js {NODE_MAJOR} or newer, then run this again"
        )

    return platform


def is_complete(folder: Path, wanted: Stamp) -> bool:
    """Whether the stamp says that exactly `wanted` is there, and the programs are."""
    try:
        stamp = _stamp_of(folder).read_text(encoding="utf-8")
    except FileNotFoundError:
        return False

    return stamp == wanted.text() and all(_bin(folder, n).exists() for n in COMMANDS)


def check_version(folder: Path, name: str, wanted: Stamp) -> str:
    """Run the CLI's `--version`, in a home of its own, and compare.

    Raises:
        InstallError: It does not run, or it is another version.
    """
    with tempfile.TemporaryDirectory() as home:
        environment = os.environ | {"HOME": home, "DISABLE_AUTOUPDATER": "1"}
        command = (str(_bin(folder, name)), "--version")
        answer = _run(command, Path(home), VERSION_SECONDS, environment).strip()
    version = wanted.packages[COMMANDS[name]]
    if version not in answer.split():
        raise InstallError(
            f"{name} says {answer!r} where {version} was installed. "
            f"Remove {_shown(folder)} and run this again"
        )

    return answer


def _run(
    command: tuple[str, ...],
    cwd: Path,
    seconds: float,
    environment: Mapping[str, str] | None = None,
) -> str:
    """Run a program; its standard output. The tail of both pipes goes into errors."""
    shown = " ".join((Path(command[0]).name, *command[1:]))
    try:
        done = subprocess.run(
            command,
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise InstallError(f"`{shown}` took more than {seconds:.0f} s") from error
    except OSError as error:
        raise InstallError(f"`{shown}` cannot be started: {error}") from error

    if done.returncode != 0:
        tail = "\n  ".join((done.stdout + done.stderr).splitlines()[-TAIL_LINES:])
        raise InstallError(f"`{shown}` ended with {done.returncode}:\n  {tail}")

    return done.stdout


def _program(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        raise InstallError(
            f"`{name}` is not on PATH. Install Node.js {NODE_MAJOR} or newer "
            "(it brings npm), then run this again"
        )

    return path


def _package(folder: Path, name: str) -> Path:
    return folder / "node_modules" / COMMANDS[name]


def _bin(folder: Path, name: str) -> Path:
    return folder / "node_modules" / ".bin" / name


def _stamp_of(folder: Path) -> Path:
    return folder / "installed.json"


def _shown(folder: Path) -> str:
    return os.path.relpath(folder, PROJECT)


def _versions(stamp: Stamp) -> str:
    return ", ".join(f"{n} {stamp.packages[p]}" for n, p in COMMANDS.items())


if __name__ == "__main__":
    sys.exit(main())
