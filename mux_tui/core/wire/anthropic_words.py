"""What the user really typed, told apart from what the client puts around it.

Clients put reminders, command output and tool results into the user's turns; decisions
by the user's words must see none of that.
"""

import re

from mux_tui.core.wire.anthropic import MessagesRequest, Text, Turn

_WRAPPERS = (
    "system-reminder|command-name|command-message|command-contents|local-command-stdout"
    "|local-command-stderr|local-command-caveat|bash-input|bash-stdout|bash-stderr"
    "|user-memory-input|ide_selection|ide_opened_file|ide_diagnostics"
    "|task-notification|new-diagnostics|tool_use_error"
)
_MARK = re.compile(rf"<(/?)({_WRAPPERS})>")
_ARGUMENTS = re.compile(r"</?command-args>")
_CLIENT_LINES = frozenset(
    (
        "[Request interrupted by user]",
        "[Request interrupted by user for tool use]",
        "Tool loaded.",
    )
)


def last_words(request: MessagesRequest) -> str:
    """The text that the user typed last; empty: nothing yet.

    While tools run, the last turns hold only their results: the words are those of the
    turn that set them off.
    """
    for turn in reversed(request.turns):
        if turn.role == "user" and (words := _typed(turn)):
            return words

    return ""


def _typed(turn: Turn) -> str:
    blocks = (_unwrapped(b.text) for b in turn.blocks if isinstance(b, Text))
    return "\n\n".join(b for b in blocks if b and b not in _CLIENT_LINES)


def _unwrapped(text: str) -> str:
    """Leave out what stands between the marks of a wrapper; one left open is words."""
    if "<" not in text:
        return text.strip()

    kept: list[str] = []
    start, wrapper, opened = 0, "", 0
    for mark in _MARK.finditer(text):
        if not wrapper and not mark[1]:
            wrapper, opened = mark[2], mark.start()
        elif wrapper == mark[2] and mark[1]:
            kept.append(text[start:opened])
            start, wrapper = mark.end(), ""
    kept.append(text[start:])
    return _ARGUMENTS.sub("", "".join(kept)).strip()
