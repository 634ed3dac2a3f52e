"""One call of the client, as far as a tool has to do with it."""

from dataclasses import dataclass

import mcp_types as types
from mcp.server.context import ServerRequestContext
from mcp.shared.exceptions import MCPError

from mux_tui.mcp.questions import Question

ANSWER = "answer"
"""The name of our question, where it is asked by the result of a call."""


@dataclass(frozen=True)
class Call:
    """What the client sent along, and the way to speak with it meanwhile."""

    context: ServerRequestContext
    params: types.CallToolRequestParams

    @property
    def can_ask(self) -> bool:
        """Whether the client can show its user a form."""
        capabilities = self.context.session.client_capabilities
        asking = capabilities.elicitation if capabilities else None
        # With neither named, forms are meant: they were there first.
        return asking is not None and not (asking.url and not asking.form)

    @property
    def asks_by_result(self) -> bool:
        """Whether questions are asked by a result, and answered by another call.

        In the newer protocol a server sends no requests.
        """
        return not self.context.session.can_send_request

    @property
    def answered_run(self) -> str:
        """The run whose question this call brings the answer to; empty: none."""
        return self.params.request_state or ""

    @property
    def answer(self) -> bool:
        """The answer that it brings."""
        given = (self.params.input_responses or {}).get(ANSWER)
        return isinstance(given, types.ElicitResult) and _is_yes(given)

    async def report(self, step: int, sentence: str) -> None:
        """Tell how far it is, if the client wants to know."""
        await self.context.session.report_progress(step, None, sentence)

    async def ask(self, question: Question) -> bool:
        """Have the client ask its user; whatever is no yes is a no."""
        session = self.context.session
        try:
            result = await session.elicit_form(
                question.message, question.schema, self.context.request_id
            )
        except MCPError:
            # It cannot, or its user is gone.
            return False
        return _is_yes(result)

    def question(self, question: Question, run_id: str) -> types.InputRequiredResult:
        """The result that asks."""
        params = types.ElicitRequestFormParams(
            message=question.message, requested_schema=question.schema
        )
        asked = types.ElicitRequest(params=params)
        return types.InputRequiredResult(
            input_requests={ANSWER: asked}, request_state=run_id
        )


def _is_yes(result: types.ElicitResult) -> bool:
    return result.action == "accept" and (result.content or {}).get("yes") is True
