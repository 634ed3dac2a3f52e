"""`mux` as a process, in a world of its own: a home, a PATH, a model server."""

import json
import os
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.cli.promised import kept
from tests.fake_cli import FakeClis

PROJECT = Path(__file__).resolve().parents[2]


@dataclass
class World:
    """Where a `mux` of the tests lives."""

    home: Path
    clis: FakeClis | None = None
    """Fakes of the cloud CLIs; None: there are none."""

    variables: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def environment(self) -> dict[str, str]:
        """All that this `mux` sees."""
        path = f"{self.clis.folder}:{os.defpath}" if self.clis else os.defpath
        own = {"HOME": str(self.home), "MUX_HOME": str(self.home / "mux"), "PATH": path}
        return own | {"PYTHONPATH": str(PROJECT), "LANG": "C.UTF-8"} | self.variables

    def start(self, *arguments: str, **options: Any) -> subprocess.Popen[str]:
        """Start `mux` with these arguments."""
        return subprocess.Popen(
            [sys.executable, "-m", "mux_tui", *arguments],
            env=self.environment,
            cwd=options.pop("cwd", self.home),
            stdin=options.pop("stdin", subprocess.DEVNULL),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **options,
        )

    def mux(
        self, *arguments: str, stdin: str = "", limit: float = 60, **options: Any
    ) -> "Ended":
        """Run `mux` to its end, within `limit` seconds."""
        with self.start(*arguments, stdin=subprocess.PIPE, **options) as process:
            try:
                out, err = process.communicate(stdin, timeout=limit)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
            return Ended(process.returncode, out, err)


@dataclass(frozen=True)
class Ended:
    """What a `mux` said, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def events(self) -> list[dict[str, Any]]:
        """Its JSON lines, each as one of the published schemas says."""
        return [kept(json.loads(line)) for line in self.out.splitlines()]

    @property
    def finished(self) -> dict[str, Any]:
        """The last event of a run."""
        return self.events[-1]

    @property
    def document(self) -> Any:
        """Its one JSON document, as one of the published schemas says."""
        return kept(json.loads(self.out))


@contextmanager
def model_server(mode: str = "ok", *options: str) -> Generator[str]:
    """A scripted model server as a process; gives its base URL."""
    command = [sys.executable, "-m", "tests.upstream", "--port", "0", "--mode", mode]
    process = subprocess.Popen(
        [*command, *options], stdout=subprocess.PIPE, text=True, cwd=PROJECT
    )
    assert process.stdout
    try:
        yield json.loads(process.stdout.readline())["base_url"]
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()
