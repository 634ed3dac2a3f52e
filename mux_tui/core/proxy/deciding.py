"""Where each request goes: the facts for the decision gathered, and its turn kept."""

from mux_tui.core.config.settings import Settings
from mux_tui.core.proxy.count import Counted
from mux_tui.core.routing.exchange_policy import decide_exchange
from mux_tui.core.routing.exchange_situation import ExchangeDecision, ExchangeSituation
from mux_tui.core.routing.intent import intent
from mux_tui.core.routing.situation import LocalState
from mux_tui.core.routing.stickiness import Stickiness, begins_turn
from mux_tui.core.wire.anthropic import MessagesRequest
from mux_tui.core.wire.anthropic_words import last_words

_RESERVE = 1024
"""Tokens that an answer needs to be of use."""


class Deciding:
    """Decides request after request, and remembers where turns run."""

    def __init__(self, settings: Settings) -> None:
        """Make one that has seen no turn."""
        self._settings = settings
        self._stickiness = Stickiness()

    def decide(
        self,
        request: MessagesRequest,
        local: LocalState,
        counted: Counted,
        *,
        agent_id: str,
        others: int,
        has_credentials: bool,
    ) -> ExchangeDecision:
        """Decide where a request goes, and remember it.

        Args:
            request: As the client sent it.
            local: The local model.
            counted: The prompt, once it is trimmed.
            agent_id: The client's sub-agent; empty: its main conversation.
            others: How many turns the local model is working on besides.
            has_credentials: The client has a login of its own.
        """
        window = local.context_window
        reserve = min(request.max_tokens, _RESERVE, (window or 8 * _RESERVE) // 8)
        settings = self._settings
        situation = ExchangeSituation(
            local=local,
            prompt_tokens=counted.tokens,
            tokens_exact=counted.exact,
            max_tokens=reserve,
            in_flight=("turn",) * others,
            agent_id=agent_id,
            intent=intent(last_words(request), settings.router.keywords),
            begins_turn=begins_turn(request.turns),
            sticky=self._stickiness.of(request.session_id, agent_id),
            has_credentials=has_credentials,
            model_asked=_claude(request.model),
        )
        decision = decide_exchange(situation, settings.proxy, settings.cloud)
        self._stickiness.note(
            request.session_id,
            agent_id,
            decision.route,
            decision.tier,
            decision.cloud_model,
        )
        return decision


def _claude(model: str) -> str:
    real = model.startswith("claude-") and not model.startswith("claude-mux-")
    return model if real else ""
