"""What has been read of one CLI's answer so far, and the verdict at its end.

The CLIs tell the same facts in different words; each parser fills one of these.
"""

import json
import re
from dataclasses import dataclass, field
from typing import Any, cast

from mux_tui.core.backends.cli_fault import fault_of, is_usage
from mux_tui.core.backends.dialect import Delta
from mux_tui.core.errors import BackendError, BackendFault
from mux_tui.core.events import ReasoningDelta, TextDelta
from mux_tui.core.process.run import Exit, Line
from mux_tui.core.task import Completion, FinishReason, Route, Usage
from mux_tui.core.text import one_line

Json = dict[str, Any]

_MOST_NOTES = 20
_SEQUENCE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_NO_REASON = re.compile(r"\s*(at |WARNING|Warning|\[STARTUP\]|\d{4}-\d\d-\d\dT)")


@dataclass
class Transcript:
    """One answer, as far as it has come."""

    route: Route
    limit: int
    """Most characters kept of the text, and of the reasoning."""

    text: str = ""
    """The answer; what the model said between its steps is only streamed."""

    done: bool = False
    """The CLI itself said that the answer is complete."""

    model: str = ""
    session_id: str = ""
    finish_reason: FinishReason = "unknown"
    usage: Usage = field(default_factory=Usage)
    notes: list[str] = field(default_factory=list[str])
    failure: BackendError | None = None
    events: int = 0
    """Lines that were understood."""

    noise: str = ""
    """The first line that was not."""

    _reasoning: list[str] = field(default_factory=list[str])
    _streamed: int = 0
    _reasoned: int = 0

    def event(self, line: Line) -> Json | None:
        """The JSON object in a line of output; None: there is none."""
        if line.stream == "err" or not line.text.strip():
            return None

        found = json_object(line.text)
        if found is None:
            self.noise = self.noise or one_line(line.text)
        else:
            self.events += 1
        return found

    def grow(self, text: str) -> list[Delta]:
        """The visible text grew; returns what to show of it."""
        room = max(0, self.limit - self._streamed)
        self._streamed += len(text)
        return [TextDelta(text[:room])] if text[:room] else []

    def think(self, text: str) -> list[Delta]:
        """The reasoning grew; returns what to show of it."""
        kept = text[: max(0, self.limit - self._reasoned)]
        self._reasoned += len(kept)
        if not kept:
            return []

        self._reasoning.append(kept)
        return [ReasoningDelta(kept)]

    def separate(self) -> list[Delta]:
        """A new text begins; returns the blank line between it and the last one."""
        return self.grow("\n\n") if self._streamed else []

    def note(self, text: str) -> None:
        """Remember a fault that did not stop the answer."""
        if len(self.notes) < _MOST_NOTES:
            self.notes.append(one_line(text))

    def fail(
        self,
        message: str,
        status: int | None = None,
        fault: BackendFault | None = None,
        next_step: str = "",
    ) -> None:
        """Remember that the CLI says it has failed, and in which words."""
        code = fault or fault_of(message, status) or "backend_error"
        step = next_step or _next_step(self.route, code)
        what = f"{self.route} failed"
        self.failure = BackendError(code, what, one_line(message), step)

    def completion(self, end: Exit) -> Completion:
        """The answer.

        Raises:
            BackendError: There is none.
        """
        if end.stopped and not self.done:
            raise _stopped(self.route, end)
        if self.failure is not None:
            raise self.failure
        if not self.done:
            raise self._missing(end)
        if not self.text.strip():
            raise BackendError("empty_output", f"{self.route} gave an empty answer")

        self._note_the_end(end)
        return Completion(
            self.text[: self.limit],
            self.finish_reason if len(self.text) <= self.limit else "length",
            "".join(self._reasoning),
            self.model,
            self.usage,
            session_id=self.session_id,
            notes=tuple(self.notes),
        )

    def _note_the_end(self, end: Exit) -> None:
        if len(self.text) > self.limit:
            self.note(f"the answer was cut after {self.limit} characters")
        if end.stopped:
            self.note(f"{self.route} answered and then did not end; it was stopped")
        elif end.signal is not None:
            self.note(f"{self.route} answered and then ended by signal {end.signal}")
        elif end.code:
            self.note(f"{self.route} answered and then exited with status {end.code}")

    def _missing(self, end: Exit) -> BackendError:
        """Why there is neither an answer nor a failure in the CLI's own words."""
        said = telling_line(end.stderr_tail) or self.noise
        if end.signal is not None:
            what = f"{self.route} was ended by signal {end.signal}"
            return BackendError("signal", what, said)
        if end.code:
            return _bad_exit(self.route, end, said)
        if self.events:
            what = f"{self.route} stopped in the middle of its answer"
            return BackendError("cut", what, said)
        if self.noise:
            what = f"{self.route} answered in a form that mux does not know"
            return BackendError("bad_response", what, self.noise)

        return BackendError("empty_output", f"{self.route} said nothing", said)


def telling_line(stderr: str) -> str:
    """The last line of standard error that reads like a reason, safe to show."""
    lines = [_SEQUENCE.sub("", line) for line in stderr.splitlines()]
    reasons = [line for line in lines if line.strip() and not _NO_REASON.match(line)]
    return one_line(reasons[-1]) if reasons else ""


def text_in(value: Json, key: str) -> str:
    """A string field of a JSON object; empty when it is missing or no string."""
    found = value.get(key)
    return found if isinstance(found, str) else ""


def object_in(value: Json, key: str) -> Json:
    """An object field of a JSON object; empty when it is missing or no object."""
    found = value.get(key)
    return cast("Json", found) if isinstance(found, dict) else {}


def objects_in(value: Json, key: str) -> list[Json]:
    """The objects in a list field of a JSON object; empty when it is no list."""
    found = value.get(key)
    items = cast("list[object]", found) if isinstance(found, list) else []
    return [cast("Json", item) for item in items if isinstance(item, dict)]


def count_in(value: Json, key: str) -> int | None:
    """A whole number of a JSON object, not negative; None: not told."""
    found = value.get(key)
    return found if type(found) is int and found >= 0 else None


def json_object(text: str) -> Json | None:
    """The JSON object that a text is; None: it is something else."""
    if not text.lstrip().startswith("{"):
        return None
    try:
        found: object = json.loads(text)
    except (ValueError, RecursionError):
        return None

    return cast("Json", found) if isinstance(found, dict) else None


def _stopped(route: Route, end: Exit) -> BackendError:
    said = telling_line(end.stderr_tail)
    if end.stopped == "stalled":
        step = f"Set providers.{route}.stall_timeout higher if it needs longer"
        return BackendError("stalled", f"{route} went silent and was ended", said, step)

    what = f"{route} was ended at its time limit, after {end.seconds:.0f} s"
    step = f"Set providers.{route}.time_limit higher if it needs longer"
    return BackendError("time_limit", what, said, step)


def _bad_exit(route: Route, end: Exit, said: str) -> BackendError:
    what = f"{route} exited with status {end.code}"
    if end.code in (126, 127):
        return BackendError("not_found", what, said or "its interpreter is missing")
    fault = fault_of(end.stderr_tail) or fault_of(said)
    if fault is None:
        usage = end.code == 2 or is_usage(end.stderr_tail) or is_usage(said)
        fault = "usage" if usage else "exit_status"

    return BackendError(fault, what, said, _next_step(route, fault))


def _next_step(route: Route, fault: BackendFault) -> str:
    match fault:
        case "not_logged_in":
            return f"Log in: run `{_LOGIN[route]}`"
        case "usage":
            return f"Check providers.{route}.args and the version of {route}"
        case _:
            return ""


_LOGIN: dict[Route, str] = {
    "claude": "claude auth login",
    "codex": "codex login",
    "gemini": "gemini",
}
