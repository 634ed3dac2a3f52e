"""The proxy's service, put together from the settings.

Everything slow to make is made here, before the first request: the HTTP clients, the
ledger, the parsers.
"""

import asyncio
import os
from collections.abc import AsyncGenerator, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

from mux_tui.core.backends.chat_endpoint import Endpoint
from mux_tui.core.config.environment import Environment
from mux_tui.core.config.settings import Settings
from mux_tui.core.errors import ConfigError, LedgerError
from mux_tui.core.exchange import Exchange
from mux_tui.core.hardware.processes import alive, identity
from mux_tui.core.ledger.exchange_recorder import ExchangeRecorder
from mux_tui.core.ledger.owner import Owner
from mux_tui.core.ledger.place import ledger_path
from mux_tui.core.ledger.store import Ledger, open_ledger
from mux_tui.core.local_model.base import LocalModel
from mux_tui.core.local_model.build import local_client, local_model
from mux_tui.core.local_model.reading_speed import (
    LEAST_TOKENS,
    known_speed,
    remember_speed,
)
from mux_tui.core.paths import Paths
from mux_tui.core.proxy.beginnings import Beginnings
from mux_tui.core.proxy.circuit import Circuit
from mux_tui.core.proxy.count import TokenCounter
from mux_tui.core.proxy.credentials import SECRET_HEADERS
from mux_tui.core.proxy.deciding import Deciding
from mux_tui.core.proxy.delivery import Pace
from mux_tui.core.proxy.exchange_log import ExchangeLog, OpenExchange
from mux_tui.core.proxy.feed import Feed
from mux_tui.core.proxy.http import Incoming
from mux_tui.core.proxy.last_request import Kept, LastRequest
from mux_tui.core.proxy.local_answer import LocalParts
from mux_tui.core.proxy.local_door import LocalDoor, TraitsOf
from mux_tui.core.proxy.places import Places
from mux_tui.core.proxy.prewarm import Prewarmer
from mux_tui.core.proxy.process.record import read_record
from mux_tui.core.proxy.relay import Relay, relay_client
from mux_tui.core.proxy.relaying import Relaying
from mux_tui.core.proxy.service import ProxyService
from mux_tui.core.proxy.traits import traits_of
from mux_tui.core.proxy.translate.facts import ModelTraits
from mux_tui.core.proxy.translate.stream import StreamTranslator
from mux_tui.core.proxy.translation import translation
from mux_tui.core.proxy.turn import TurnParts
from mux_tui.core.proxy.upstream import Limits
from mux_tui.core.telemetry.telemetry import Telemetry


@asynccontextmanager
async def open_service(
    settings: Settings,
    environment: Environment,
    cwd: Path,
    pace: Pace | None = None,
) -> AsyncGenerator[ProxyService, None]:
    """Open the service; leaving it ends what is under way, and closes what it opened.

    The model server is not ended: it outlives mux.

    Args:
        settings: The user's.
        environment: The variables, and with them the directories.
        cwd: The project, and where a restart command runs.
        pace: What clients wait for.
    """
    async with AsyncExitStack() as stack:
        notices: list[str] = []
        client = await stack.enter_async_context(local_client(settings))
        local = local_model(client, settings, environment, cwd)
        stack.push_async_callback(local.aclose)
        record = await _recorder(stack, settings, environment, notices)
        last = await stack.enter_async_context(
            LastRequest(
                environment.paths, settings.proxy.keep_last, notices.append
            ).working()
        )
        telemetry = Telemetry(notices.append)
        telemetry.follow(settings, environment.variables)
        stack.push_async_callback(telemetry.aclose)
        log = ExchangeLog(Feed(), partial(_told, record, telemetry))
        parts = LocalParts(
            client,
            LocalDoor(local, _traits_reader(local, environment.paths)),
            Limits.from_settings(settings),
            Places(settings.server.decode_concurrency),
            Circuit(),
        )
        warmer = _prewarmer(parts, log, settings, environment.paths, cwd)
        relay = await _relay(stack, settings, notices)
        service = ProxyService(
            TurnParts(
                local=parts,
                translate=translation(settings.proxy),
                translator_of=partial(StreamTranslator, may_reask=True),
                counter=TokenCounter(local.directory),
                deciding=Deciding(settings),
                relaying=Relaying(relay, _tokens(environment.paths)),
                keep=partial(_keep, last),
                learn=partial(_learn, environment.paths, parts.door),
                remember=warmer.remember,
                pace=pace or Pace(),
            ),
            log,
            warmer,
            notices,
        )
        stack.push_async_callback(service.aclose)
        warmer.begin()
        yield service


async def _recorder(
    stack: AsyncExitStack,
    settings: Settings,
    environment: Environment,
    notices: list[str],
) -> ExchangeRecorder:
    """What records requests; without a ledger they go on unrecorded."""
    path = ledger_path(settings.ledger, environment.paths)
    ledger: Ledger | None = None
    try:
        ledger = await stack.enter_async_context(open_ledger(path, settings.ledger))
        await ledger.sweep(alive)
    except LedgerError as error:
        notices.append(f"{error}. Requests are not recorded")
    me = identity(os.getpid())
    owner = Owner(os.getpid(), me.started if me else 0.0)
    recorder = ExchangeRecorder(ledger, owner, notices.append)
    return await stack.enter_async_context(recorder.working())


def _told(record: ExchangeRecorder, telemetry: Telemetry, exchange: Exchange) -> None:
    record.record(exchange)
    telemetry.exchange(exchange)


async def _relay(
    stack: AsyncExitStack, settings: Settings, notices: list[str]
) -> Relay | None:
    if not settings.proxy.relay:
        return None

    url = settings.proxy.relay_url
    try:
        client = await stack.enter_async_context(relay_client(url))
        return Relay(client, url)
    except ConfigError as error:
        notices.append(str(error))
        return None


def _traits_reader(local: LocalModel, paths: Paths) -> TraitsOf:
    def read(endpoint: Endpoint) -> ModelTraits:
        return traits_of(
            endpoint.model,
            endpoint.label,
            local.directory,
            endpoint.context_window,
            known_speed(paths, endpoint.label or endpoint.model),
        )

    return read


def _prewarmer(
    parts: LocalParts, log: ExchangeLog, settings: Settings, paths: Paths, cwd: Path
) -> Prewarmer:
    beginnings = Beginnings(paths.state_dir / "beginnings.json")
    return Prewarmer(parts, log, beginnings, cwd, settings.proxy.prewarm)


def _tokens(paths: Paths) -> Collection[str]:
    """The proxy's own token, which is no login for anything else."""
    record = read_record(paths.proxy_record)
    return (record.token,) if record else ()


def _keep(
    last: LastRequest, exchange: OpenExchange, incoming: Incoming, body: bytes
) -> None:
    headers = {k: v for k, v in incoming.headers.items() if k not in SECRET_HEADERS}
    last.put(Kept(exchange.exchange.id, incoming.body, body, headers))


def _learn(
    paths: Paths, door: LocalDoor, model: str, tokens: int, seconds: float
) -> None:
    """Remember a reading speed, in a thread: it is a file."""
    if tokens < LEAST_TOKENS:
        return

    loop = asyncio.get_running_loop()

    def learn() -> None:
        remember_speed(paths, model, tokens, seconds)
        if rate := known_speed(paths, model):
            loop.call_soon_threadsafe(door.learned, rate)

    loop.run_in_executor(None, learn)
