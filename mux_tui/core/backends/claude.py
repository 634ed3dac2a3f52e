"""Claude Code as a backend: `claude -p` with its stream of JSON lines.

It reads the project and answers; it changes nothing, or files where it may. It never
runs a command. Settings inside the project are left unread, because they can redirect
it to another server and run commands, and nobody is asked for trust when it runs
without a terminal.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mux_tui.core.backends.child_environment import Needs
from mux_tui.core.backends.dialect import Delta, Parser
from mux_tui.core.backends.fence import Fence, claude_fence
from mux_tui.core.backends.transcript import (
    Json,
    Transcript,
    count_in,
    object_in,
    objects_in,
    text_in,
)
from mux_tui.core.process.run import Exit, Line
from mux_tui.core.task import Completion, FinishReason, Route, Usage

_ARGUMENTS = (
    "-p",
    "--output-format",
    "stream-json",
    "--verbose",
    "--include-partial-messages",
    "--setting-sources",
    "user",
    "--strict-mcp-config",
)
_READING = ("--permission-mode", "default", "--tools", "Read,Glob,Grep")
_WRITING = ("--permission-mode", "acceptEdits", "--tools", "Read,Glob,Grep,Edit,Write")

_FINISH: dict[str, FinishReason] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
    "refusal": "content_filter",
}

_USAGE = (
    "input_tokens",
    "cache_read_input_tokens",
    "cache_creation_input_tokens",
    "output_tokens",
)
_MODEL_USAGE = (
    "inputTokens",
    "cacheReadInputTokens",
    "cacheCreationInputTokens",
    "outputTokens",
)


@dataclass(frozen=True)
class Claude:
    """How Claude Code is asked and understood."""

    route: Route = "claude"
    command: str = "claude"
    project_settings: str = ""
    trust: tuple[str, str] | None = None
    escapes_at: bool = False
    needs: Needs = Needs(
        prefixes=("ANTHROPIC_", "CLAUDE_"),
        names=frozenset(
            {
                "API_TIMEOUT_MS",
                "MAX_THINKING_TOKENS",
                "DISABLE_TELEMETRY",
                "DISABLE_ERROR_REPORTING",
                "DISABLE_AUTOUPDATER",
                "DISABLE_PROMPT_CACHING",
                "ENABLE_TOOL_SEARCH",
            }
        ),
        fixed={
            # An @path in the text would put that file, from anywhere, into the
            # prompt; and part of the text may be another model's.
            "CLAUDE_CODE_DISABLE_ATTACHMENTS": "1",
            # By itself it asks ten times, for minutes, even when refused with 401.
            "CLAUDE_CODE_MAX_RETRIES": "2",
        },
        # Claude Code sets these for what it starts; mux may be one of those.
        hidden=frozenset(
            {"CLAUDE_CODE_ENTRYPOINT", "CLAUDE_CODE_SSE_PORT", "CLAUDE_CODE_SESSION_ID"}
        ),
    )

    def argv(
        self, cwd: Path, model: str, extra: Sequence[str], writes: bool
    ) -> list[str]:
        """Arguments, without the program and without the prompt."""
        chosen = ("--model", model) if model else ()
        allowed = _WRITING if writes else _READING
        return [*_ARGUMENTS, *allowed, *chosen, *extra]

    def fence(self, root: Path | None) -> Fence | None:
        """The rules that hold its edits inside of `root`; it reads without any."""
        return claude_fence(root) if root else None

    def parser(self, limit: int) -> Parser:
        """Make a parser for one answer."""
        return ClaudeParser(limit)


class ClaudeParser:
    """Reads the stream: partial messages as they grow, then the `result`."""

    def __init__(self, limit: int) -> None:
        """Start before the first line."""
        self._transcript = Transcript("claude", limit)
        self._block = ""
        """What of the current content block has been shown."""

    def feed(self, line: Line) -> list[Delta]:
        """Return how the answer grows by this line."""
        event = self._transcript.event(line)
        # What a sub-agent says is not said to us.
        if event is None or event.get("parent_tool_use_id"):
            return []

        match text_in(event, "type"):
            case "stream_event":
                return self._partial(object_in(event, "event"))
            case "assistant":
                return self._message(object_in(event, "message"))
            case "system":
                self._system(event)
            case "result":
                self._result(event)
            case _:
                pass
        return []

    def finish(self, end: Exit) -> Completion:
        """Return the whole answer, or raise why there is none."""
        return self._transcript.completion(end)

    def _partial(self, event: Json) -> list[Delta]:
        match text_in(event, "type"):
            case "content_block_start":
                self._block = ""
                kind = text_in(object_in(event, "content_block"), "type")
                return self._transcript.separate() if kind == "text" else []
            case "content_block_delta":
                return self._delta(object_in(event, "delta"))
            case _:
                return []

    def _delta(self, delta: Json) -> list[Delta]:
        match text_in(delta, "type"):
            case "text_delta":
                self._block += text_in(delta, "text")
                return self._transcript.grow(text_in(delta, "text"))
            case "thinking_delta":
                self._block += text_in(delta, "thinking")
                return self._transcript.think(text_in(delta, "thinking"))
            case _:
                return []

    def _message(self, message: Json) -> list[Delta]:
        """A finished content block: shown as far as it was not streamed."""
        model = text_in(message, "model")
        if model == "<synthetic>":
            return []

        self._transcript.model = model or self._transcript.model
        deltas: list[Delta] = []
        for block in objects_in(message, "content"):
            deltas += self._whole_block(block)
        self._block = ""
        return deltas

    def _whole_block(self, block: Json) -> list[Delta]:
        kind = text_in(block, "type")
        text = text_in(block, "thinking" if kind == "thinking" else "text")
        rest = text.removeprefix(self._block)
        if not rest or text == self._block:
            return []
        if kind == "thinking":
            return self._transcript.think(rest)

        # A request that was repeated without streaming starts its text afresh.
        fresh = rest == text
        separator = self._transcript.separate() if fresh else []
        return [*separator, *self._transcript.grow(rest)]

    def _system(self, event: Json) -> None:
        match text_in(event, "subtype"):
            case "init":
                self._transcript.session_id = text_in(event, "session_id")
                self._transcript.model = text_in(event, "model")
            case "api_retry":
                status = event.get("error_status") or text_in(event, "error")
                attempt, most = event.get("attempt"), event.get("max_retries")
                self._transcript.note(f"asked again ({attempt} of {most}): {status}")
            case "model_fallback":
                self._transcript.note("another model answered than the one asked for")
            case _:
                pass

    def _result(self, event: Json) -> None:
        answer = self._transcript
        answer.session_id = text_in(event, "session_id") or answer.session_id
        if event.get("is_error") is not False:
            answer.fail(_complaint(event), count_in(event, "api_error_status"))
            return

        answer.done = True
        answer.text = text_in(event, "result")
        answer.finish_reason = _FINISH.get(text_in(event, "stop_reason"), "unknown")
        answer.usage = _usage(event)
        refused = objects_in(event, "permission_denials")
        if refused:
            answer.note(f"{len(refused)} actions of the model were not permitted")


def _complaint(event: Json) -> str:
    errors = event.get("errors")
    listed = errors if isinstance(errors, list) else []  # pyright: ignore[reportUnknownVariableType]
    words = [item for item in listed if isinstance(item, str)]  # pyright: ignore[reportUnknownVariableType]
    subtype = text_in(event, "subtype").replace("_", " ")
    return text_in(event, "result") or "; ".join(words) or subtype


def _usage(event: Json) -> Usage:
    fresh, cached, written, output = _counts(event)
    cost = event.get("total_cost_usd")
    return Usage(
        None if fresh is None else fresh + (cached or 0) + (written or 0),
        output,
        cached,
        cost_usd=float(cost) if isinstance(cost, int | float) else None,
    )


def _counts(event: Json) -> tuple[int | None, ...]:
    """Tokens that were read, read from the cache, written to it, and generated."""
    models = object_in(event, "modelUsage")
    if not models:
        told = object_in(event, "usage")
        return tuple(count_in(told, key) for key in _USAGE)

    # `usage` leaves out sub-agents, and answers that were repeated without streaming.
    each = [object_in(models, name) for name in models]
    return tuple(sum(count_in(one, key) or 0 for one in each) for key in _MODEL_USAGE)
