"""A task whose changes are reviewed, with readers that play a part."""

import json
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from mux_tui.core.attempts import Parts
from mux_tui.core.backends.base import Backend, Request
from mux_tui.core.backends.scripted import Script, Scripted
from mux_tui.core.config.file_work import Workflow
from mux_tui.core.config.settings import Cloud, Settings
from mux_tui.core.events import BackendEvent, Notice
from mux_tui.core.task import Outcome, Route, Task
from tests.core.file_work.shop import Shop

TASK = "Let total in basket.py add nothing of its own."
PROOF = ("grep -q 'return sum(prices)' basket.py",)
REVIEWED = Settings(workflow=Workflow(review=True))


def edit(path: str, search: str, put: str) -> Script:
    """An answer of the local model: one edit block."""
    block = f"<<<<<<< SEARCH\n{search}=======\n{put}>>>>>>> REPLACE\n"
    return Script(f"{path}\n{block}")


MENDED = edit("basket.py", "    return sum(prices) + 1\n", "    return sum(prices)\n")
TOLD = edit("basket.py", "def total(prices):\n", "def total(prices):\n    # All.\n")
BROKEN = edit("basket.py", "    return sum(prices)\n", "    return 0\n")


def held(*findings: Mapping[str, object]) -> Script:
    """A reviewer's answer."""
    return Script(json.dumps({"findings": findings}))


FINDING: dict[str, object] = {"path": "basket.py", "line": 1, "text": "say what it is"}
CLEAN = held()
ONE = held(FINDING)


class Reader(Scripted):
    """A reviewer that notes where it was put."""

    def __init__(self, route: Route, scripts: Sequence[Script]) -> None:
        """Play the scripts."""
        super().__init__(route, scripts, f"{route}-model")
        self.saw: list[list[Path]] = []
        """What was in its directory, each time."""

    async def run(self, request: Request) -> AsyncGenerator[BackendEvent, None]:
        """Look around, and play."""
        self.saw.append(list(request.cwd.iterdir()))
        async for event in super().run(request):
            yield event


@dataclass
class ReviewShop(Shop):
    """One task that is reviewed."""

    settings: Settings = field(default_factory=lambda: REVIEWED)
    verify: tuple[str, ...] = PROOF
    codex: Sequence[Script] = (CLEAN,)
    allowed: bool = True
    meanwhile: Callable[[], None] = lambda: None
    """Done while the user is asked whether the diff may leave."""

    asked: list[tuple[Route, str]] = field(default_factory=list[tuple[Route, str]])
    claude_reader: Reader = field(init=False)
    codex_reader: Reader = field(init=False)

    def __post_init__(self) -> None:
        """Set the players up."""
        super().__post_init__()
        self.claude_reader = Reader("claude", list(self.claude))
        self.claude_backend = self.claude_reader
        self.codex_reader = Reader("codex", list(self.codex))

    @property
    def notices(self) -> list[str]:
        """What was told besides."""
        return [event.text for event in self.of(Notice)]

    async def do(self, text: str = TASK) -> Outcome:
        """Do the task."""
        return await self.run(text)

    def parts(self) -> Parts:
        """The same parts, with two readers and a user who says yes or no."""
        cloud: dict[Route, Backend] = {
            "claude": self.claude_reader,
            "codex": self.codex_reader,
        }

        async def ask(_task: Task, route: Route, text: str) -> bool:
            self.asked.append((route, text))
            self.meanwhile()
            return self.allowed

        return replace(super().parts(), cloud=cloud, ask=ask)


def asking() -> Settings:
    """Settings that ask before anything leaves."""
    return replace(REVIEWED, cloud=Cloud(permission="ask"))
