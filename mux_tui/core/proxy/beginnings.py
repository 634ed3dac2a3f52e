"""How each project's prompts begin, remembered so that they can be read beforehand.

A small file for the owner alone: the system prompt and the tools, translated, of the
last conversation in each directory. No words of the user are in it.
"""

import hashlib
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson

from mux_tui.core.errors import EnvironmentProblem
from mux_tui.core.paths import private_directory, write_private

_MOST = 8
_FILE_LIMIT = 8 * 1024 * 1024
_KEPT = ("tools", "chat_template_kwargs")
_FIRST_WORDS = {"role": "user", "content": "hi"}


def beginning_of(body: dict[str, Any]) -> dict[str, Any] | None:
    """The part of a request that every conversation of a project begins with."""
    messages: list[dict[str, Any]] = body["messages"]
    if not messages or messages[0].get("role") != "system":
        return None

    return {"messages": messages[:1]} | {k: body[k] for k in _KEPT if k in body}


def warming_body(beginning: dict[str, Any]) -> dict[str, Any]:
    """A request that makes a model read a beginning and say one token."""
    messages = [*beginning["messages"], _FIRST_WORDS]
    return beginning | {"messages": messages, "max_tokens": 1, "temperature": 0}


def key_of(model: str, cwd: Path) -> str:
    """The name of a beginning: which model, where."""
    return hashlib.sha256(f"{model}\0{cwd}".encode("utf-8", "replace")).hexdigest()


class Beginnings:
    """The file."""

    def __init__(self, path: Path) -> None:
        """Use that file; it need not be there."""
        self._path = path

    def recall(self, key: str) -> dict[str, Any] | None:
        """What was remembered under this name; None: nothing that can be used."""
        found = self._read().get(key)
        return found if isinstance(found, dict) and _usable(found) else None  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]

    def remember(self, key: str, beginning: dict[str, Any]) -> None:
        """Remember it as the newest; what cannot be written is not remembered."""
        known = self._read()
        if known.get(key) == beginning:
            return
        known.pop(key, None)
        newest = dict([*known.items(), (key, beginning)][-_MOST:])
        with suppress(OSError, EnvironmentProblem, TypeError):
            private_directory(self._path.parent)
            write_private(self._path, orjson.dumps(newest).decode())

    def _read(self) -> dict[str, Any]:
        try:
            if self._path.stat().st_size > _FILE_LIMIT:
                return {}
            found = orjson.loads(self._path.read_bytes())
        except (OSError, ValueError):
            return {}

        return found if isinstance(found, dict) else {}  # pyright: ignore[reportUnknownVariableType]


def _usable(beginning: dict[str, Any]) -> bool:
    match beginning:
        case {"messages": [{"role": "system", "content": str()}]}:
            return True
        case _:
            return False
