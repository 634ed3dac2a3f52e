"""A cloud CLI as a backend: one run of the program for one answer.

The prompt goes in by standard input, never by arguments, so that it can be neither an
option nor too long. The program sees a chosen part of the environment, and ends, with
all it started, when the answer is no longer wanted.
"""

import dataclasses
import tempfile
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from pathlib import Path
from typing import assert_never

from mux_tui.core.backends.base import Request
from mux_tui.core.backends.child_environment import child_environment
from mux_tui.core.backends.claude import Claude
from mux_tui.core.backends.codex import Codex
from mux_tui.core.backends.dialect import Dialect, standard_input
from mux_tui.core.backends.gemini import Gemini
from mux_tui.core.backends.program import find_program
from mux_tui.core.config.environment import AT_WORK
from mux_tui.core.config.settings import CliProvider, Limits
from mux_tui.core.errors import BackendError
from mux_tui.core.events import BackendEvent
from mux_tui.core.hardware.marked import end_carrying
from mux_tui.core.process.mark import MARK, new_mark
from mux_tui.core.process.run import Exit, Line, ProcessStartError, stream
from mux_tui.core.task import Completion, Route

DIALECTS: dict[Route, Dialect] = {
    "claude": Claude(),
    "codex": Codex(),
    "gemini": Gemini(),
}
"""How each cloud route's CLI is asked and understood."""

_STREAM_FACTOR = 32
"""Bytes of JSON lines read for each byte of an answer: each word comes in an envelope,
and what tools read comes along."""

_WRITING_FACTOR = 3
"""How much longer than an answer work on files may take: it is a chain of answers, one
for each file that is read or changed, and mostly a look back at the end."""


class CloudCli:
    """One cloud CLI."""

    def __init__(
        self,
        dialect: Dialect,
        provider: CliProvider,
        variables: Mapping[str, str],
        limits: Limits,
        *,
        grace: float = 5.0,
    ) -> None:
        """Make a backend; nothing is started.

        Args:
            dialect: How this CLI is asked and understood.
            provider: The user's settings for it.
            variables: Our environment.
            limits: How much of an answer is kept.
            grace: Seconds between SIGTERM and SIGKILL when a time limit is reached.
        """
        self._dialect = dialect
        self._provider = provider
        self._variables = variables
        self._limits = limits
        self._grace = grace

    @property
    def name(self) -> str:
        """The CLI's name."""
        return self._dialect.route

    @property
    def route(self) -> Route:
        """The route it serves."""
        return self._dialect.route

    @property
    def model(self) -> str:
        """The model it will ask for; empty: the CLI's own default."""
        return self._provider.model

    async def run(self, request: Request) -> AsyncGenerator[BackendEvent, None]:
        """Ask, and yield deltas while the answer grows, then one `Completion`.

        The deltas hold all that the CLI's model says on its way; the `Completion`
        holds its answer alone.

        Raises:
            BackendError: There is no answer; `fault` says why.
        """
        started = time.monotonic()
        first: float | None = None
        parser = self._dialect.parser(self._limits.answer_bytes)
        try:
            async with aclosing(self._lines(request)) as events:
                async for event in events:
                    match event:
                        case Line():
                            for delta in parser.feed(event):
                                first = first or time.monotonic() - started
                                yield delta
                        case Exit():
                            done = parser.finish(event)
                            yield self._timed(done, first, event.seconds)
                        case _:
                            assert_never(event)
        except ProcessStartError as error:
            raise BackendError("not_found", error.what, error.why) from error
        except OSError as error:
            what = "cannot make a temporary directory"
            why = error.strerror or str(error)
            raise BackendError("backend_error", what, why) from error

    async def _lines(self, request: Request) -> AsyncGenerator[Line | Exit, None]:
        provider = self._provider
        command = provider.command or self._dialect.command
        program = find_program(command, self._variables)
        arguments = self._dialect.argv(
            request.cwd, provider.model, provider.args, request.writes
        )
        factor = _WRITING_FACTOR if request.writes else 1
        mark = new_mark()
        with _scratch() as scratch:
            fence = self._fence(request, Path(scratch))
            events = stream(
                [str(program), *arguments, *fence],
                cwd=request.cwd,
                env=self._environment(request, scratch),
                stdin=self._standard_input(request.prompt),
                time_limit=provider.time_limit * factor,
                stall_limit=provider.stall_timeout,
                output_cap=self._limits.answer_bytes * _STREAM_FACTOR,
                grace=self._grace,
                mark=mark,
            )
            try:
                async with aclosing(events):
                    async for event in events:
                        yield event
            finally:
                # Daemons, which would go on in what is no copy of anything any more.
                await end_carrying(MARK, mark)

    def _standard_input(self, prompt: str) -> bytes:
        return standard_input(prompt, escape_at=self._dialect.escapes_at)

    def _fence(self, request: Request, scratch: Path) -> tuple[str, ...]:
        """Arguments that come last, so that no setting of the user's undoes them."""
        # A CLI sees where it works without the links on the way there.
        inside = request.cwd.resolve() if request.writes else None
        fence = self._dialect.fence(inside)
        if fence is None:
            return ()

        place = scratch / fence.name
        place.write_text(fence.text, encoding="utf-8")
        return (fence.option, str(place))

    def _environment(self, request: Request, scratch: str) -> dict[str, str]:
        needs, trust = self._dialect.needs, self._dialect.trust
        if trust is not None and not self._has_settings_of_its_own(request.cwd):
            fixed = {**needs.fixed, trust[0]: trust[1]}
            needs = dataclasses.replace(needs, fixed=fixed)
        kept = child_environment(self._variables, needs, self._provider.pass_env)
        if request.writes:
            # It works in a copy; a repository around that is not the user's project.
            kept["GIT_CEILING_DIRECTORIES"] = str(request.cwd.resolve().parent)
        # After an error some CLIs leave the whole conversation among temporary files.
        return kept | {"TMPDIR": scratch, AT_WORK: "1"}

    def _has_settings_of_its_own(self, cwd: Path) -> bool:
        """Whether the project, and not the user, would configure the CLI."""
        home = self._variables.get("HOME", "")
        name = self._dialect.project_settings
        return bool(name) and (cwd / name).exists() and cwd != Path(home)

    def _timed(
        self, done: Completion, first: float | None, seconds: float
    ) -> Completion:
        return dataclasses.replace(
            done,
            model=done.model or self._provider.model,
            first_token_seconds=first,
            seconds=seconds,
        )


def _scratch() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="mux-", ignore_cleanup_errors=True)
