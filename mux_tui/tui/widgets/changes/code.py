"""The code of a file in colours, line by line."""

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from mux_tui.tui.widgets.answer.code import code_lines

if TYPE_CHECKING:
    from mux_tui.tui.widgets.answer.look import Look
    from mux_tui.tui.widgets.answer.rows import Piece

_NAMES = {
    "cc": "cpp",
    "cfg": "ini",
    "cjs": "js",
    "h": "c",
    "hpp": "cpp",
    "htm": "html",
    "mjs": "js",
    "pyi": "py",
}
"""Endings of file names which are not a language's own name."""

_WHOLE = {"dockerfile": "docker", "makefile": "make", "gnumakefile": "make"}


def code_of(content: bytes, path: str, look: "Look") -> "list[list[Piece]]":
    """The lines of a content in colours; empty: there are none for it, or it takes
    too long to find them."""
    language = language_of(path)
    if not language or not content:
        return []
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return []

    lines = code_lines(text, language, look)
    return lines if len(lines) == text.count("\n") + 1 else []


def language_of(path: str) -> str:
    """What a fence would call the language of a file of that name."""
    name = PurePosixPath(path).name.lower()
    ending = name.rpartition(".")[2] if "." in name else ""
    return _WHOLE.get(name, _NAMES.get(ending, ending))
