"""A scripted model that plays an agent: it says its lines in the order of the scene.

It answers as small models do, in text: a call is written as `<tool_call>` with JSON.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.upstream.exchange import Exchange

Json = dict[str, Any]
Line = str | Callable[[Json], str]
"""What is said; made out of the request where it must be."""


def call(name: str, **arguments: Any) -> str:
    """A tool call in the words of a model without a parser of its own."""
    body = json.dumps({"name": name, "arguments": arguments})
    return f"<tool_call>\n{body}\n</tool_call>"


def overflow(tokens: int, window: int) -> Json:
    """What llama-server says of a prompt that is too long."""
    message = f"the request exceeds the available context size ({window} tokens)"
    return {
        "error": {
            "code": 400,
            "message": message,
            "type": "exceed_context_size_error",
            "n_prompt_tokens": tokens,
            "n_ctx": window,
        }
    }


@dataclass
class Actor:
    """Says one line for each request; the last one again and again."""

    lines: list[Line]
    seen: list[Json] = field(default_factory=list[Json])
    """The bodies it was asked with."""

    refuse: Callable[[int, Json], Json | None] = lambda _number, _body: None
    """A document to refuse a request with, by its number from 0; None: it is taken."""

    async def play(self, exchange: Exchange) -> None:
        """Answer one completion."""
        body = exchange.arrived.body
        number = len(self.seen)
        self.seen.append(body)
        if refusal := self.refuse(number, body):
            await exchange.json(refusal, 400)
            return

        line = self.lines.pop(0) if len(self.lines) > 1 else self.lines[0]
        await exchange.reply(line if isinstance(line, str) else line(body))

    def words(self, number: int = -1) -> str:
        """Everything that a request said, as one text."""
        return "\n".join(str(m.get("content")) for m in self.seen[number]["messages"])
