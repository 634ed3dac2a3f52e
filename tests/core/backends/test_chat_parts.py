"""The parts of the local backend that need no server."""

import json
import ssl

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mux_tui.core.backends.chat_answer import Answer
from mux_tui.core.backends.chat_endpoint import Endpoint, make_client, shown_url
from mux_tui.core.backends.chat_faults import from_status, is_overflow, server_words
from mux_tui.core.backends.chat_reader import AnswerReader
from mux_tui.core.events import BackendEvent, ReasoningDelta, TextDelta
from mux_tui.core.wire.openai import ServerFault

ENDPOINT = Endpoint("http://127.0.0.1:1/v1")


@pytest.mark.parametrize(
    "message",
    [
        "This model's maximum context length is 8192 tokens. You requested 9000",
        "the request exceeds the available context size",
        "Requested tokens (5000) exceed context window of 2048",
        "The decoder prompt (length 50) is longer than the maximum model length of 40",
        "Prompt too long: 5152 tokens exceeds max_seq_len 2048",
        "prompt is too long: 200001 tokens > 200000 maximum",
        "the input length exceeds the context length",
        "model is loaded with context length of only 4096 tokens, which is not enough",
        "Input length (265330) exceeds model's maximum context length (262144).",
        "`inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000",
        "input length and `max_tokens` exceed context limit: 199759 + 8192 > 200000",
        "Please reduce the length of the messages or completion.",
        "tokens to keep from the initial prompt is greater than the context length",
    ],
)
def test_overflow_is_known_by_any_wording(message: str) -> None:
    fault = ServerFault(message)

    assert is_overflow(fault)
    assert from_status(400, fault, ENDPOINT).fault == "context_too_large"


@pytest.mark.parametrize(
    "fault",
    [
        ServerFault("", "invalid_request_error context_length_exceeded"),
        ServerFault("", "exceed_context_size_error 400"),
        ServerFault("no", "", 9, 4),
    ],
)
def test_overflow_is_known_by_its_code(fault: ServerFault) -> None:
    assert is_overflow(fault)


@pytest.mark.parametrize(
    "message",
    [
        "max_tokens must be positive",
        "model not found",
        "Too many tokens, please wait before trying again",
        "rate limit: too many tokens per minute",
        "",
    ],
)
def test_other_refusals_are_no_overflow(message: str) -> None:
    assert from_status(400, ServerFault(message), ENDPOINT).fault == "http_error"


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("plain", "plain"),
        ("one\ntwo", "one"),
        ("\n\n one \ntwo", "one"),
        (
            "cannot load /Users/me/models/x and /home/you/y",
            "cannot load ~/models/x and ~/y",
        ),
        ("no /root/x", "no ~/x"),
        ("/rooted is fine", "/rooted is fine"),
        ("C:\\Users\\me\\x", "~\\x"),
        (
            "Traceback (most recent call last):\n  File x\nKeyError: 'a'",
            "KeyError: 'a'",
        ),
        ("failed: Traceback (most recent call last):\n  File x", "failed"),
        ("bell\x07 \x1b[2J", "bell\u2407 \u241b[2J"),
        ("", ""),
    ],
)
def test_a_servers_message_is_one_harmless_line(message: str, words: str) -> None:
    assert server_words(message) == words


def test_a_servers_message_is_at_most_300_characters() -> None:
    assert len(server_words("x" * 5000)) == 300


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://user:secret@host:1/v1", "http://host:1/v1"),
        ("http://a@b@host/v1?key=secret#x", "http://host/v1"),
        ("http://host/\x1b[2J", "http://host/\u241b[2J"),
        ("http://[::1", "an address that cannot be read"),
    ],
)
def test_a_shown_url_holds_no_secret(url: str, shown: str) -> None:
    assert shown_url(url) == shown


def test_an_endpoints_key_is_not_in_its_repr() -> None:
    assert "secret" not in repr(Endpoint("http://h/v1", api_key="secret"))


@pytest.mark.parametrize(
    ("urls", "certificates"),
    [
        (("http://127.0.0.1:1/v1",), False),
        (("http://localhost:1/v1", "http://[::1]:2"), False),
        (("http://127.0.0.1:1/v1", "https://host/v1"), True),
        (("http://127.0.0.1.evil.test/v1",), True),
        (("https://127.0.0.1/v1",), True),
        ((), True),
    ],
)
async def test_certificates_are_left_out_only_where_none_is_needed(
    urls: tuple[str, ...], certificates: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without them no TLS server is trusted, rather than every one."""
    contexts: list[ssl.SSLContext | bool] = []
    make = httpx.AsyncClient.__init__

    def noting(self: httpx.AsyncClient, **options: object) -> None:
        contexts.append(options["verify"])  # pyright: ignore[reportArgumentType]
        make(self, **options)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(httpx.AsyncClient, "__init__", noting)
    await make_client(*urls).aclose()

    [verify] = contexts
    assert (verify is True) == certificates
    if isinstance(verify, ssl.SSLContext):
        assert verify.verify_mode == ssl.CERT_REQUIRED
        assert verify.get_ca_certs() == []


def said(*pieces: bytes) -> tuple[str, str, tuple[str, ...], str]:
    """Text, reasoning, notes and finish of a body that comes in these pieces."""
    answer = Answer(10_000)
    reader = AnswerReader(ENDPOINT, answer, 100_000)
    events: list[BackendEvent] = []
    for piece in pieces:
        events += reader.feed(piece)
    events += reader.end()
    completion = answer.completion(None, 0.0)
    text = "".join(e.text for e in events if isinstance(e, TextDelta))
    thought = "".join(e.text for e in events if isinstance(e, ReasoningDelta))
    assert (completion.text, completion.reasoning) == (text, thought)
    return text, thought, completion.notes, completion.finish_reason


def chunk(content: str, finish: str | None = None) -> str:
    choice = {"index": 0, "delta": {"content": content}, "finish_reason": finish}
    return "data: " + json.dumps({"choices": [choice]}, ensure_ascii=False) + "\n\n"


STREAM = "".join(
    [
        ": keepalive 1/2\n\n",
        chunk("<think>hm"),
        chunk(" \u4f60</think>\n\nna\u00efve "),
        "data: broken\n\n",
        chunk("\U0001f600", "stop"),
        "data: [DONE]\n\n",
    ]
).encode()
DOCUMENT = json.dumps(
    {"choices": [{"message": {"content": "a\u4f60"}, "finish_reason": "length"}]}
).encode()


@given(st.lists(st.integers(0, max(len(STREAM), len(DOCUMENT))), max_size=10))
def test_any_split_of_a_body_gives_the_same_answer(places: list[int]) -> None:
    for body, expected in (
        (STREAM, ("na\u00efve \U0001f600", "hm \u4f60", "stop")),
        (b"\r\n " + DOCUMENT, ("a\u4f60", "", "length")),
    ):
        edges = [0, *sorted(places), len(body)]
        pieces = [body[a:b] for a, b in zip(edges, edges[1:], strict=False)]
        text, reasoning, notes, finish = said(*pieces)
        assert (text, reasoning, finish) == expected
        assert len(notes) == (body is STREAM)


def test_one_byte_at_a_time_gives_the_same_answer() -> None:
    assert said(*(STREAM[i : i + 1] for i in range(len(STREAM)))) == said(STREAM)
