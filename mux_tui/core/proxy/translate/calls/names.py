"""Which tool is meant by the name that a model wrote.

Models write `read_file` where the tool is `Read`, or `bash` for `Bash`. Another name is
taken for a tool only if exactly one tool can be meant.
"""

import re
from collections.abc import Iterable

from mux_tui.core.wire.anthropic import Tool

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_WORDS = re.compile(r"[A-Za-z0-9]+")
_LAST = re.compile(r"[^.:/]*$")
_FOREIGN = re.compile(r"[^A-Za-z0-9_-]")
_MOST_NAME = 64

# Words that models add to a tool's name, or leave out of it.
_FILLERS = frozenset(
    {"file", "files", "tool", "function", "run", "execute", "command", "use", "call"}
)


class ToolNames:
    """The names of the tools of one request."""

    def __init__(self, tools: Iterable[Tool]) -> None:
        """Learn the names."""
        self.tools = {tool.name: tool for tool in tools}
        self._meant: dict[str, set[str]] = {}
        for name in self.tools:
            for key in _keys(name):
                self._meant.setdefault(key, set()).add(name)

    def find(self, name: str) -> Tool | None:
        """The tool that `name` means; None: none, or more than one could be meant."""
        if tool := self.tools.get(name):
            return tool

        last = _LAST.search(name)
        for key in _keys(last[0] if last else name):
            meant = self._meant.get(key, set[str]())
            if len(meant) == 1:
                return self.tools[next(iter(meant))]
            if meant:
                return None

        return None


def safe_name(name: str) -> str:
    """A name that stands for no tool, in characters that every client takes."""
    return _FOREIGN.sub("_", name.strip())[:_MOST_NAME]


def _keys(name: str) -> list[str]:
    """The keys under which a name is known, the closest first."""
    server, _, own = name.rpartition("__")
    words = _split(name)
    keys = ["".join(words), " ".join(_without_fillers(words))]
    if server:
        keys.append(" ".join(_without_fillers(_split(own))))

    return [key for key in keys if key]


def _split(name: str) -> list[str]:
    return [word.lower() for word in _WORDS.findall(_HUMP.sub(" ", name))]


def _without_fillers(words: list[str]) -> list[str]:
    return [word for word in words if word not in _FILLERS]
