"""Every way a server can behave, and what the backend makes of it."""

import json
from dataclasses import dataclass

import pytest

from mux_tui.core.config.settings import Limits
from tests.core.backends.chatting import hear_mode
from tests.upstream import MODES, Options
from tests.upstream.modes.good import UNICODE
from tests.upstream.modes.streams import HALVES

TEXT = Options().text
TAIL = TEXT + "tail"
CALL = '<tool_call>{"name": "bash", "arguments": {"command": "echo hi"}}</tool_call>'


@dataclass(frozen=True)
class Answered:
    """A completion, and what is in it."""

    text: str = TEXT
    finish: str = "stop"
    reasoning: str = ""
    note: str = ""
    """A part of the only note; empty: there is none."""


@dataclass(frozen=True)
class Failed:
    """A fault, and a part of its message."""

    fault: str
    words: str = ""


def called(arguments: object, name: str = "bash") -> str:
    """A tool call as the text it becomes."""
    call = json.dumps({"name": name, "arguments": arguments})
    return f"<tool_call>{call}</tool_call>"


def tools(text: str = CALL, finish: str = "tool_calls", name: str = "bash") -> Answered:
    """An answer that called a tool."""
    return Answered(text, finish, note=f"called a tool that was not offered: {name}")


SKIPPED = Answered(TAIL, note="skipped 1 unreadable stream events")
CUT = Failed("cut", "the local server closed the stream after 8 tokens")
CUT_AT_ONCE = Failed("cut", "closed the stream after 0 tokens")

GOOD = {
    "ok": Answered(),
    "ok-tool": tools(),
    "ok-xml-tool": Answered(f"I will look.\n<tool_call>\n{CALL[11:-12]}\n</tool_call>"),
    "ok-empty": Answered(""),
    "ok-length": Answered(finish="length"),
    "ok-reasoning": Answered(reasoning="thinking"),
    "ok-think-tags": Answered(reasoning="thinking"),
    "ok-logprobs": Answered(),
    "ok-unicode": Answered(UNICODE),
}
SSE = {
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
}
ENDS = {
    "end-no-done": Answered(),
    "end-text-and-finish": Answered(TEXT + " LAST"),
    "end-double-done": Answered(),
    "end-data-after-done": Answered(),
    "end-finish-null": Answered(finish="unknown"),
    "end-finish-unknown": Answered(finish="unknown"),
    "end-finish-early": Answered(TEXT + " LATE"),
}
CUTS = {
    "cut-before-headers": CUT_AT_ONCE,
    "cut-after-headers": CUT_AT_ONCE,
    "cut-mid-event": CUT,
    "cut-between-events": CUT,
    "cut-clean-framing": CUT,
    "cut-mid-utf8": CUT,
    "cut-mid-tool": Failed("cut", "after 1 tokens"),
    "cut-after-finish": Answered(note="did not end the stream properly"),
    "rst-mid": CUT,
    "rst-first": CUT_AT_ONCE,
    "cut-length": CUT_AT_ONCE,
}
PAUSES = {
    "hang-before-headers": Failed("stalled", "no token from http://127.0.0.1:"),
    "hang-after-headers": Failed("stalled", "within 0.3 s"),
    "hang-mid": Failed("stalled", "fell silent after 8 tokens for 0.5 s"),
    "hang-after-finish": Answered(note="did not end the stream properly"),
    "hang-comments": Failed("stalled", "within 0.3 s"),
    "flood-comments": Failed("stalled", "within 0.3 s"),
    "slow-drip": Answered(),
    "no-read": Failed("stalled", "within 0.3 s"),
}
STATUSES = {
    "http-400": Failed("http_error", "status 400: upstream says 400"),
    "http-401": Failed("not_logged_in", "upstream says 401"),
    "http-403": Failed("not_logged_in", "upstream says 403"),
    "http-404": Failed("http_error", "upstream says 404"),
    "http-404-mlx": Failed("http_error", "Repo id must be in the form"),
    "http-413": Failed("context_too_large"),
    "http-400-ctx": Failed("context_too_large", "(99999 tokens, the model holds 8192)"),
    "http-429": Failed("rate_limit", "upstream says 429"),
    "http-429-date": Failed("rate_limit"),
    "http-429-huge": Failed("rate_limit"),
    "http-429-junk": Failed("rate_limit"),
    "http-500-empty": Failed("http_error", "answers with status 500"),
    "http-500-text": Failed("http_error", "RuntimeError: [metal::malloc] Resource"),
    "http-500-html": Failed("http_error", "a web page"),
    "http-503-loading": Failed("http_error", "Loading model"),
    "http-200-error": Failed("backend_error", "model not loaded"),
    "http-200-html": Failed("bad_response", "it sends a web page"),
    "http-204": Failed("bad_response", "an empty answer with status 204"),
    "http-302": Failed("http_error", "redirects are not followed"),
    "http-103": Answered(),
    "stream-error": Failed("backend_error", "[metal::malloc] Resource limit exceeded"),
    "stream-error-event": Failed("backend_error", "boom"),
} | {
    f"http-{status}": Failed("http_error", f"upstream says {status}")
    for status in (408, 422, 500, 502, 503, 504, 529)
}
GARBAGE = {
    "json-garbage": SKIPPED,
    "json-garbage-often": Failed("bad_response", "3 unreadable stream events in a row"),
    "json-truncated": SKIPPED,
    "json-array": SKIPPED,
    "json-null": SKIPPED,
    "json-number": SKIPPED,
    "json-string": SKIPPED,
    "json-nan": Answered(TEXT + "ntail"),
    "json-deep": SKIPPED,
    "json-bigint": SKIPPED,
    "json-latin1": SKIPPED,
    "json-raw-nul": SKIPPED,
    "json-nul": Answered(TEXT + "a\0btail"),
    "json-empty-data": SKIPPED,
}
SHAPES = {
    "choices-empty": Answered(TAIL),
    "choices-missing": Answered(TAIL),
    "choices-null": Answered(TAIL),
    "choices-junk": Answered(TAIL),
    "delta-null": Answered(TAIL),
    "content-null": Answered(TAIL),
    "content-list": Answered(TEXT + "parttail"),
    "content-number": Answered(TAIL),
    "usage-null": Answered(TEXT + "utail"),
    "usage-junk": Answered(TEXT + "utail"),
    "usage-missing": Answered(),
    "multi-choice": Answered(),
}
SIZES = {
    "big-event": Answered("x" * 300_000),
    "many-events": Answered("y" * 5000),
    "big-header": Failed("bad_response"),
    "gzip-ok": Answered(),
    "gzip-bomb": Failed("bad_response", "larger than"),
    "gzip-lie": Failed("bad_response", "its gzip is broken"),
    "brotli-lie": Failed("bad_response", "compressed as br"),
    "bad-status-line": Failed("bad_response"),
    "plain-text": Failed("bad_response", "not a stream of events"),
}
TOOLS = {
    "tool-split-escape": tools(
        called({"command": 'echo "q\\n\u00e9\U0001f600" > /dev/null'})
    ),
    "tool-truncated": tools(called('{"command": "echo hi')),
    "tool-notjson": tools(called("ls -la /tmp")),
    "tool-empty-args": tools(called("")),
    "tool-args-object": tools(),
    "tool-index-gap": tools(f"{CALL}\n{CALL}"),
    "tool-interleaved": tools(f"{CALL}\n{CALL}"),
    "tool-no-id": tools(),
    "tool-same-id": tools(f"{CALL}\n{CALL}"),
    "tool-unknown": tools(called({"x": 1}, "no_such_tool_zz"), name="no_such_tool_zz"),
    "tool-wrong-finish": tools(finish="stop"),
    "tool-many": tools("\n".join([CALL] * 64)),
    "tool-name-split": tools(),
    "tool-lost": Failed("empty_output", "it took the text for a tool call"),
    "xml-split": Answered(f"ok {CALL}"),
    "xml-unclosed": Answered(
        'ok <tool_call>{"name": "bash", "arguments": {"command": "ls', "length"
    ),
    "xml-bad-json": Answered("<tool_call>{'name': bash, }</tool_call> after"),
    "xml-in-fence": Answered(
        "Example:\n```\n" + CALL.replace("echo hi", "rm -rf /") + "\n```\nDone."
    ),
}
EXPECTED: dict[str, Answered | Failed] = {
    **GOOD,
    **SSE,
    **ENDS,
    **CUTS,
    **PAUSES,
    **STATUSES,
    **GARBAGE,
    **SHAPES,
    **SIZES,
    **TOOLS,
}
TOLD_ELSEWHERE = {"die", "endless", "stall-resume"}
"""Modes with tests of their own."""

HASTY = {
    **dict.fromkeys(PAUSES, {"first_token_timeout": 0.3}),
    **dict.fromkeys(("hang-mid", "hang-after-finish"), {"stall_timeout": 0.5}),
    "slow-drip": {},
}
"""Short limits where the answer never goes on; a busy machine is given its time."""


@pytest.mark.parametrize("framing", ["chunked", "eof"])
@pytest.mark.parametrize("mode", EXPECTED)
async def test_each_mode_ends_as_it_should(mode: str, framing: str) -> None:
    """The text is whole to the byte, or there is one fault and no completion."""
    limits = Limits(answer_bytes=1_000_000)
    heard, _ = await hear_mode(mode, limits, HASTY.get(mode), framing=framing)

    match EXPECTED[mode]:
        case Failed(fault, words):
            assert heard.fault == fault
            assert words in str(heard.error)
            assert len(str(heard.error)) < 600
        case Answered(text, finish, reasoning, note):
            completion = heard.completion
            assert (completion.text, completion.reasoning) == (text, reasoning)
            assert (heard.text, heard.reasoning) == (text, reasoning)
            assert completion.finish_reason == finish
            assert len(completion.notes) == bool(note)
            assert note in "".join(completion.notes)


def test_the_table_names_every_mode() -> None:
    texts = {mode.name for mode in MODES.values() if mode.group == "text"}

    assert set(EXPECTED) | TOLD_ELSEWHERE == set(MODES) - texts
    assert not set(EXPECTED) & TOLD_ELSEWHERE


@pytest.mark.parametrize(
    "mode", [mode.name for mode in MODES.values() if mode.group == "text"]
)
async def test_hostile_text_arrives_as_it_was_sent(mode: str) -> None:
    """The backend judges no text; what shows it makes it safe."""
    heard, server = await hear_mode(mode)

    assert heard.completion.text == heard.text
    assert len(heard.text) > 1
    assert server.last.ended == "complete"
