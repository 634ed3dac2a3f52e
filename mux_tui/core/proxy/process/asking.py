"""Asking a proxy how it is, over HTTP, and whether it is the one that is meant."""

import dataclasses
from collections.abc import Mapping
from typing import Any, get_args

from mux_tui.core.errors import ServerError
from mux_tui.core.model_server.probe import Answer, ask, loopback_client
from mux_tui.core.proxy.client_environment import TOKEN_HEADER
from mux_tui.core.proxy.process.record import ProxyRecord
from mux_tui.core.proxy.translate.facts import ModelTraits, Tier
from mux_tui.core.wire.documents import (
    NotJson,
    as_count,
    as_number,
    as_object,
    as_text,
    parse,
)


async def ask_health(record: ProxyRecord, timeout: float) -> Mapping[str, Any] | None:
    """What the recorded proxy says of itself; None: it is not it that answers."""
    answer = await _asked(record, "/health", timeout)
    if answer is None or answer.status != 200:
        return None
    try:
        told = as_object(parse(answer.body))
    except NotJson:
        return None

    return told if told.get("instance") == record.instance else None


async def ask_to_stop(record: ProxyRecord, timeout: float) -> bool:
    """Ask the recorded proxy to end; whether it said that it will."""
    answer = await _asked(record, "/v1/mux/stop", timeout, b"")
    return answer is not None and answer.status == 200


async def ask_to_warm(record: ProxyRecord, timeout: float) -> bool:
    """Tell the recorded proxy that somebody is about to ask; whether it heard."""
    answer = await _asked(record, "/v1/mux/warm", timeout, b"")
    return answer is not None and answer.status == 200


def traits_of(told: Mapping[str, Any]) -> ModelTraits | None:
    """The local model's traits, out of what a proxy said; None: it does not know."""
    found = as_object(told.get("traits"))
    if not as_text(found.get("id")):
        return None

    return ModelTraits(
        as_text(found["id"]),
        as_text(found.get("name")) or as_text(found["id"]),
        next((tier for tier in get_args(Tier) if tier == found.get("tier")), "small"),
        as_number(found.get("parameters")),
        as_count(found.get("context_window")),
        prefill_rate=as_number(found.get("prefill_rate")),
        **{name: found.get(name) is True for name in _switches(found)},
    )


def _switches(found: Mapping[str, Any]) -> tuple[str, ...]:
    names = [f.name for f in dataclasses.fields(ModelTraits) if f.type is bool]
    return tuple(name for name in names if name in found)


async def _asked(
    record: ProxyRecord, path: str, timeout: float, body: bytes | None = None
) -> Answer | None:
    headers = {TOKEN_HEADER: record.token}
    async with loopback_client() as client:
        try:
            return await ask(
                client, record.url + path, timeout, body=body, headers=headers
            )
        except ServerError:
            return None
