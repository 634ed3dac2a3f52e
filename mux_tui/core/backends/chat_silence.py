"""How long a model server may say nothing, and what a break in its answer comes to."""

from dataclasses import dataclass

from mux_tui.core.backends.chat_endpoint import Endpoint
from mux_tui.core.backends.chat_faults import cut, is_cut
from mux_tui.core.errors import BackendError

NOT_ENDED = "the server did not end the stream properly"
"""The note on an answer that was complete when its stream broke."""

_AFTER_FINISH_SECONDS = 5.0
"""How long a finished answer waits for its token counts and its end."""


@dataclass(frozen=True)
class Silence:
    """The seconds that a server may be silent."""

    first_token: float
    """From the request to the first token."""

    stall: float
    """Between two tokens."""

    def allowed(self, whole: bool) -> float:
        """How long it may be silent now; `whole`: the answer is complete."""
        return min(self.stall, _AFTER_FINISH_SECONDS) if whole else self.stall

    def fault(
        self, error: Exception, endpoint: Endpoint, tokens: int
    ) -> BackendError | None:
        """What a break before the end of the answer is; None: `error` says it itself.

        Args:
            error: What broke the answer off.
            endpoint: Who was asked.
            tokens: How many had come.
        """
        if isinstance(error, TimeoutError):
            return self._stalled(endpoint, tokens)
        if tokens and is_cut(error):
            return cut(tokens)

        return None

    def _stalled(self, endpoint: Endpoint, tokens: int) -> BackendError:
        if not tokens:
            what = f"no token from {endpoint.shown}"
            limit = f"within {self.first_token:g} s"
        else:
            what = f"the local server fell silent after {tokens} tokens"
            limit = f"for {self.stall:g} s"

        return BackendError(
            "stalled", f"{what} {limit}", "", "Look at it: mux server logs"
        )
