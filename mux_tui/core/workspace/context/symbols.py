"""The top-level names of a source file, found cheaply: a hint, not a parse."""

import re

_MOST = 40
_MOST_CHARS = 256 * 1024

_PYTHON = re.compile(
    r"^(?:async[ \t]+def|def|class)[ \t]+(\w{1,80})|^([A-Z][A-Z0-9_]{2,60})[ \t]*[:=]",
    re.MULTILINE,
)
_SCRIPT = re.compile(
    r"^(?:export[ \t]+)?(?:default[ \t]+)?(?:declare[ \t]+)?(?:abstract[ \t]+)?"
    r"(?:async[ \t]+)?(?:function\*?|class|interface|type|enum|namespace|const|let|var)"
    r"[ \t]+([\w$]{1,80})",
    re.MULTILINE,
)
_GO = re.compile(
    r"^func[ \t]+(?:\([^)\n]{0,120}\)[ \t]*)?(\w{1,80})"
    r"|^(?:type|var|const)[ \t]+(\w{1,80})",
    re.MULTILINE,
)
_RUST = re.compile(
    r"^(?:pub(?:\([^)\n]{0,60}\))?[ \t]+)?(?:(?:async|unsafe|const|extern)[ \t]+){0,3}"
    r"(?:fn|struct|enum|trait|mod|type|static|const|union)[ \t]+(\w{1,80})",
    re.MULTILINE,
)
_SHELL = re.compile(
    r"^(?:function[ \t]+)?([\w-]{1,80})[ \t]*\(\)[ \t]*\{?", re.MULTILINE
)

_BY_SUFFIX = {
    "py": _PYTHON,
    "pyi": _PYTHON,
    "js": _SCRIPT,
    "jsx": _SCRIPT,
    "mjs": _SCRIPT,
    "cjs": _SCRIPT,
    "ts": _SCRIPT,
    "tsx": _SCRIPT,
    "mts": _SCRIPT,
    "cts": _SCRIPT,
    "go": _GO,
    "rs": _RUST,
    "sh": _SHELL,
    "bash": _SHELL,
}


def has_symbols(path: str) -> bool:
    """Whether the language of a file is one that can be read here."""
    return _suffix(path) in _BY_SUFFIX


def symbols_of(path: str, text: str) -> tuple[str, ...]:
    """The names that a file defines at its top level, in order, each once."""
    pattern = _BY_SUFFIX.get(_suffix(path))
    if pattern is None:
        return ()

    found: dict[str, None] = {}
    for match in pattern.finditer(text, 0, _MOST_CHARS):
        found[next(group for group in match.groups() if group)] = None
        if len(found) >= _MOST:
            break

    return tuple(found)


def _suffix(path: str) -> str:
    return path.rpartition("/")[2].rpartition(".")[2].casefold()
