"""The routing word: a task that begins with `@claude` says where it wants to go."""

import re

from mux_tui.core.task import Route

_WORD = re.compile(r"\s*@(?P<route>local|claude|codex|gemini)(?:\s+|$)")
_ROUTES: dict[str, Route] = {
    "local": "local",
    "claude": "claude",
    "codex": "codex",
    "gemini": "gemini",
}


def split_override(text: str) -> tuple[Route | None, str]:
    """Take the routing word off a task.

    It counts as the first word alone, in lower case, followed by white space or the
    end: `@path/file`, `@claude/x` and `@Claude` are part of the task.

    Returns:
        The route, or None; and the rest of the task, which may be empty.
    """
    found = _WORD.match(text)
    if found is None:
        return None, text

    return _ROUTES[found["route"]], text[found.end() :]
