"""What stands behind the proxy's HTTP face: each request from bytes to bytes."""

import asyncio
import dataclasses
from collections.abc import AsyncGenerator, Mapping
from secrets import token_hex
from typing import Any

import orjson

from mux_tui.core.errors import MuxError
from mux_tui.core.events import ProxyEvent, plain
from mux_tui.core.exchange import Exchange
from mux_tui.core.ledger.run_id import new_run_id
from mux_tui.core.proxy.count import prompt_pieces
from mux_tui.core.proxy.delivery import JSON_HEADERS, STREAM_HEADERS, trouble_reply
from mux_tui.core.proxy.exchange_log import ExchangeLog, OpenExchange
from mux_tui.core.proxy.http import Incoming, Reply
from mux_tui.core.proxy.models import model_entry, model_list
from mux_tui.core.proxy.prewarm import Prewarmer
from mux_tui.core.proxy.side_calls import side_answer
from mux_tui.core.proxy.text_answer import text_answer
from mux_tui.core.proxy.translate.request import to_chat
from mux_tui.core.proxy.trouble import Trouble, bad_request, from_error
from mux_tui.core.proxy.turn import TurnParts, answer_turn
from mux_tui.core.wire.anthropic import MessagesRequest
from mux_tui.core.wire.anthropic_frames import assemble, count_body, frame
from mux_tui.core.wire.anthropic_parse import BadRequest, parse_request

_SESSION = "x-claude-code-session-id"
_AGENT = "x-claude-code-agent-id"
_MODELS = "/v1/models/"


class ProxyService:
    """Answers requests."""

    def __init__(
        self,
        parts: TurnParts,
        log: ExchangeLog,
        prewarmer: Prewarmer,
        notices: list[str],
    ) -> None:
        """Make one.

        Args:
            parts: What turns share.
            log: Told of every request.
            prewarmer: Reads a project's prompt before it is needed.
            notices: What could not be set up, one sentence each.
        """
        self.notices = notices
        self._parts = parts
        self._log = log
        self._prewarmer = prewarmer

    async def messages(self, incoming: Incoming) -> Reply:
        """Answer `POST /v1/messages`."""
        exchange = self._log.begin(_arrived(incoming))
        try:
            return await self._messages(incoming, exchange)
        except BadRequest as error:
            return _refused(bad_request(str(error)), incoming, exchange)
        except MuxError as error:
            return _refused(from_error(error, 0, None), incoming, exchange)
        except asyncio.CancelledError:
            exchange.end("cancelled")
            raise
        except Exception as error:
            # A fault of ours: the face answers 500, and the record says which.
            exchange.end("failed", http_status=500, error=type(error).__name__)
            raise

    async def count_tokens(self, incoming: Incoming) -> Reply:
        """Answer `POST /v1/messages/count_tokens`."""
        exchange = self._log.begin(_arrived(incoming, kind="count"))
        try:
            request = parse_request(incoming.body, counting=True)
            traits = await self._parts.local.door.expected()
            chat = to_chat(request, traits, request.max_tokens)
            counted = await self._parts.counter.count(prompt_pieces(chat.body))
        except BadRequest as error:
            return _refused(bad_request(str(error)), incoming, exchange)
        except MuxError as error:
            return _refused(from_error(error, 0, None), incoming, exchange)
        except asyncio.CancelledError:
            exchange.end("cancelled")
            raise

        exchange.set(model_asked=request.model, model=traits.name, route="none")
        exchange.end("done", tokens_sent=counted.tokens)
        return Reply(200, JSON_HEADERS, count_body(counted.tokens))

    async def models(self, incoming: Incoming) -> Reply:
        """Answer `GET /v1/models` and `GET /v1/models/ID`."""
        name = (await self._parts.local.door.expected()).name
        if incoming.path.startswith(_MODELS):
            asked = incoming.path.removeprefix(_MODELS)
            return Reply(200, JSON_HEADERS, model_entry(name, asked))

        return Reply(200, JSON_HEADERS, model_list(name))

    async def health(self) -> Mapping[str, object]:
        """The local model as it is; nothing is started for it."""
        door, circuit = self._parts.local.door, self._parts.local.circuit
        state = await door.state()
        traits = door.traits or await door.expected()
        return {
            "model": state.model or None,
            "traits": plain(traits) if traits.id else None,
            "model_status": state.status,
            "model_detail": state.detail,
            "model_phase": door.phase,
            "circuit": circuit.state,
            "answering": self._parts.local.places.taken,
            "waiting": self._parts.local.places.waiting,
            "notices": list(self.notices),
        }

    def warm(self) -> None:
        """Have the project's prompt read beforehand; returns at once."""
        self._prewarmer.begin()

    def subscribe(self) -> AsyncGenerator[ProxyEvent, None]:
        """What is under way, and what happens from now on."""
        return self._log.watch()

    async def aclose(self) -> None:
        """End what goes on in the background; answers are ended by who reads them."""
        await self._prewarmer.aclose()
        for task in tuple(self._parts.tasks):
            task.cancel()
        self._log.feed.close()

    async def _messages(self, incoming: Incoming, exchange: OpenExchange) -> Reply:
        request = parse_request(incoming.body)
        headers = incoming.headers
        request = dataclasses.replace(
            request, session_id=headers.get(_SESSION, "") or request.session_id
        )
        exchange.set(
            session_id=request.session_id,
            model_asked=request.model,
            streamed=request.stream,
        )
        if (text := side_answer(request)) is not None:
            return _answered(text, request, exchange)

        await self._prewarmer.make_way()
        return await answer_turn(self._parts, incoming, request, exchange)


def _arrived(incoming: Incoming, **facts: Any) -> Exchange:
    return Exchange(
        id=new_run_id(),
        session_id=incoming.headers.get(_SESSION, "")[:128],
        agent_id=incoming.headers.get(_AGENT, "")[:128],
        bytes_in=len(incoming.body),
        **facts,
    )


def _refused(trouble: Trouble, incoming: Incoming, exchange: OpenExchange) -> Reply:
    exchange.set(route="none")
    exchange.end("failed", http_status=trouble.status, error=trouble.message)
    return trouble_reply(trouble, incoming.request_id)


def _answered(text: str, request: MessagesRequest, exchange: OpenExchange) -> Reply:
    """Answer a side call without a model."""
    sentence = "is answered by mux itself: it needs no model"
    exchange.set(kind="side", route="none", reason="side_call", sentence=sentence)
    exchange.started()
    events = text_answer(f"msg_{token_hex(12)}", request.model, text)
    exchange.end("done", stop_reason="end_turn")
    if request.stream:
        return Reply(200, STREAM_HEADERS, b"".join(map(frame, events)))

    return Reply(200, JSON_HEADERS, orjson.dumps(assemble(events)))
