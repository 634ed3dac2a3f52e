"""The local model as each conversation knows it.

How fast the model reads decides how much of a prompt is cut. A speed that is measured
again in the middle of a conversation would change its prompt from the beginning, and
everything would have to be read again; so a conversation keeps what it began with.
"""

from collections import OrderedDict

from mux_tui.core.proxy.translate.facts import ModelTraits

CONVERSATIONS = 512


class SessionTraits:
    """What each conversation began with."""

    def __init__(self, conversations: int = CONVERSATIONS) -> None:
        """Know nothing yet, and never more than so many."""
        self._most = conversations
        self._kept: OrderedDict[str, ModelTraits] = OrderedDict()

    def of(self, session_id: str, now: ModelTraits) -> ModelTraits:
        """The model for this conversation; another model is another beginning."""
        if not session_id:
            return now

        kept = self._kept.get(session_id)
        if kept is None or _differ(kept, now):
            self._kept[session_id] = kept = now
        self._kept.move_to_end(session_id)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return kept


def _differ(one: ModelTraits, other: ModelTraits) -> bool:
    # Not by id: our own server tells another one once it runs.
    return (one.name, one.context_window) != (other.name, other.context_window)
