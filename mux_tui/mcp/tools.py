"""What a client can call, and with which arguments."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import mcp_types as types
from pydantic import BaseModel

from mux_tui.core.errors import UsageError
from mux_tui.core.mcp_documents import (
    DoctorTold,
    HealthTold,
    RunTold,
    Told,
    as_document,
    schema_of,
)
from mux_tui.core.text import one_line
from mux_tui.mcp import arguments as given
from mux_tui.mcp.attending import attend
from mux_tui.mcp.call import Call
from mux_tui.mcp.engines import Engines
from mux_tui.mcp.jobs import Job, Jobs
from mux_tui.mcp.lookout import doctor, doctor_text, health, health_text
from mux_tui.mcp.ordering import Ordering
from mux_tui.mcp.results import as_text, failed, of_job, of_row

Answer = types.CallToolResult | types.InputRequiredResult
_DOES = types.ToolAnnotations(
    read_only_hint=False,
    destructive_hint=False,
    idempotent_hint=False,
    open_world_hint=True,
)
_LOOKS = types.ToolAnnotations(
    read_only_hint=True, idempotent_hint=True, open_world_hint=False
)
_ENDS = types.ToolAnnotations(
    read_only_hint=False,
    destructive_hint=True,
    idempotent_hint=True,
    open_world_hint=False,
)


@dataclass(frozen=True)
class Tool:
    """One of them."""

    name: str
    title: str
    description: str
    arguments: type[BaseModel]
    result: type[Told]
    annotations: types.ToolAnnotations
    handler: Callable[["Toolbox", Any, Call], Awaitable[Answer]]

    @property
    def listed(self) -> types.Tool:
        """As the client sees it."""
        return types.Tool(
            name=self.name,
            title=self.title,
            description=self.description,
            input_schema=self.arguments.model_json_schema(),
            output_schema=schema_of(self.result),
            annotations=self.annotations,
        )


@dataclass(frozen=True)
class Toolbox:
    """What the tools work with."""

    engines: Engines
    jobs: Jobs
    ordering: Ordering
    nested: bool

    async def call(self, call: Call) -> Answer:
        """Do what the client calls for.

        Raises:
            MuxError: It cannot be done.
        """
        name = call.params.name
        tool = BY_NAME.get(name)
        if tool is None:
            known = ", ".join(BY_NAME)
            raise UsageError(f"no tool {one_line(name, 80)}", "", f"There are {known}")

        arguments = given.read(tool.arguments, call.params.arguments or {})
        return await tool.handler(self, arguments, call)

    async def run(self, wanted: given.TaskArguments, call: Call) -> Answer:
        """Do a task as the settings say."""
        full = given.JsonArguments(**wanted.model_dump())
        return await self.run_with(full, call)

    async def run_with(self, wanted: given.JsonArguments, call: Call) -> Answer:
        """Do a task with options."""
        if call.answered_run:
            job = self._answered(call)
        else:
            job = await self.ordering.start(wanted, call.can_ask)
        try:
            question = await attend(job, call, wanted.timeout)
        except BaseException:
            # The client does not want it any more, or has left.
            self.jobs.cancel(job)
            raise
        told = of_job(job)
        return question or _document(told, as_text(told), failed(told))

    async def start(self, wanted: given.StartArguments, call: Call) -> Answer:
        """Begin a task, and return at once."""
        told = of_job(await self.ordering.start(wanted, call.can_ask))
        return _document(told, as_text(told))

    async def look(self, wanted: given.JobArguments, call: Call) -> Answer:
        """How a task is; its result, if it ends soon enough."""
        job = self._answered(call) if call.answered_run else self._job(wanted.run_id)
        if job is None:
            told = await self._recorded(wanted.run_id)
        elif question := await attend(job, call, wanted.wait):
            return question
        else:
            told = of_job(job)
        return _document(told, as_text(told))

    async def cancel(self, wanted: given.CancelArguments, call: Call) -> Answer:
        """End a task, and wait until what did it has let go."""
        job = self._job(wanted.run_id)
        if job is None:
            told = await self._recorded(wanted.run_id)
            return _document(told, as_text(told))

        self.jobs.cancel(job)
        await job.ended()
        told = of_job(job)
        return _document(told, as_text(told))

    async def health(self, _wanted: given.Nothing, _call: Call) -> Answer:
        """A quick look."""
        told = await health(self.engines, self.jobs, self.nested)
        return _document(told, health_text(told))

    async def doctor(self, _wanted: given.Nothing, _call: Call) -> Answer:
        """A thorough look."""
        told = await doctor(self.engines)
        return _document(told, doctor_text(told))

    def _answered(self, call: Call) -> Job:
        """The job whose question the call answers, its answer handed over."""
        job = self._job(call.answered_run)
        if job is None:
            raise UsageError("no such question", "", "Call the tool once more")
        if job.question is not None:
            job.question.settle(call.answer)
            # The next look must not find the same question again.
            job.question = None
        return job

    def _job(self, run_id: str) -> Job | None:
        return self.jobs.get(run_id.strip())

    async def _recorded(self, run_id: str) -> RunTold:
        async with self.engines.engine(self.engines.cwd) as engine:
            reference = run_id.strip()
            found = None
            if engine.ledger is not None and reference:
                found = await engine.ledger.get(reference)
        if found is None:
            shown = one_line(run_id, 80)
            raise UsageError(f"no run {shown}", "", "The resource mux://runs lists all")
        return of_row(found)


def _document(told: Told, text: str, is_error: bool = False) -> Answer:
    return types.CallToolResult(
        content=[types.TextContent(type="text", text=text)],
        structured_content=as_document(told),
        is_error=is_error,
    )


_WHAT = (
    "Hands one coding task to mux, which does it on this machine's own model when that "
    "is likely to work, judges the answer by evidence (confidence, checks, tests), and "
    "asks a cloud CLI only when the evidence says so. State the outcome; mux chooses "
    "who does it. Questions are answered in text. Tasks that change files are done in "
    "a copy and proved there; unless the user's settings allow more, nothing is "
    "written and the patch is returned."
)

TOOLS: tuple[Tool, ...] = (
    Tool(
        "mux",
        "Do a coding task",
        _WHAT,
        given.TaskArguments,
        RunTold,
        _DOES,
        Toolbox.run,
    ),
    Tool(
        "mux_json",
        "Do a coding task, with options",
        f"{_WHAT} This one takes options: who does it, which commands prove it, which "
        "files it is about, when changes are written.",
        given.JsonArguments,
        RunTold,
        _DOES,
        Toolbox.run_with,
    ),
    Tool(
        "mux_run_task",
        "Do a coding task (another name of mux)",
        "The same as mux.",
        given.TaskArguments,
        RunTold,
        _DOES,
        Toolbox.run,
    ),
    Tool(
        "mux_start",
        "Begin a coding task in the background",
        "Begins a task as mux_json does, and returns its run_id at once. mux_job gives "
        "the result, mux_cancel ends it.",
        given.StartArguments,
        RunTold,
        _DOES,
        Toolbox.start,
    ),
    Tool(
        "mux_job",
        "How a task is, or its result",
        "Waits for a task that was begun, and returns its result; if it is not done by "
        "then, how far it is. Knows earlier runs too.",
        given.JobArguments,
        RunTold,
        _LOOKS,
        Toolbox.look,
    ),
    Tool(
        "mux_cancel",
        "End a task",
        "Ends a task that is under way, and everything it started.",
        given.CancelArguments,
        RunTold,
        _ENDS,
        Toolbox.cancel,
    ),
    Tool(
        "mux_doctor",
        "What works, and what does not",
        "Looks for what does not work (settings, models, server, cloud CLIs, ledger) "
        "and says what mends it. Changes nothing.",
        given.Nothing,
        DoctorTold,
        _LOOKS,
        Toolbox.doctor,
    ),
    Tool(
        "mux_health",
        "Whether mux can do a task now",
        "A quick look at the local model, the cloud CLIs and the ledger. Starts "
        "nothing.",
        given.Nothing,
        HealthTold,
        _LOOKS,
        Toolbox.health,
    ),
)

BY_NAME = {tool.name: tool for tool in TOOLS}
