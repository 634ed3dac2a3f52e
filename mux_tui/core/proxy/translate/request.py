"""A Messages request as a Chat Completions body, for one local model.

Only what the local server understands is sent, and never a null. What it would ignore,
the model is told in words (`demands`), or the answer's translator does itself.
"""

from collections.abc import Sequence
from typing import Any

from mux_tui.core.proxy.translate.demands import demands, must_call
from mux_tui.core.proxy.translate.facts import ChatRequest, ModelTraits
from mux_tui.core.proxy.translate.harmless import harmless
from mux_tui.core.proxy.translate.inject import Injection, inject
from mux_tui.core.proxy.translate.messages import Manner, messages_of
from mux_tui.core.proxy.translate.schemas import function_of
from mux_tui.core.wire.anthropic import MessagesRequest, Tool

TOOLS_BUDGET = {"small": 12_000, "medium": 24_000, "large": 100_000}
"""Most characters of injected tools by tier, where nobody tells another budget."""

_LEAST_ANSWER = 256
_CHARACTERS_PER_TOKEN = 4


def to_chat(
    request: MessagesRequest,
    traits: ModelTraits,
    max_tokens_cap: int,
    *,
    tools_budget: int | None = None,
) -> ChatRequest:
    """Translate a request, already trimmed, for the model of `traits`.

    The same request gives the same bytes, and a conversation that grows keeps the
    messages that were already there.

    Args:
        request: What the client asked.
        traits: The model that will answer.
        max_tokens_cap: Most tokens of an answer, whatever the client asks.
        tools_budget: Most characters that injected tools may take; None: by the
            model's tier.
    """
    client_tools = tuple(tool for tool in request.tools if not tool.server)
    budget = TOOLS_BUDGET[traits.tier] if tools_budget is None else tools_budget
    native = traits.native_tools
    told = Injection("", client_tools) if native else inject(client_tools, budget)

    messages = _messages(request, traits, told)
    tools = [function_of(tool) for tool in told.tools] if native else []
    limit = _max_tokens(request, traits, max_tokens_cap, _size(messages, tools))
    callable_tools = () if request.tool_choice.mode == "none" else told.tools
    return ChatRequest(
        _body(request, traits, messages, tools, limit),
        callable_tools,
        injected=bool(told.text),
        stop_sequences=request.stop_sequences,
        parallel=request.tool_choice.parallel,
        must_call=must_call(request, told.tools),
        notes=tuple(_notes(request)),
        cuts=told.cuts,
    )


def _messages(
    request: MessagesRequest, traits: ModelTraits, told: Injection
) -> list[dict[str, Any]]:
    manner = Manner(
        injected=not traits.native_tools,
        images=traits.images,
        echo=not traits.trimmable_cache,
    )
    turns = request.turns + demands(request, told.tools)
    said = messages_of(turns, manner)
    system = [harmless(text) for text in request.system if text.strip()]
    if told.text:
        system.append(told.text)
    if system:
        said.insert(0, {"role": "system", "content": "\n\n".join(system)})
    return said


def _body(
    request: MessagesRequest,
    traits: ModelTraits,
    messages: list[dict[str, Any]],
    tools: list[dict[str, Any]],
    max_tokens: int,
) -> dict[str, Any]:
    body: dict[str, Any] = {"model": traits.id} if traits.id else {}
    body["messages"] = messages
    if tools:
        body["tools"] = tools
    body["max_tokens"] = max_tokens
    for name in ("temperature", "top_p", "top_k"):
        if (value := getattr(request, name)) is not None:
            body[name] = value
    if traits.thinking:
        body["chat_template_kwargs"] = {"enable_thinking": request.thinking}
    return body


def _max_tokens(
    request: MessagesRequest, traits: ModelTraits, cap: int, size: int
) -> int:
    """Most tokens of the answer; the prompt is guessed at its shortest, so that the
    answer is only cut where there is no doubt."""
    wanted = min(request.max_tokens, max(cap, 1))
    if traits.context_window is None:
        return wanted

    room = traits.context_window - size // _CHARACTERS_PER_TOKEN
    return max(1, min(wanted, max(room, _LEAST_ANSWER), traits.context_window))


def _size(messages: list[dict[str, Any]], tools: Sequence[dict[str, Any]]) -> int:
    texts = (message["content"] for message in messages)
    said = sum(len(text) for text in texts if isinstance(text, str))
    return said + sum(len(tool["function"].get("description", "")) for tool in tools)


def _notes(request: MessagesRequest) -> list[str]:
    notes = [_left_out(tool) for tool in request.tools if tool.server]
    if request.turns and request.turns[-1].role == "assistant":
        notes.append("the client began the answer; it is shown as an earlier turn")
    return notes


def _left_out(tool: Tool) -> str:
    return f"server tool {tool.name} ({tool.server[:60]}) left out"
