"""Line mode: tasks in and facts out, a line each, without a screen.

For screen readers and plain terminals: the cockpit's engine, and nothing is drawn,
moved or painted over. From a pipe each line is a task.
"""

import sys
from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, get_args

from mux_tui.cli.approving import Approving
from mux_tui.cli.diagnostics import ExitCode
from mux_tui.cli.lines_in import LinesIn
from mux_tui.cli.shell import Shell
from mux_tui.core.config.settings import Settings
from mux_tui.core.errors import MuxError
from mux_tui.core.task import Outcome, Route, RouteChoice, Task
from mux_tui.core.text import one_line

if TYPE_CHECKING:
    from mux_tui.core.change import ChangeSet
    from mux_tui.core.engine import Engine
    from mux_tui.core.proposal import Proposal
    from mux_tui.core.run import Run

HELP = """\
Type a task and press Enter.
:route ROUTE  who does the tasks from now on: auto, local, claude, codex or gemini
:last         the last answer again
:undo         takes back what the last task wrote into files
:help         these lines
:quit         leave; so does Ctrl-D
Ctrl-C ends the task under way.
A task that begins with a colon: put a space before it."""


def run_lines(shell: Shell, settings: Settings) -> Awaitable[ExitCode]:
    """Ask for tasks and do them until the input ends."""
    lines = LineMode(shell, settings)
    shell.interrupted = lines.interrupt
    return lines.run()


@dataclass
class LineMode:
    """One session."""

    shell: Shell
    settings: Settings
    route: RouteChoice = "auto"
    last: Outcome | None = None
    code: ExitCode = ExitCode.OK
    """Of the whole session: that of the last task that did not succeed."""

    _lines: LinesIn = field(default_factory=lambda: LinesIn(sys.stdin.fileno()))
    _task: "Run | None" = None

    def interrupt(self) -> bool:
        """Ctrl-C: end the task under way; True: that, or the prompt, was all."""
        if self._task is not None:
            self._task.cancel()
        elif self._live:
            self.shell.diagnostics.prompt("\n")
            self._prompt()
        return self._task is not None or self._live

    @property
    def _live(self) -> bool:
        """Whether a person types."""
        return sys.stdin.isatty()

    def _prompt(self) -> None:
        if self._live:
            where = "" if self.route == "auto" else f" ({self.route})"
            self.shell.diagnostics.prompt(f"task{where}: ")

    async def run(self) -> ExitCode:
        """Do what is typed until the input ends."""
        from mux_tui.core.engine import open_engine

        if self._live:
            self.shell.diagnostics.note("mux, line mode. :help tells the commands.")
        self.shell.diagnostics.plain = True
        async with open_engine(
            self.settings,
            self.shell.environment,
            self.shell.cwd,
            ask=self._may_leave,
            approve=self._may_write,
        ) as engine:
            self._prompt()
            while (line := await self._lines.next()) is not None:
                if line.strip() and await self._typed(line, engine):
                    break
                self._prompt()
            else:
                if self._live:
                    self.shell.diagnostics.prompt("\n")
        # What turned out only while the engine was closed.
        for notice in engine.notices:
            self.shell.diagnostics.warn(notice)
        return ExitCode.OK if self._live else self.code

    async def _typed(self, line: str, engine: "Engine") -> bool:
        """Do one line; returns whether it was the last."""
        try:
            if line.startswith(":"):
                return await self._command(line[1:].strip(), engine)
            await self._do(line, engine)
        except MuxError as error:
            self.code = ExitCode.FAILED
            self.shell.diagnostics.error(error)
        return False

    async def _command(self, words: str, engine: "Engine") -> bool:
        name, _, rest = words.partition(" ")
        match name:
            case "quit" | "q":
                return True
            case "help" | "h":
                self.shell.output.line(HELP)
            case "last":
                self._again()
            case "undo":
                await self._take_back(engine)
            case "route":
                self._choose(rest.strip())
            case _:
                known = ":route, :last, :undo, :help, :quit"
                told = f"there is no :{one_line(name, 40)}; there are {known}"
                self.shell.diagnostics.warn(told)
        return False

    def _again(self) -> None:
        if self.last is None:
            self.shell.diagnostics.warn("no task was done yet")
            return
        self.shell.output.line(self.last.output or "the last task gave no answer")
        self.shell.diagnostics.note(f"run {self.last.run_id}, {self.last.status}")

    def _choose(self, route: str) -> None:
        if route in get_args(RouteChoice):
            self.route = route  # pyright: ignore[reportAttributeAccessIssue]
            self.shell.diagnostics.note(f"route {route}")
        else:
            told = f"no such route; there are {', '.join(get_args(RouteChoice))}"
            self.shell.diagnostics.warn(told)

    async def _do(self, text: str, engine: "Engine") -> None:
        from mux_tui.cli.commands.run import exit_code_for
        from mux_tui.cli.narrator import Narrator
        from mux_tui.core.events import Finished

        cwd = self.shell.cwd
        task = engine.accept(text.strip(), cwd, cwd, route=self.route)
        narrator = Narrator(self.shell.output, self.shell.diagnostics, self._live)
        self._task = engine.start(task)
        try:
            async for event in self._task.events():
                narrator.tell(event)
                if isinstance(event, Finished):
                    self.last = event.outcome
                    if (code := exit_code_for(event.outcome)) != ExitCode.OK:
                        self.code = code
        finally:
            self._task = None

    async def _may_leave(self, _task: Task, route: Route, brief: str) -> bool:
        if not self._live:
            return False
        if self._task is not None:
            # What led to the question is told before it is asked.
            await self._task.caught_up()
        size = len(brief.encode())
        answer = await self._answer(f"send {size:,} bytes to {route}? yes or no: ")
        return answer.strip().lower() in ("y", "yes")

    async def _may_write(self, _task: Task, proposal: "Proposal") -> "ChangeSet | None":
        if not self._live:
            return None
        if self._task is not None:
            await self._task.caught_up()
        return await Approving(self.shell.diagnostics, self._answer).approve(proposal)

    async def _answer(self, question: str) -> str:
        self.shell.diagnostics.prompt(question)
        return await self._lines.next() or ""

    async def _take_back(self, engine: "Engine") -> None:
        """Take the changes of the last task back."""
        from mux_tui.cli.takeback_report import tell_takeback
        from mux_tui.core.takeback import take_back

        if self.last is None or not self.last.applied:
            self.shell.diagnostics.warn("the last task has written no files")
            return
        run_id, paths = self.last.run_id, self.shell.environment.paths
        result = await take_back(run_id, "undo", paths, engine.ledger)
        tell_takeback(run_id, "undo", "never", result, self.shell)
