"""The steps of a run, one after the other; at most one is under way."""

from dataclasses import dataclass, replace
from typing import Literal

StageState = Literal["waiting", "busy", "done", "failed", "unknown"]
"""`unknown`: it is over, and says neither yes nor no."""


@dataclass(frozen=True)
class Stage:
    """One step of a run."""

    name: str
    state: StageState = "waiting"
    began: float | None = None
    """By the clock of whoever tells the events; None: not yet."""

    seconds: float | None = None
    """How long it took; None: it has not ended."""

    detail: str = ""
    """One fact, safe to show."""

    def lasted(self, now: float) -> float | None:
        """Seconds so far, or in all; None: it has not begun."""
        if self.seconds is not None or self.began is None:
            return self.seconds

        return max(0.0, now - self.began)


class StageList:
    """Stages in the order they come."""

    def __init__(self, first: str, at: float) -> None:
        """Begin with one that is under way."""
        self.all: list[Stage] = [Stage(first, "busy", at)]

    @property
    def busy(self) -> str:
        """The name of the stage under way; empty: none is."""
        return next((s.name for s in self.all if s.state == "busy"), "")

    @property
    def next(self) -> int:
        """Where the first stage is that waits, or the end."""
        for index, stage in enumerate(self.all):
            if stage.state == "waiting":
                return index
        return len(self.all)

    @property
    def planned(self) -> bool:
        """Whether any stage waits."""
        return self.next < len(self.all)

    def has(self, name: str) -> bool:
        """Whether there is a stage of that name."""
        return any(stage.name == name for stage in self.all)

    def plan(self, names: list[str]) -> None:
        """These are to come, and nothing else."""
        self.drop()
        self.all += [Stage(name) for name in names]

    def drop(self) -> None:
        """Nothing is to come any more."""
        self.all = [stage for stage in self.all if stage.state != "waiting"]

    def insert(self, name: str, at: float, detail: str = "") -> None:
        """Begin a stage that was not planned, before those that wait."""
        self.all.insert(self.next, Stage(name, "busy", at, detail=detail))

    def begin(self, at: float) -> None:
        """The next stage that waits is under way."""
        if (index := self.next) < len(self.all):
            self.all[index] = replace(self.all[index], state="busy", began=at)

    def reach(self, name: str, at: float) -> None:
        """That stage is under way, whether it was planned or not; those planned before
        it are not to come any more."""
        if self.busy == name:
            return
        self.end("done", at)
        waiting = [stage.name for stage in self.all if stage.state == "waiting"]
        if name not in waiting:
            self.insert(name, at)
            return
        self.plan(waiting[waiting.index(name) :])
        self.begin(at)

    def wait(self, name: str) -> None:
        """If that stage is under way, it is not yet."""
        if self.busy == name:
            self._put(Stage(name))

    def end(self, state: StageState, at: float) -> None:
        """The stage under way, if one is, has come to its end."""
        for stage in self.all:
            if stage.state == "busy":
                seconds = max(0.0, at - (at if stage.began is None else stage.began))
                self._put(replace(stage, state=state, seconds=seconds))

    def tell(self, detail: str) -> None:
        """One fact of the stage under way, if one is."""
        for stage in self.all:
            if stage.state == "busy":
                self._put(replace(stage, detail=detail))

    def amend(self, name: str, detail: str) -> None:
        """Another fact of the last stage of that name."""
        for index in range(len(self.all) - 1, -1, -1):
            if self.all[index].name == name:
                self.all[index] = replace(self.all[index], detail=detail)
                return

    def _put(self, stage: Stage) -> None:
        """Change the stage under way."""
        for index, one in enumerate(self.all):
            if one.state == "busy":
                self.all[index] = stage
                return
