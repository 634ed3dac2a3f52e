"""The small parts behind the service, each for itself."""

import json
from pathlib import Path

import pytest

from mux_tui.core.errors import BackendError, ServerError
from mux_tui.core.events import ExchangePrefilled, ProxyEvent
from mux_tui.core.exchange import Exchange
from mux_tui.core.proxy.after import lost_tokens, tokens_of
from mux_tui.core.proxy.circuit import Circuit
from mux_tui.core.proxy.count import Counted, TokenCounter, prompt_pieces
from mux_tui.core.proxy.exchange_log import ExchangeLog
from mux_tui.core.proxy.feed import Feed
from mux_tui.core.proxy.fitting import fitted
from mux_tui.core.proxy.places import Places
from mux_tui.core.proxy.session_traits import SessionTraits
from mux_tui.core.proxy.translate.facts import ChatRequest, ModelTraits
from mux_tui.core.proxy.trouble import from_error
from mux_tui.core.wire.anthropic_events import Counts
from mux_tui.core.wire.openai import TokenCounts


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class TestCircuit:
    def test_four_failures_in_a_row_change_nothing(self) -> None:
        circuit = Circuit(Clock())
        for _ in range(4):
            circuit.failed("x")
        circuit.succeeded()
        for _ in range(4):
            circuit.failed("x")

        assert circuit.rest() == 0
        assert circuit.state == "closed"

    def test_five_failures_open_it_for_thirty_seconds(self) -> None:
        clock = Clock()
        circuit = Circuit(clock)
        for _ in range(5):
            circuit.failed("it died")

        assert (circuit.rest(), circuit.state) == (30, "open")
        assert circuit.why == "it died"
        clock.now += 29
        assert circuit.rest() == 1

    def test_after_the_rest_one_request_alone_may_try(self) -> None:
        clock = Clock()
        circuit = Circuit(clock)
        for _ in range(5):
            circuit.failed("x")
        clock.now += 30

        assert circuit.state == "half_open"
        assert circuit.rest() == 0
        assert circuit.rest() > 0
        circuit.succeeded()
        assert (circuit.rest(), circuit.state) == (0, "closed")

    def test_a_try_that_fails_opens_it_again(self) -> None:
        clock = Clock()
        circuit = Circuit(clock)
        for _ in range(5):
            circuit.failed("x")
        clock.now += 30
        assert circuit.rest() == 0
        circuit.failed("x")

        assert circuit.rest() == 30


class TestCounting:
    def test_all_that_a_model_reads_is_in_the_pieces(self) -> None:
        call = {"id": "c", "function": {"name": "bash", "arguments": '{"a": 1}'}}
        body = {
            "messages": [
                {"role": "system", "content": "be kind"},
                {"role": "user", "content": [{"type": "text", "text": "look"}, {}]},
                {"role": "assistant", "content": None, "tool_calls": [call]},
            ],
            "tools": [{"type": "function", "function": {"name": "bash"}}],
        }
        pieces = prompt_pieces(body)

        assert len(pieces) == 4
        for word in ("be kind", "look", '{\\"a\\": 1}', '"name":"bash"'):
            assert word in "".join(pieces)

    async def test_without_files_it_is_an_estimate(self) -> None:
        counter = TokenCounter(None)
        counted = await counter.count(["word " * 1000])

        assert not counted.exact
        assert 1000 < counted.tokens < 2000

    def test_estimates_follow_what_the_server_counts(self) -> None:
        counter = TokenCounter(None)
        pieces = ["x" * 10_000]
        for _ in range(20):
            counter.learn(pieces, 5004)

        assert 4900 < counter.estimate(pieces) < 5100

    def test_counts_that_cannot_be_are_not_learnt_from(self) -> None:
        counter = TokenCounter(None)
        pieces = ["x" * 10_000]
        before = counter.estimate(pieces)
        for _ in range(20):
            counter.learn(pieces, 11)

        assert counter.estimate(pieces) == before

    async def test_with_the_models_files_it_is_exact(self, tmp_path: Path) -> None:
        """What was counted once is not read again: the file may even be gone."""
        model = {"type": "WordLevel", "vocab": {"?": 0, "word": 1}, "unk_token": "?"}
        tokenizer = {"model": model, "pre_tokenizer": {"type": "Whitespace"}}
        (tmp_path / "tokenizer.json").write_text(json.dumps(tokenizer))
        counter = TokenCounter(tmp_path)
        once = await counter.count(["word " * 100])
        (tmp_path / "tokenizer.json").unlink()
        again = await counter.count(["word " * 100])

        assert once == again == Counted(105, exact=True)

    async def test_files_that_are_no_use_are_estimated(self, tmp_path: Path) -> None:
        counted = await TokenCounter(tmp_path).count(["hello"])

        assert not counted.exact


class TestFitting:
    MODEL = ModelTraits("m", "m", context_window=1000)

    @staticmethod
    def chat(words: int, max_tokens: int = 500) -> ChatRequest:
        message = {"role": "user", "content": "word " * words}
        return ChatRequest({"messages": [message], "max_tokens": max_tokens})

    async def test_a_short_prompt_is_sent_as_it_is(self) -> None:
        chat = self.chat(10)
        fit = await fitted(chat, self.MODEL, TokenCounter(None))

        assert (fit.body, fit.too_long) == (chat.body, False)

    async def test_the_answer_gets_what_is_left(self) -> None:
        fit = await fitted(self.chat(500), self.MODEL, TokenCounter(None))

        assert not fit.too_long
        assert fit.body["max_tokens"] == 1000 - fit.counted.tokens < 500

    async def test_far_beyond_the_window_is_too_long(self) -> None:
        fit = await fitted(self.chat(5000), self.MODEL, TokenCounter(None))

        assert fit.too_long

    async def test_without_a_window_everything_fits(self) -> None:
        model = ModelTraits("m", "m")
        fit = await fitted(self.chat(50_000), model, TokenCounter(None))

        assert not fit.too_long


class TestTrouble:
    @pytest.mark.parametrize(
        ("words", "said"),
        [
            ("", "prompt is too long: 900 tokens > 512 maximum"),
            (
                "This model's maximum context length is 4096 tokens. However, you "
                "requested 5000 tokens (4000 in the messages, 1000 in the completion)",
                "prompt is too long: 5000 tokens > 4096 maximum",
            ),
            (
                "the request exceeds the available context size (2048 tokens)",
                "prompt is too long: 2049 tokens > 2048 maximum",
            ),
        ],
    )
    def test_an_overflow_is_told_in_the_words_that_clients_know(
        self, words: str, said: str
    ) -> None:
        error = BackendError("context_too_large", "the prompt is too large", words)
        trouble = from_error(error, 900, 512)

        assert (trouble.status, trouble.type) == (400, "invalid_request_error")
        assert trouble.message == said

    def test_an_overflow_of_an_unknown_window_still_has_numbers(self) -> None:
        trouble = from_error(BackendError("context_too_large", "x"), 900, None)

        assert trouble.message == "prompt is too long: 900 tokens > 899 maximum"

    def test_a_server_that_cannot_be_started_is_no_reason_to_repeat(self) -> None:
        error = ServerError("cannot start", "memory\nran out", "Choose a smaller model")
        trouble = from_error(error, 1, None)

        assert (trouble.status, trouble.type) == (502, "api_error")
        said = "mux: cannot start: memory ran out. Choose a smaller model"
        assert trouble.message == said
        assert trouble.headers == {"x-should-retry": "false"}


class TestAfter:
    def test_tokens_are_the_servers_where_it_tells_them(self) -> None:
        tokens = tokens_of(TokenCounts(100, 7, 90), Counts(1, 0, 5))

        assert (tokens.counted, tokens.cached, tokens.out) == (100, 90, 7)
        assert tokens.read == 10

    def test_an_untold_prompt_stays_unknown(self) -> None:
        tokens = tokens_of(None, Counts(1, 0, 5))

        assert (tokens.counted, tokens.read, tokens.out) == (None, None, 5)

    @pytest.mark.parametrize(
        ("sent", "counted", "told"),
        [
            (Counted(1000, exact=True), 990, False),
            (Counted(1000, exact=True), 600, True),
            (Counted(1000, exact=False), 600, False),
            (Counted(1000, exact=False), 400, True),
            (Counted(100, exact=True), 5, False),
            (Counted(1000, exact=True), None, False),
        ],
    )
    def test_a_prompt_that_was_cut_is_called_out(
        self, sent: Counted, counted: int | None, told: bool
    ) -> None:
        assert bool(lost_tokens(sent, counted)) == told


class TestPlaces:
    async def test_they_are_given_back(self) -> None:
        places = Places(1)
        async with places.place():
            assert (places.taken, places.full) == (1, True)

        assert (places.taken, places.waiting, places.full) == (0, 0, False)


class TestSessionTraits:
    def test_a_conversation_keeps_the_speed_it_began_with(self) -> None:
        sessions = SessionTraits()
        slow, fast = (ModelTraits("m", "m", prefill_rate=r) for r in (50.0, 80.0))

        assert sessions.of("a", slow) is slow
        assert sessions.of("a", fast) is slow
        assert sessions.of("b", fast) is fast
        assert sessions.of("", fast) is fast

    def test_another_model_is_another_beginning(self) -> None:
        sessions = SessionTraits()
        sessions.of("a", ModelTraits("m", "m"))
        other = ModelTraits("m", "n")

        assert sessions.of("a", other) is other

    def test_only_the_newest_conversations_are_kept(self) -> None:
        sessions = SessionTraits(2)
        first, later = (ModelTraits("m", "m", prefill_rate=r) for r in (50.0, 80.0))
        for name in "abc":
            sessions.of(name, first)

        assert sessions.of("a", later) is later
        assert sessions.of("c", later) is first


class TestLog:
    async def test_reading_is_told_with_what_is_left_of_it(self) -> None:
        rows: list[Exchange] = []
        feed = Feed()
        events = feed.subscribe()
        exchange = ExchangeLog(feed, rows.append).begin(Exchange("1"))
        exchange.asked()
        exchange.prefilled(100, 400)
        feed.close()
        told: list[ProxyEvent] = [event async for event in events]

        assert told == [ExchangePrefilled("1", 100, 400, None)]

    def test_only_the_first_end_counts(self) -> None:
        rows: list[Exchange] = []
        log = ExchangeLog(Feed(), rows.append)
        exchange = log.begin(Exchange("1"))
        assert log.open == 1
        exchange.end("done")
        exchange.end("failed")

        assert [row.status for row in rows] == ["done"]
        assert log.open == 0
