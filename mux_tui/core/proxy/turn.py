"""One inference: decided, translated, measured, and then asked for and delivered."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any

from mux_tui.core.errors import MuxError
from mux_tui.core.exchange import ExchangeStatus
from mux_tui.core.proxy.after import lost_tokens, tokens_of
from mux_tui.core.proxy.count import Counted, TokenCounter
from mux_tui.core.proxy.deciding import Deciding
from mux_tui.core.proxy.delivery import Delivery, Pace, trouble_reply
from mux_tui.core.proxy.exchange_log import OpenExchange
from mux_tui.core.proxy.fitting import Fitted, fitted
from mux_tui.core.proxy.http import Incoming, Reply
from mux_tui.core.proxy.local_answer import LocalAnswer, LocalParts
from mux_tui.core.proxy.relaying import Relaying
from mux_tui.core.proxy.session_traits import SessionTraits
from mux_tui.core.proxy.translate.facts import ModelTraits
from mux_tui.core.proxy.translate.prefix import PrefixWatch
from mux_tui.core.proxy.translation import Translate, Translated
from mux_tui.core.proxy.translator import TranslatorOf
from mux_tui.core.proxy.trouble import Trouble, from_error, resting, too_long
from mux_tui.core.wire.anthropic import MessagesRequest
from mux_tui.core.wire.anthropic_events import Counts

Keep = Callable[[OpenExchange, Incoming, bytes], None]
"""Remembers a request and its translation for debugging; returns at once."""

Learn = Callable[[str, int, float], None]
"""Told how many tokens a model read in how many seconds; returns at once."""


@dataclass
class TurnParts:
    """What all turns share."""

    local: LocalParts
    translate: Translate
    translator_of: TranslatorOf
    counter: TokenCounter
    deciding: Deciding
    relaying: Relaying
    keep: Keep
    learn: Learn
    remember: Callable[[dict[str, Any]], None]
    """Told how prompts begin; returns at once."""

    sessions: SessionTraits = field(default_factory=SessionTraits)
    prefixes: PrefixWatch = field(default_factory=PrefixWatch)
    pace: Pace = Pace()
    under_way: int = 0
    """Turns that the local model is working on, or that wait for it."""

    tasks: set[asyncio.Task[Counted]] = field(
        default_factory=set[asyncio.Task[Counted]]
    )


async def answer_turn(
    parts: TurnParts,
    incoming: Incoming,
    request: MessagesRequest,
    exchange: OpenExchange,
) -> Reply:
    """Answer one request with a model, this machine's or another."""
    door = parts.local.door
    traits = parts.sessions.of(request.session_id, await door.expected())
    translated = parts.translate(request, traits)
    fit = await fitted(translated.chat, traits, parts.counter)
    exchange.set(cuts=translated.cuts, tokens_sent=fit.counted.tokens)
    exchange.note(*translated.chat.notes)
    decision = parts.deciding.decide(
        request,
        await door.state(),
        fit.counted,
        agent_id=exchange.exchange.agent_id,
        others=parts.under_way,
        has_credentials=bool(parts.relaying.login(incoming)),
    )
    exchange.set(
        route=decision.route, reason=decision.reason, sentence=decision.sentence
    )
    if decision.route == "cloud":
        exchange.started()
        return await parts.relaying.pass_on(incoming, decision.cloud_model, exchange)

    turn = _LocalTurn(parts, incoming, translated, traits, fit, exchange)
    return await turn.reply(request.stream)


class _LocalTurn:
    """A turn that the local model answers."""

    def __init__(
        self,
        parts: TurnParts,
        incoming: Incoming,
        translated: Translated,
        traits: ModelTraits,
        fit: Fitted,
        exchange: OpenExchange,
    ) -> None:
        self._parts = parts
        self._incoming = incoming
        self._traits = traits
        self._chat = translated.chat
        self._fit = fit
        self._exchange = exchange
        self._translator = parts.translator_of(translated.chat)
        self._answer = LocalAnswer(parts.local, fit.body, self._translator, exchange)
        self._counting: asyncio.Task[Counted] | None = None

    async def reply(self, streamed: bool) -> Reply:
        exchange, parts = self._exchange, self._parts
        body = self._answer.body
        exchange.set(model=self._traits.name, bytes_sent=len(body))
        parts.keep(exchange, self._incoming, body)
        exchange.started()
        if trouble := self._refusal():
            exchange.end("failed", http_status=trouble.status, error=trouble.message)
            return trouble_reply(trouble, self._incoming.request_id)

        parts.under_way += 1
        counts = Counts(input=self._fit.counted.tokens)
        model = exchange.exchange.model_asked
        delivery = Delivery(
            self._answer.events(),
            self._translator.start(f"msg_{token_hex(12)}", model, counts),
            understood=self._understood,
            ended=self._ended,
            committed=self._answer.commit,
            pace=parts.pace,
        )
        self._count()
        if streamed:
            return await delivery.streamed(self._incoming.request_id)
        return await delivery.whole(self._incoming.request_id)

    def _refusal(self) -> Trouble | None:
        """What can be known before the model is asked."""
        window = self._traits.context_window
        if self._fit.too_long and window:
            return too_long(self._fit.counted.tokens, window)

        circuit = self._parts.local.circuit
        seconds = circuit.rest()
        return resting(seconds, circuit.why) if seconds else None

    def _understood(self, error: MuxError) -> Trouble:
        window = self._traits.context_window
        return from_error(error, self._fit.counted.tokens, window)

    def _count(self) -> None:
        """Count the prompt while the model reads it, where it was only estimated."""
        if self._fit.counted.exact or not self._parts.counter.can_count:
            return

        counting = self._parts.counter.count(self._fit.pieces)
        self._counting = task = asyncio.create_task(counting)
        self._parts.tasks.add(task)
        task.add_done_callback(self._parts.tasks.discard)

    @property
    def _counted(self) -> Counted:
        counting = self._counting
        if counting is None or not counting.done() or counting.cancelled():
            return self._fit.counted

        return self._fit.counted if counting.exception() else counting.result()

    def _ended(self, status: ExchangeStatus, trouble: Trouble | None) -> None:
        self._parts.under_way -= 1
        answer = self._answer
        exchange, translator = self._exchange, self._translator
        exchange.note(*translator.notes, *answer.notes)
        tokens = tokens_of(answer.usage, translator.counts)
        counted = self._counted
        if note := lost_tokens(counted, tokens.counted):
            exchange.note(note)
        if status == "done":
            self._learn(tokens.counted, tokens.read)
            if not exchange.exchange.agent_id:
                self._parts.remember(self._fit.body)
        told = {} if trouble is None else _told(trouble, answer.committed)
        exchange.end(
            status,
            tokens_sent=counted.tokens,
            stop_reason=translator.stop_reason,
            tool_calls=translator.tool_calls,
            repairs=max(translator.repairs, answer.reasked),
            prefix_break=self._prefix_break(),
            **tokens.fields,
            **told,
        )

    def _prefix_break(self) -> str:
        """Looked for at the end: it takes time that the first byte should not wait."""
        exchange = self._exchange.exchange
        if not exchange.session_id:
            return ""

        session = f"{exchange.session_id} {exchange.agent_id}"
        return self._parts.prefixes.compare(session, self._chat)

    def _learn(self, counted: int | None, read: int | None) -> None:
        if counted is not None:
            self._parts.counter.learn(self._fit.pieces, counted)
        seconds = self._exchange.reading_seconds
        if read and seconds:
            self._parts.learn(self._traits.name, read, seconds)


def _told(trouble: Trouble, committed: bool) -> dict[str, object]:
    status = 200 if committed else trouble.status
    return {"http_status": status, "error": trouble.message}
