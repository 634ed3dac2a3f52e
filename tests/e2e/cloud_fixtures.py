"""Desks: each real CLI with a home of its own, logged in to a scripted cloud.

Nothing of the machine's own logins is seen, and nothing leaves the machine: whatever
a CLI wants from outside goes to the scripted cloud as its proxy, which refuses.
"""

import itertools
import json
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from mux_tui.core.backends.base import Request
from mux_tui.core.backends.cloud_cli import DIALECTS, CloudCli
from mux_tui.core.config.settings import CliProvider, Limits
from mux_tui.core.errors import BackendError
from mux_tui.core.events import BackendEvent, TextDelta
from mux_tui.core.task import Completion, Route

PROJECT = Path(__file__).resolve().parent.parent.parent
CLIS = PROJECT / ".tools" / "clis"
SECRET = "scripted-secret"
"""The credential with which every desk is logged in."""

MODEL = "scripted-model"
ROUTES: tuple[Route, ...] = ("claude", "codex", "gemini")


@dataclass
class Ran:
    """What came of one task."""

    events: list[BackendEvent] = field(default_factory=list[BackendEvent])
    completion: Completion | None = None
    error: BackendError | None = None

    @property
    def text(self) -> str:
        """The visible text, as it was streamed."""
        return "".join(e.text for e in self.events if isinstance(e, TextDelta))

    @property
    def answer(self) -> Completion:
        """The completion of a task that must have one."""
        assert self.completion is not None, self.error
        return self.completion

    @property
    def fault(self) -> str:
        """The reason code of a task that must have failed."""
        assert self.error is not None, self.completion
        return self.error.fault


@dataclass(frozen=True)
class Desk:
    """One CLI, its home, its environment, and a project to work in."""

    route: Route
    home: Path
    project: Path
    variables: Mapping[str, str]
    provider: CliProvider

    def with_variables(self, **changes: str) -> "Desk":
        """The same desk with other variables."""
        return replace(self, variables={**self.variables, **changes})

    def without(self, *names: str) -> "Desk":
        """The same desk with fewer variables."""
        kept = {n: v for n, v in self.variables.items() if n not in names}
        return replace(self, variables=kept)

    def with_provider(self, **changes: Any) -> "Desk":
        """The same desk with other settings."""
        return replace(self, provider=replace(self.provider, **changes))

    def backend(self) -> CloudCli:
        """The product's own backend for this CLI."""
        dialect = DIALECTS[self.route]
        return CloudCli(dialect, self.provider, self.variables, Limits())

    async def ask(self, prompt: str = "What is a mutex?", writes: bool = False) -> Ran:
        """Have one task done, and keep what came of it."""
        ran = Ran()
        request = Request(prompt, self.project, writes=writes)
        try:
            async for event in self.backend().run(request):
                ran.events.append(event)
                if isinstance(event, Completion):
                    ran.completion = event
        except BackendError as error:
            ran.error = error

        return ran


MakeDesk = Callable[[Route, str], Desk]
"""Gives a new desk for a route, logged in to the cloud at a base URL."""


def family(before: Sequence[psutil.Process] = ()) -> list[psutil.Process]:
    """All processes that this one started, and those that they did.

    Args:
        before: Those that another test may have left behind, which do not count.
    """
    found = psutil.Process().children(recursive=True)
    return [process for process in found if process not in before]


def commands(processes: list[psutil.Process]) -> list[str]:
    """The command line of each process that runs; the dead have none."""
    lines: list[str] = []
    for process in processes:
        # It may end while we look, or wait for a parent that is slow to reap it.
        with suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
            lines.append(" ".join(process.cmdline()))

    return lines


@pytest.fixture(scope="session")
def cloud_clis() -> Path:
    """The folder with the three real CLIs."""
    # Written last: without it an installation was broken off.
    if not (CLIS / "installed.json").exists():
        pytest.fail(
            "the cloud CLIs are not installed: run `python scripts/install_clis.py`",
            pytrace=False,
        )

    return CLIS / "node_modules" / ".bin"


@pytest.fixture
def make_desk(cloud_clis: Path, tmp_path: Path) -> MakeDesk:
    """Makes desks that do not know of each other."""
    numbers = itertools.count(1)

    def make(route: Route, base_url: str) -> Desk:
        place = tmp_path / f"{route}-{next(numbers)}"
        home, project = place / "home", place / "project"
        home.mkdir(parents=True)
        project.mkdir()
        variables = _common(cloud_clis, home, base_url)
        desk = Desk(route, home, project, variables, CliProvider(model=MODEL))
        return _LOGINS[route](desk, base_url)

    return make


def _common(clis: Path, home: Path, base_url: str) -> dict[str, str]:
    return {
        "PATH": f"{clis}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "HTTPS_PROXY": base_url,
        "NO_PROXY": "127.0.0.1,localhost",
    }


def _claude(desk: Desk, base_url: str) -> Desk:
    return desk.with_variables(
        ANTHROPIC_BASE_URL=base_url,
        ANTHROPIC_AUTH_TOKEN=SECRET,
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC="1",
        DISABLE_TELEMETRY="1",
    )


def _codex(desk: Desk, base_url: str) -> Desk:
    provider = (
        f'{{name="scripted",base_url="{base_url}/v1",wire_api="responses",'
        'env_key="SCRIPTED_KEY",request_max_retries=0,stream_max_retries=0}'
    )
    arguments = (
        "-c",
        'model_provider="scripted"',
        "-c",
        f"model_providers.scripted={provider}",
    )
    allowed = desk.with_provider(args=arguments, pass_env=("SCRIPTED_KEY",))
    return allowed.with_variables(SCRIPTED_KEY=SECRET)


def _gemini(desk: Desk, base_url: str) -> Desk:
    settings = {
        "security": {"auth": {"selectedType": "gemini-api-key"}},
        "general": {"maxAttempts": 1},
        "privacy": {"usageStatisticsEnabled": False},
        "telemetry": {"enabled": False},
    }
    folder = desk.home / ".gemini"
    folder.mkdir()
    (folder / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
    return desk.with_variables(GEMINI_API_KEY=SECRET, GOOGLE_GEMINI_BASE_URL=base_url)


_LOGINS: dict[Route, Callable[[Desk, str], Desk]] = {
    "claude": _claude,
    "codex": _codex,
    "gemini": _gemini,
}
