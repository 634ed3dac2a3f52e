"""Every way a model server can behave, and what the client of the proxy sees.

Streamed, a fault that comes before the model has said anything is a status; later it
is the last event of the stream. Whole, it always is a status. No fault ever looks like
the end of an answer.
"""

from dataclasses import dataclass
from typing import Any

import pytest

from mux_tui.core.proxy.delivery import Pace
from tests.core.proxy.asking import BASH, Heard, service_at
from tests.upstream import MODES, Options, upstream
from tests.upstream.modes.good import UNICODE
from tests.upstream.modes.streams import HALVES

TEXT = Options().text
TAIL = TEXT + "tail"
HALF = TEXT[:22]
ECHO = ("bash", {"command": "echo hi"})


@dataclass(frozen=True)
class Answered:
    """An answer, and all that is in it."""

    text: str = TEXT
    calls: tuple[tuple[str, object], ...] = ()
    stop: str = "end_turn"
    thinking: str = ""


@dataclass(frozen=True)
class Refused:
    """A fault before the first word: a status in both ways of asking."""

    status: int
    type: str = "api_error"
    words: str = ""
    retry: str = "false"
    """`x-should-retry`; empty: not said."""

    after: str = ""
    """`retry-after`; empty: not said."""


@dataclass(frozen=True)
class Broken:
    """A fault after the first word: an event, or a status for a whole answer."""

    status: int = 502
    type: str = "api_error"
    words: str = ""
    text: str = HALF


def called(*calls: tuple[str, object], text: str = "") -> Answered:
    """An answer that calls tools."""
    return Answered(text, calls, "tool_use")


CUT = Broken(words="the local server closed the stream after 8 tokens")
CUT_AT_ONCE = Refused(502, words="closed the stream after 0 tokens")
BUSY = Refused(429, "rate_limit_error", "is busy")
WRONG = Refused(502, words="does not answer as a Chat Completions server")
SILENT = Refused(504, "timeout_error", "no token from")
FELL_SILENT = Broken(504, "timeout_error", "fell silent after 8 tokens")

EXPECTED: dict[str, Answered | Refused | Broken] = {
    "ok": Answered(),
    "ok-tool": called(ECHO),
    "ok-xml-tool": called(ECHO, text="I will look.\n"),
    "ok-empty": Answered("(The local model gave no answer.)"),
    "ok-length": Answered(stop="max_tokens"),
    "ok-reasoning": Answered(thinking="thinking"),
    "ok-think-tags": Answered(thinking="thinking"),
    "ok-logprobs": Answered(),
    "ok-unicode": Answered(UNICODE),
    "sse-crlf": Answered(),
    "sse-cr": Answered(),
    "sse-nospace": Answered(),
    "sse-comments": Answered(),
    "sse-fields": Answered(),
    "sse-dribble": Answered(),
    "sse-half-utf8": Answered(HALVES),
    "sse-half-surrogates": Answered("a\U0001f600b"),
    "sse-one-write": Answered(),
    "sse-no-last-blank": Answered(),
    "sse-wrong-type": Answered(),
    "sse-html-type": Answered(),
    "sse-bom": Answered(),
    "sse-big-comment": Answered(),
    "stream-ignored": Answered(),
    "stream-unasked": Answered(),
    "end-no-done": Answered(),
    "end-text-and-finish": Answered(TEXT + " LAST"),
    "end-double-done": Answered(),
    "end-data-after-done": Answered(),
    "end-finish-null": Answered(),
    "end-finish-unknown": Answered(),
    "end-finish-early": Answered(TEXT + " LATE"),
    "cut-before-headers": CUT_AT_ONCE,
    "cut-after-headers": CUT_AT_ONCE,
    "cut-mid-event": CUT,
    "cut-between-events": CUT,
    "cut-clean-framing": CUT,
    "cut-mid-utf8": CUT,
    "cut-mid-tool": Refused(502, words="closed the stream after 1 tokens"),
    "cut-after-finish": Answered(),
    "rst-mid": CUT,
    "rst-first": CUT_AT_ONCE,
    "cut-length": CUT_AT_ONCE,
    "hang-before-headers": SILENT,
    "hang-after-headers": SILENT,
    "hang-mid": FELL_SILENT,
    "hang-after-finish": Answered(),
    "hang-comments": SILENT,
    "flood-comments": SILENT,
    "slow-drip": Answered(),
    "http-400": Refused(400, "invalid_request_error", "upstream says 400"),
    "http-401": Refused(502, words="api_key_env"),
    "http-403": Refused(502, words="api_key_env"),
    "http-404": Refused(502),
    "http-408": Refused(504, "timeout_error"),
    "http-413": Refused(400, "invalid_request_error", "prompt is too long: "),
    "http-422": Refused(400, "invalid_request_error"),
    "http-500": Refused(502),
    "http-502": Refused(502),
    "http-503": Refused(503, "overloaded_error", "", "", "5"),
    "http-504": Refused(504, "timeout_error"),
    "http-529": Refused(529, "overloaded_error", "", ""),
    "http-429": Refused(429, "rate_limit_error", "is busy", "", "2"),
    "http-429-date": BUSY,
    "http-429-huge": BUSY,
    "http-429-junk": BUSY,
    "http-500-empty": Refused(502),
    "http-500-text": Refused(502, words="Resource limit (499000) exceeded."),
    "http-500-html": Refused(502, words="a web page"),
    "http-503-loading": Refused(503, "overloaded_error", "Loading model", "", "5"),
    "http-404-mlx": Refused(502, words="Repo id must be in the form"),
    "http-400-ctx": Refused(
        400,
        "invalid_request_error",
        "prompt is too long: 99999 tokens > 8192 maximum",
    ),
    "http-200-error": Refused(502, words="model not loaded"),
    "http-200-html": Refused(502, words="it sends a web page"),
    "http-204": Refused(502, words="status 204"),
    "http-302": Refused(502, words="redirects are not followed"),
    "http-103": Answered(),
    "stream-error": Broken(words="Resource limit exceeded", text=TEXT),
    "stream-error-event": Broken(words="boom", text=TEXT),
    "json-garbage": Answered(TAIL),
    "json-garbage-often": Broken(words="3 unreadable stream events", text=TEXT),
    "json-truncated": Answered(TAIL),
    "json-array": Answered(TAIL),
    "json-null": Answered(TAIL),
    "json-number": Answered(TAIL),
    "json-string": Answered(TAIL),
    "json-nan": Answered(f"{TEXT}ntail"),
    "json-deep": Answered(TAIL),
    "json-bigint": Answered(TAIL),
    "json-latin1": Answered(TAIL),
    "json-raw-nul": Answered(TAIL),
    "json-nul": Answered(f"{TEXT}a\0btail"),
    "json-empty-data": Answered(TAIL),
    "choices-empty": Answered(TAIL),
    "choices-missing": Answered(TAIL),
    "choices-null": Answered(TAIL),
    "choices-junk": Answered(TAIL),
    "delta-null": Answered(TAIL),
    "content-null": Answered(TAIL),
    "content-list": Answered(f"{TEXT}parttail"),
    "content-number": Answered(TAIL),
    "usage-null": Answered(f"{TEXT}utail"),
    "usage-junk": Answered(f"{TEXT}utail"),
    "usage-missing": Answered(),
    "multi-choice": Answered(),
    "big-event": Answered("x" * 300_000),
    "many-events": Answered("y" * 5000),
    "big-header": WRONG,
    "gzip-ok": Answered(),
    "gzip-bomb": Refused(502, words="larger than"),
    "gzip-lie": Refused(502, words="its gzip is broken"),
    "brotli-lie": Refused(502, words="compressed as br"),
    "bad-status-line": WRONG,
    "plain-text": Refused(502, words="not a stream of events"),
    "tool-split-escape": called(
        ("bash", {"command": 'echo "q\\n\u00e9\U0001f600" > /dev/null'})
    ),
    "tool-empty-args": called(("bash", {})),
    "tool-args-object": called(ECHO),
    "tool-index-gap": called(ECHO, ECHO),
    "tool-interleaved": called(ECHO, ECHO),
    "tool-no-id": called(ECHO),
    "tool-same-id": called(ECHO, ECHO),
    "tool-unknown": called(("no_such_tool_zz", {"x": 1})),
    "tool-wrong-finish": called(ECHO),
    "tool-many": called(*[ECHO] * 64),
    "tool-name-split": called(ECHO),
    "xml-split": called(ECHO, text="ok "),
    "xml-unclosed": Answered(
        'ok <tool_call>{"name": "bash", "arguments": {"command": "ls', (), "max_tokens"
    ),
    "xml-in-fence": Answered(
        'Example:\n```\n<tool_call>{"name": "bash", "arguments": '
        '{"command": "rm -rf /"}}</tool_call>\n```\nDone.'
    ),
}
NO_USE: set[str] = {"tool-truncated", "tool-notjson", "tool-lost", "xml-bad-json"}
"""Calls that cannot be mended: the model is asked once more, and says the same."""

TOLD_ELSEWHERE = {"die", "endless", "stall-resume", "no-read"}
"""Modes with tests of their own; `no-read` does not even list its models."""

NO_TOKEN = (
    "hang-before-headers",
    "hang-after-headers",
    "hang-comments",
    "flood-comments",
)
HASTY: dict[str, dict[str, Any]] = {
    **dict.fromkeys(NO_TOKEN, {"first_token_timeout": 0.3}),
    **dict.fromkeys(("hang-mid", "hang-after-finish"), {"stall_timeout": 0.5}),
}
"""Short limits where the answer never goes on; a busy machine is given its time."""


async def asked(mode: str, *, stream: bool, framing: str) -> tuple[Heard, str]:
    """What the client gets, and how the request ended for the record."""
    limits = HASTY.get(mode, {})
    async with upstream(mode, framing=framing) as server:
        # However slow the machine is, the status is held back until the fault.
        pace = Pace(grace=60)
        async with service_at(server.base_url, pace=pace, **limits) as served:
            heard = await served.ask(stream=stream, tools=[BASH])
            exchange = await served.ended()
    assert exchange.streamed == stream
    return heard, exchange.status


@pytest.mark.parametrize("framing", ["chunked", "eof"])
@pytest.mark.parametrize("mode", EXPECTED)
async def test_each_mode_streamed(mode: str, framing: str) -> None:
    """The answer is whole and follows the grammar, or it is one fault."""
    heard, status = await asked(mode, stream=True, framing=framing)

    match EXPECTED[mode]:
        case Answered(text, calls, stop, thinking):
            seen = heard.seen
            assert (seen.text, tuple(seen.calls)) == (text, calls)
            assert (seen.stop_reason, seen.thinking) == (stop, thinking)
            assert seen.failure is None
            assert status == "done"
        case Refused() as refused:
            check_refusal(heard, refused)
            assert status == "failed"
        case Broken(code, type, words) if heard.status != 200:
            # Words and fault came at once: nothing had been told yet.
            check_refusal(heard, Refused(code, type, words))
            assert status == "failed"
        case Broken(_, type, words, text):
            seen = heard.seen
            assert seen.failure
            assert seen.failure.type == type
            assert words in seen.failure.message
            assert len(seen.failure.message) <= 300
            assert seen.text == text
            assert seen.stop_reason is None
            assert status == "failed"


@pytest.mark.parametrize("mode", EXPECTED)
async def test_each_mode_whole(mode: str) -> None:
    """The same answer in one piece, or a status."""
    heard, status = await asked(mode, stream=False, framing="chunked")

    match EXPECTED[mode]:
        case Answered(text, calls, stop, thinking):
            message = heard.document
            blocks = message["content"]
            assert joined(blocks, "text") == text
            assert joined(blocks, "thinking") == thinking
            uses = [b for b in blocks if b["type"] == "tool_use"]
            assert tuple((b["name"], b["input"]) for b in uses) == calls
            assert len({b["id"] for b in uses}) == len(uses)
            assert message["stop_reason"] == stop
            assert status == "done"
        case Refused() as refused:
            check_refusal(heard, refused)
            assert status == "failed"
        case Broken(code, type, words):
            check_refusal(heard, Refused(code, type, words))
            assert status == "failed"


def joined(blocks: list[dict[str, str]], kind: str) -> str:
    """The texts of the blocks of one kind."""
    return "".join(block[kind] for block in blocks if block["type"] == kind)


def check_refusal(heard: Heard, expected: Refused) -> None:
    """The status is right, and says in one line what to do."""
    headers = heard.reply.headers
    assert heard.status == expected.status
    assert heard.error["type"] == expected.type
    message = heard.error["message"]
    assert expected.words in message
    assert len(message) <= 300
    assert "\n" not in message
    assert "Traceback" not in message
    assert "/Users/" not in message
    assert headers.get("x-should-retry", "") == expected.retry
    assert headers.get("retry-after", "") == expected.after


def test_the_table_names_every_mode() -> None:
    texts = {mode.name for mode in MODES.values() if mode.group == "text"}

    assert set(EXPECTED) | NO_USE | TOLD_ELSEWHERE == set(MODES) - texts
