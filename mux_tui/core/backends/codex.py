"""Codex as a backend: `codex exec --json` in its own sandbox.

It reads, or writes in its work directory and nowhere else; its commands have no
network. Its own `turn.completed` says that an answer is whole; when it cannot reach
its vendor it would wait for ever and say so, and is then ended at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mux_tui.core.backends.child_environment import Needs
from mux_tui.core.backends.dialect import Delta, Parser
from mux_tui.core.backends.fence import Fence
from mux_tui.core.backends.transcript import (
    Json,
    Transcript,
    count_in,
    json_object,
    object_in,
    text_in,
)
from mux_tui.core.errors import BackendError
from mux_tui.core.process.run import Exit, Line
from mux_tui.core.task import Completion, Route, Usage
from mux_tui.core.text import one_line

_WAITING = "waiting for network"
_RECONNECTING = "Reconnecting"

_WRITING = (
    # Commands that the user has once allowed for good would run outside of the sandbox.
    "--ignore-rules",
    "-s",
    "workspace-write",
    # By itself this sandbox lets commands write among temporary files, and where the
    # user's own configuration says so, in more places and to the network.
    "-c",
    "sandbox_workspace_write.writable_roots=[]",
    "-c",
    "sandbox_workspace_write.network_access=false",
    "-c",
    "sandbox_workspace_write.exclude_slash_tmp=true",
    "-c",
    "sandbox_workspace_write.exclude_tmpdir_env_var=true",
)


@dataclass(frozen=True)
class Codex:
    """How Codex is asked and understood."""

    route: Route = "codex"
    command: str = "codex"
    # Codex reads a project's configuration only when the user trusts the project.
    project_settings: str = ""
    trust: tuple[str, str] | None = None
    escapes_at: bool = False
    needs: Needs = Needs(prefixes=("OPENAI_", "CODEX_"))

    def argv(
        self, cwd: Path, model: str, extra: Sequence[str], writes: bool
    ) -> list[str]:
        """Arguments, without the program and without the prompt."""
        chosen = ("-m", model) if model else ()
        fixed = ("exec", "--json", "--skip-git-repo-check", "--color", "never")
        box = _WRITING if writes else ("--ignore-rules", "-s", "read-only")
        return [*fixed, "-C", str(cwd), *box, *chosen, *extra, "-"]

    def fence(self, root: Path | None) -> Fence | None:
        """Its sandbox holds: none is needed."""
        return None

    def parser(self, limit: int) -> Parser:
        """Make a parser for one answer."""
        return CodexParser(limit)


class CodexParser:
    """Reads the items of one turn; the last message is the answer."""

    def __init__(self, limit: int) -> None:
        """Start before the first line."""
        self._transcript = Transcript("codex", limit)
        self._last_error = ""

    def feed(self, line: Line) -> list[Delta]:
        """Return how the answer grows by this line; no network is an error."""
        event = self._transcript.event(line)
        if event is None:
            return []

        match text_in(event, "type"):
            case "thread.started":
                self._transcript.session_id = text_in(event, "thread_id")
            case "item.completed":
                return self._item(object_in(event, "item"))
            case "turn.completed":
                self._transcript.done = True
                self._transcript.usage = _usage(object_in(event, "usage"))
            case "turn.failed":
                self._failed(text_in(object_in(event, "error"), "message"))
            case "error":
                self._error(text_in(event, "message"))
            case _:
                pass
        return []

    def finish(self, end: Exit) -> Completion:
        """Return the whole answer, or raise why there is none."""
        answer = self._transcript
        if self._last_error and not answer.done and answer.failure is None:
            self._failed(self._last_error)
        return answer.completion(end)

    def _item(self, item: Json) -> list[Delta]:
        answer = self._transcript
        text = text_in(item, "text")
        match text_in(item, "type"):
            case "agent_message":
                answer.text = text
                return [*answer.separate(), *answer.grow(text)]
            case "reasoning":
                return answer.think(text + "\n")
            case "error":
                answer.note(text_in(item, "message"))
            case _:
                pass
        return []

    def _failed(self, message: str) -> None:
        said = message or self._last_error or "the turn failed"
        # Of a request refused with 400, Codex hands on the document as it came.
        document = object_in(json_object(said) or {}, "error")
        if told := text_in(document, "message"):
            self._transcript.fail(told, 400)
        else:
            self._transcript.fail(said)

    def _error(self, message: str) -> None:
        if _WAITING in message:
            raise BackendError(
                "network",
                "codex waits for a network that is not there",
                one_line(message),
            )
        if message.startswith(_RECONNECTING):
            self._transcript.note(message)
        else:
            self._last_error = message


def _usage(told: Json) -> Usage:
    """Counts over the whole thread, which is this one turn: it is always a new one."""
    return Usage(
        count_in(told, "input_tokens"),
        count_in(told, "output_tokens"),
        count_in(told, "cached_input_tokens"),
        count_in(told, "reasoning_output_tokens"),
    )
