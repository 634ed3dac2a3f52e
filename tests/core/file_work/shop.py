"""A task on a real project, with models that play a part; everything else is real."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from mux_tui.core.attempts import Parts
from mux_tui.core.backends.base import Backend
from mux_tui.core.backends.scripted import Script, Scripted
from mux_tui.core.cascade import Cascade
from mux_tui.core.change import ChangeSet
from mux_tui.core.config.settings import Settings
from mux_tui.core.events import RunEvent
from mux_tui.core.file_work.tools import Tools
from mux_tui.core.local_model.base import FixedModel
from mux_tui.core.paths import Paths
from mux_tui.core.proposal import Proposal
from mux_tui.core.routing.situation import LocalState, Situation
from mux_tui.core.survey import survey
from mux_tui.core.task import Apply, Attempt, Decision, Outcome, Route, Task, Verdict

Event = TypeVar("Event", bound=RunEvent)


@dataclass
class Shop:
    """One task, and everything that happened to it."""

    root: Path
    home: Path
    local: Sequence[Script]
    claude: Sequence[Script] = (Script("I cannot."),)
    present: tuple[Route, ...] = ("claude",)
    settings: Settings = field(default_factory=Settings)
    yes: bool = True
    apply: Apply = "ask"
    verify: tuple[str, ...] = ()
    events: list[RunEvent] = field(default_factory=list[RunEvent])
    proposals: list[Proposal] = field(default_factory=list[Proposal])
    local_backend: Scripted = field(init=False)
    claude_backend: Scripted = field(init=False)

    def __post_init__(self) -> None:
        """Set the players up."""
        self.local_backend = Scripted("local", list(self.local), "small-model")
        self.claude_backend = Scripted("claude", list(self.claude), "big-model")

    @property
    def tools(self) -> Tools:
        """Where mux keeps its own files."""
        variables = {
            "HOME": os.environ["HOME"],
            "MUX_HOME": str(self.home / "mux"),
            "PATH": os.environ["PATH"],
        }
        return Tools(self.settings, Paths.from_environment(variables), variables)

    async def run(self, text: str) -> Outcome:
        """Do a task that changes files."""
        task = Task(
            text, self.root, "r1", kind="files", apply=self.apply, verify=self.verify
        )
        return await Cascade(task, self.parts(), self, self.events.append).run()

    def of(self, kind: type[Event]) -> list[Event]:
        """The events of one kind."""
        return [event for event in self.events if isinstance(event, kind)]

    async def approve(self, _task: Task, proposal: Proposal) -> ChangeSet | None:
        """Say yes to all, or no."""
        self.proposals.append(proposal)
        return proposal.changes if self.yes else None

    async def begin(self, task: Task, repository: str = "") -> None:
        """Nothing is recorded here."""

    async def decided(self, run_id: str, decision: Decision) -> None:
        """Nothing is recorded here."""

    async def attempted(self, run_id: str, attempt: Attempt) -> None:
        """Nothing is recorded here."""

    def parts(self) -> Parts:
        """What the cascade works with."""
        state = LocalState("ready", "", "small-model", 32_768, "a test")
        local = FixedModel(self.local_backend, state)
        cloud: dict[Route, Backend] = {"claude": self.claude_backend}

        async def surveyed(task: Task) -> Situation:
            return await survey(task, self.settings, local, self.present)

        async def verified(_answer: str, _task: Task) -> Verdict:
            raise AssertionError("file work is not checked as text")

        async def ask(_task: Task, _route: Route, _text: str) -> bool:
            return True

        parts = Parts(self.settings, surveyed, local, cloud, verified, ask)
        return replace(parts, approve=self.approve, tools=self.tools)
