"""What a proxy tells comes back as it was, and nothing else comes back at all."""

import json
from dataclasses import fields
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mux_tui.core.events import (
    ExchangeEnded,
    ExchangePrefilled,
    ExchangeProgressed,
    ExchangesOpen,
    ExchangeStarted,
    ProxyEvent,
    as_json,
)
from mux_tui.core.exchange import Cut, Exchange
from mux_tui.core.proxy.watch.decode import event_in, event_of, exchange_of
from mux_tui.core.wire.documents import MAX_COUNT

_counts = st.integers(0, MAX_COUNT)
_seconds = st.floats(0, 1e9)
_of_a_type: dict[Any, st.SearchStrategy[Any]] = {int: _counts, float: _seconds}
_cuts = st.builds(Cut, st.text(), st.text(), _counts, _counts)
_maybe = {
    "tokens_sent": st.none() | _counts,
    "tokens_counted": st.none() | _counts,
    "tokens_cached": st.none() | _counts,
    "tokens_out": st.none() | _counts,
    "first_token_seconds": st.none() | _seconds,
}
_numbers = {
    field.name: _of_a_type[field.type]
    for field in fields(Exchange)
    if field.type in _of_a_type
}
_exchanges = st.builds(
    Exchange,
    id=st.text(min_size=1),
    cuts=st.lists(_cuts, max_size=3).map(tuple),
    notes=st.lists(st.text(), max_size=3).map(tuple),
    **_maybe,
    **_numbers,
)
_events: st.SearchStrategy[ProxyEvent] = st.one_of(
    st.builds(ExchangesOpen, st.lists(_exchanges, max_size=3).map(tuple)),
    st.builds(ExchangeStarted, _exchanges),
    st.builds(ExchangeEnded, _exchanges),
    st.builds(
        ExchangePrefilled,
        st.text(min_size=1),
        _counts,
        _counts,
        st.none() | _seconds,
    ),
    st.builds(
        ExchangeProgressed,
        st.text(min_size=1),
        st.none() | _counts,
        _seconds,
        _seconds,
    ),
)
_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(_events)
def test_an_event_comes_back_as_it_was(event: ProxyEvent) -> None:
    assert event_of(as_json(event)) == event
    assert event_in(json.dumps(as_json(event)).encode()) == event


@given(st.binary())
def test_bytes_that_are_no_event_are_none(data: bytes) -> None:
    assert event_in(data) is None


@given(_events, st.data())
def test_whatever_a_field_holds_nothing_raises(event: ProxyEvent, data: Any) -> None:
    told = as_json(event)
    told[data.draw(st.sampled_from(sorted(told)))] = data.draw(_json)
    event_of(told)


def test_fields_events_and_words_of_another_version_do_no_harm() -> None:
    told = as_json(ExchangeStarted(Exchange("e")))
    assert event_of(told | {"colour": "blue"}) == ExchangeStarted(Exchange("e"))
    assert event_of(told | {"event": "exchange_painted"}) is None
    assert event_of(told | {"kind": "dream"}) == ExchangeStarted(Exchange("e"))
    found = event_of(told | {"route": "moon"})
    assert found == ExchangeStarted(Exchange("e", route="none"))


def test_a_status_that_is_not_known_is_over() -> None:
    """The ledger says `interrupted` of what its proxy did not survive."""
    told: dict[str, Any] = {"id": "e", "status": "interrupted"}
    assert exchange_of(told) == Exchange("e", status="done")
    failed = exchange_of(told | {"error": "gone"})
    assert failed == Exchange("e", status="failed", error="gone")


def test_deep_nesting_and_long_numbers_are_no_event() -> None:
    for data in (b"[" * 100_000, b'{"event":' + b"9" * 5000 + b"}", b"\xff", b""):
        assert event_in(data) is None
