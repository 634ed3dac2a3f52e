"""Other people's text, made so that neither template nor parser obeys it.

Two kinds of marks get a space after their first character: those that a chat template
turns into control tokens, and those that our own parser of answers reads as a call.
Files and web pages hold both, by accident or on purpose.
"""

import re

from mux_tui.core.proxy.translate.markup import neutralised
from mux_tui.core.wire.control_tokens import disarmed

# Wider than the marks, and much faster to look for: nearly all text has none of them.
_SUSPECT = re.compile(
    r"<(?:[|\uff5c{]|/s>|/?tool_|function=|(?:start|end)_of_turn|/?<?/?SYS)"
)
_SUSPECT_BRACKET = re.compile(r"\[/?INST")


def harmless(text: str) -> str:
    """Return `text` with every such mark broken; it can still be read."""
    if _SUSPECT.search(text) or _SUSPECT_BRACKET.search(text):
        return neutralised(disarmed(text))

    return text
