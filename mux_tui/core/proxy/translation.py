"""From a client's request to what the local model is sent, in one step."""

from collections.abc import Callable
from dataclasses import dataclass

from mux_tui.core.config.settings import Proxy
from mux_tui.core.exchange import Cut
from mux_tui.core.proxy.client_environment import max_tokens_of
from mux_tui.core.proxy.translate.facts import ChatRequest, ModelTraits
from mux_tui.core.proxy.translate.request import to_chat
from mux_tui.core.proxy.translate.trim import trim
from mux_tui.core.wire.anthropic import MessagesRequest


@dataclass(frozen=True)
class Translated:
    """A request as it goes to the model."""

    chat: ChatRequest
    cuts: tuple[Cut, ...] = ()


Translate = Callable[[MessagesRequest, ModelTraits], Translated]


def translation(proxy: Proxy) -> Translate:
    """How requests are translated under these settings."""

    def translated(request: MessagesRequest, traits: ModelTraits) -> Translated:
        trimmed = trim(request, traits, proxy)
        chat = to_chat(trimmed.request, traits, max_tokens_of(traits, proxy))
        return Translated(chat, (*trimmed.cuts, *chat.cuts))

    return translated
