"""Gemini CLI as a backend: its stream of JSON lines, prompt on standard input.

A stream that was cut ends with exit status 0: only `result.status` tells success. Its
exit status after a failure is an HTTP status modulo 256, or a code of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mux_tui.core.backends.child_environment import Needs
from mux_tui.core.backends.dialect import Delta, Parser
from mux_tui.core.backends.fence import Fence, gemini_fence
from mux_tui.core.backends.transcript import (
    Json,
    Transcript,
    count_in,
    object_in,
    telling_line,
    text_in,
)
from mux_tui.core.errors import BackendFault
from mux_tui.core.process.run import Exit, Line
from mux_tui.core.task import Completion, Route, Usage

_OWN_CODES: dict[int, tuple[BackendFault, str, str]] = {
    41: ("not_logged_in", "no way to log in is chosen", ""),
    42: ("usage", "it refuses what it was given", ""),
    53: ("backend_error", "it used up its turns", ""),
    55: (
        "usage",
        "this directory holds settings for gemini and is not trusted",
        "Look at them, then open gemini here and trust the directory",
    ),
}
"""Reason code, meaning, and what to do when that is special."""

_HTTP_CODES = {
    status % 256: status
    for status in (400, 401, 403, 404, 408, 413, 429, 500, 502, 503, 504)
}


@dataclass(frozen=True)
class Gemini:
    """How Gemini CLI is asked and understood."""

    route: Route = "gemini"
    command: str = "gemini"
    project_settings: str = ".gemini"
    trust: tuple[str, str] | None = ("GEMINI_CLI_TRUST_WORKSPACE", "true")
    escapes_at: bool = True
    needs: Needs = Needs(
        prefixes=("GEMINI_", "GOOGLE_", "CODE_ASSIST_"),
        # It reads a project's .env for variables that are not set at all.
        pinned=frozenset(
            {
                "GOOGLE_GEMINI_BASE_URL",
                "GOOGLE_VERTEX_BASE_URL",
                "CODE_ASSIST_ENDPOINT",
                "HTTP_PROXY",
                "HTTPS_PROXY",
                "ALL_PROXY",
                "http_proxy",
                "https_proxy",
                "all_proxy",
                "NODE_TLS_REJECT_UNAUTHORIZED",
                "GEMINI_CLI_SYSTEM_SETTINGS_PATH",
            }
        ),
    )

    def argv(
        self, cwd: Path, model: str, extra: Sequence[str], writes: bool
    ) -> list[str]:
        """Arguments, without the program and without the prompt."""
        chosen = ("-m", model) if model else ()
        mode = "auto_edit" if writes else "default"
        return ["-o", "stream-json", "--approval-mode", mode, *chosen, *extra]

    def fence(self, root: Path | None) -> Fence | None:
        """The rules that hold its edits inside of `root`, or forbid them."""
        return gemini_fence(root)

    def parser(self, limit: int) -> Parser:
        """Make a parser for one answer."""
        return GeminiParser(limit)


class GeminiParser:
    """Reads the stream; what was said after the last tool is the answer."""

    def __init__(self, limit: int) -> None:
        """Start before the first line."""
        self._transcript = Transcript("gemini", limit)
        self._last_error = ""
        self._new_text = True

    def feed(self, line: Line) -> list[Delta]:
        """Return how the answer grows by this line."""
        event = self._transcript.event(line)
        if event is None:
            return []

        match text_in(event, "type"):
            case "init":
                self._transcript.session_id = text_in(event, "session_id")
                self._transcript.model = text_in(event, "model")
            case "message" if text_in(event, "role") == "assistant":
                return self._message(text_in(event, "content"))
            case "tool_use":
                self._new_text = True
            case "error":
                self._last_error = text_in(event, "message")
                self._transcript.note(self._last_error)
            case "result":
                self._result(event)
            case _:
                pass
        return []

    def finish(self, end: Exit) -> Completion:
        """Return the whole answer, or raise why there is none."""
        answer = self._transcript
        if not answer.done and end.code and not end.stopped:
            self._blame(end.code, telling_line(end.stderr_tail))
        return answer.completion(end)

    def _message(self, text: str) -> list[Delta]:
        answer = self._transcript
        separator: list[Delta] = []
        if self._new_text and text:
            self._new_text = False
            separator = answer.separate()
            answer.text = ""
        answer.text += text[: answer.limit + 1 - len(answer.text)]
        return [*separator, *answer.grow(text)]

    def _result(self, event: Json) -> None:
        answer = self._transcript
        answer.usage = _usage(object_in(event, "stats"))
        if text_in(event, "status") == "success":
            answer.done = True
            return

        said = text_in(object_in(event, "error"), "message")
        answer.fail(said or self._last_error or "it does not say why")

    def _blame(self, code: int, said: str) -> None:
        """Let the exit status tell what the words did not."""
        answer = self._transcript
        if answer.failure is not None and answer.failure.fault != "backend_error":
            return

        words = (answer.failure.why if answer.failure else "") or self._last_error
        if code in _OWN_CODES:
            fault, meaning, step = _OWN_CODES[code]
            told = f"{meaning} ({said})" if said and not step else meaning
            answer.fail(told, fault=fault, next_step=step)
        elif code in _HTTP_CODES:
            status = _HTTP_CODES[code]
            answer.fail(words or said or f"HTTP status {status}", status)


def _usage(told: Json) -> Usage:
    return Usage(
        count_in(told, "input_tokens"),
        count_in(told, "output_tokens"),
        count_in(told, "cached"),
    )
