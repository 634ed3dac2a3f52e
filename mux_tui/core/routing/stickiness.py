"""A turn is finished where it began.

One turn of a user is many requests: the model calls tools, and each result comes in a
request of its own. What is remembered of a conversation is where its turn runs, so
that the next request of the turn goes there, too.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from mux_tui.core.exchange import ProxyRoute
from mux_tui.core.routing.intent import EffortTier
from mux_tui.core.wire.anthropic import ToolResult, Turn

CONVERSATIONS = 512
"""How many are remembered; the one that was quiet longest is forgotten."""


@dataclass(frozen=True)
class Sticky:
    """What is remembered of one conversation."""

    route: ProxyRoute | None = None
    """Where the turn under way runs, `local` or `cloud`; None: no turn is known."""

    tier: EffortTier | None = None
    """The effort of that turn; None: not known."""

    model: str = ""
    """The Claude model that answers it; empty: the local one."""


def begins_turn(turns: Sequence[Turn]) -> bool:
    """Whether a request is the first one of a user's turn.

    It is not when it brings the results of tools: then a turn is under way, even if
    the user has put words beside them.
    """
    for turn in reversed(turns):
        if turn.role == "user":
            return not any(isinstance(block, ToolResult) for block in turn.blocks)
        if turn.role == "assistant":
            break

    return False


def after(before: Sticky, route: ProxyRoute, tier: EffortTier, model: str) -> Sticky:
    """What is remembered after a request was decided.

    A request that the proxy answers itself, such as a title, belongs to no turn.
    """
    return before if route == "none" else Sticky(route, tier, model)


class Stickiness:
    """What is remembered of all conversations, as long as the proxy runs."""

    def __init__(self, conversations: int = CONVERSATIONS) -> None:
        """Remember nothing yet, and never more than so many conversations."""
        self._most = conversations
        self._kept: OrderedDict[tuple[str, str], Sticky] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def of(self, session_id: str, agent_id: str = "") -> Sticky:
        """What is remembered of a conversation, or of one of its sub-agents.

        A sub-agent that is new takes over the effort of the turn that it works for.
        """
        if not session_id:
            return Sticky()

        key = (session_id, agent_id)
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]

        return Sticky(tier=self._kept.get((session_id, ""), Sticky()).tier)

    def note(
        self,
        session_id: str,
        agent_id: str,
        route: ProxyRoute,
        tier: EffortTier,
        model: str = "",
    ) -> None:
        """Remember where a request of a conversation went.

        A client that names no conversation is not remembered: two of them would be
        taken for one.
        """
        if not session_id:
            return

        key = (session_id, agent_id)
        now = after(self._kept.get(key, Sticky()), route, tier, model)
        if now.route is None:
            return

        self._kept[key] = now
        self._kept.move_to_end(key)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
