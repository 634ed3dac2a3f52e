"""docs/routing.md says of relayed requests what the code does."""

from typing import get_args

from mux_tui.core.config.settings import Proxy
from mux_tui.core.exchange import ProxyReason
from mux_tui.core.proxy.relay import RelayLimits
from mux_tui.core.routing.exchange_inputs import EXCHANGE_INPUTS
from mux_tui.core.routing.intent import LONG_WORDS, MANY_PATHS, Intent, tier_of
from mux_tui.core.routing.stickiness import CONVERSATIONS
from tests.core.routing.test_document import DOCUMENT, table


def section() -> str:
    """The words of the section, on one line."""
    text = DOCUMENT.read_text(encoding="utf-8")
    return " ".join(text.split("\n## Requests through the proxy\n")[1].split())


def test_every_reason_of_a_request_is_explained() -> None:
    assert tuple(table("request reason")) == get_args(ProxyReason)


def test_every_input_of_a_request_is_explained() -> None:
    assert tuple(table("request input")) == EXCHANGE_INPUTS


def test_every_intent_is_given_with_its_effort() -> None:
    rows = table("intent")
    assert tuple(rows) == get_args(Intent)
    for intent in get_args(Intent)[:-1]:
        assert rows[intent].split("|")[0].strip() == tier_of(intent, None)


def test_the_numbers_are_those_of_the_code() -> None:
    limits = RelayLimits()
    said = section()
    for words in (
        f"{MANY_PATHS} or more paths",
        f"{LONG_WORDS:,} or more characters",
        f"The last {CONVERSATIONS} conversations",
        f"else `{Proxy().cloud_model}`",
        f"begins within {limits.first_byte:.0f} seconds",
        f"silent for {limits.silence:.0f} seconds",
    ):
        assert words in said, words
