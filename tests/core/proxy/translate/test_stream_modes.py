"""Every way a server can answer, and what a client sees of it."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.core.proxy.translate import answering
from tests.upstream import MODES, Options
from tests.upstream.modes.good import UNICODE
from tests.upstream.modes.streams import HALVES
from tests.upstream.modes.texts import MARKUP, TERMINAL

TEXT = Options().text
TAIL = TEXT + "tail"
NO_ANSWER = "(The local model gave no answer.)"
LOST_CALL = "(The local model called a tool, but its call could not be read.)"
UNREAD = "(A tool call could not be read:)\n"


@dataclass(frozen=True)
class Shown:
    """What the client sees."""

    text: str = TEXT
    reason: str = "end_turn"
    thinking: str = ""
    calls: list[tuple[str, Any]] = field(default_factory=list[tuple[str, Any]])


def called(*inputs: dict[str, Any], text: str = "", name: str = "bash") -> Shown:
    """Calls of one tool."""
    return Shown(text, "tool_use", calls=[(name, given) for given in inputs])


HI = {"command": "echo hi"}
FENCED = (
    'Example:\n```\n<tool_call>{"name": "bash", "arguments": '
    '{"command": "rm -rf /"}}</tool_call>\n```\nDone.'
)

GOOD = {
    "ok": Shown(),
    "ok-tool": called(HI),
    "ok-xml-tool": called(HI, text="I will look.\n"),
    "ok-empty": Shown(NO_ANSWER),
    "ok-length": Shown(reason="max_tokens"),
    "ok-reasoning": Shown(thinking="thinking"),
    "ok-think-tags": Shown(thinking="thinking"),
    "ok-logprobs": Shown(),
    "ok-unicode": Shown(UNICODE),
}
STREAMS = dict.fromkeys(
    (mode.name for mode in MODES.values() if mode.group == "sse"), Shown()
) | {"sse-half-utf8": Shown(HALVES), "sse-half-surrogates": Shown("a\U0001f600b")}
ENDS = dict.fromkeys(
    (mode.name for mode in MODES.values() if mode.group == "end"), Shown()
)
ENDS_STREAMED = ENDS | {
    "end-text-and-finish": Shown(f"{TEXT} LAST"),
    "end-finish-early": Shown(f"{TEXT} LATE"),
}
SHAPES = {
    "choices-empty": Shown(TAIL),
    "choices-missing": Shown(TAIL),
    "choices-null": Shown(TAIL),
    "choices-junk": Shown(TAIL),
    "delta-null": Shown(TAIL),
    "content-null": Shown(TAIL),
    "content-list": Shown(f"{TEXT}parttail"),
    "content-number": Shown(TAIL),
    "usage-null": Shown(f"{TEXT}utail"),
    "usage-junk": Shown(f"{TEXT}utail"),
    "usage-missing": Shown(),
    "multi-choice": Shown(),
}
TOOLS = {
    "tool-split-escape": called({"command": 'echo "q\\n\u00e9\U0001f600" > /dev/null'}),
    "tool-truncated": Shown(f'{UNREAD}bash {{"command": "echo hi'),
    "tool-notjson": Shown(f"{UNREAD}bash ls -la /tmp"),
    "tool-empty-args": called({}),
    "tool-args-object": called(HI),
    "tool-index-gap": called(HI, HI),
    "tool-interleaved": called(HI, HI),
    "tool-no-id": called(HI),
    "tool-same-id": called(HI, HI),
    "tool-unknown": called({"x": 1}, name="no_such_tool_zz"),
    "tool-wrong-finish": called(HI),
    "tool-many": called(*[HI] * 64),
    "tool-name-split": called(HI),
    "tool-lost": Shown(LOST_CALL),
    "xml-split": called(HI, text="ok "),
    "xml-unclosed": Shown(
        'ok <tool_call>{"name": "bash", "arguments": {"command": "ls', "max_tokens"
    ),
    "xml-bad-json": Shown("<tool_call>{'name': bash, }</tool_call> after"),
    "xml-in-fence": Shown(FENCED),
}
TEXTS = {
    "text-ansi": Shown(TERMINAL),
    "text-markup": Shown(MARKUP),
}
CUTS = [
    *("cut-mid-event", "cut-between-events", "cut-clean-framing", "cut-mid-utf8"),
    *("cut-mid-tool", "rst-mid", "cut-after-headers"),
]


def assert_shown(seen: answering.Seen, expected: Shown) -> None:
    assert seen.failure is None
    assert seen.text == expected.text
    assert seen.thinking == expected.thinking
    assert seen.calls == expected.calls
    assert seen.stop_reason == expected.reason
    assert seen.counts.output > 0 or expected.text == NO_ANSWER
    assert seen.counts.input > 0


STREAMED = GOOD | STREAMS | ENDS_STREAMED | SHAPES | TOOLS | TEXTS


@pytest.mark.parametrize("mode", STREAMED)
async def test_a_streamed_answer_is_shown(mode: str) -> None:
    assert_shown(await answering.seen_mode(mode), STREAMED[mode])


WHOLE = GOOD | ENDS | TOOLS | TEXTS


@pytest.mark.parametrize("mode", WHOLE)
async def test_an_answer_in_one_document_is_shown_the_same(mode: str) -> None:
    assert_shown(await answering.seen_mode(mode, stream=False), WHOLE[mode])


def test_the_tables_know_every_mode() -> None:
    groups = ("good", "sse", "end", "shape", "tool")

    assert set(STREAMED) >= {m.name for m in MODES.values() if m.group in groups}


@pytest.mark.parametrize("mode", CUTS)
async def test_a_cut_answer_is_never_completed(mode: str) -> None:
    seen = await answering.seen_mode(mode)

    assert seen.failure
    assert seen.stop_reason is None
    assert seen.calls == []


async def test_the_server_s_counts_are_passed_on() -> None:
    seen = await answering.seen_mode("ok-logprobs")

    assert seen.counts == answering.Counts(input=6, cache_read=5, output=7)
