"""The floor: what changed can be parsed, whatever else the project has."""

from importlib import resources
from pathlib import PurePosixPath

from mux_tui.core.verification.oracle.detecting.context import Context
from mux_tui.core.verification.oracle.detecting.python import interpreter
from mux_tui.core.verification.oracle.facts import Oracle

_MOST = 1_000

_LANGUAGES = {
    ".py": "python",
    ".pyi": "python",
    ".json": "json",
    ".toml": "toml",
    ".yaml": "yaml",
    ".yml": "yaml",
    ".js": "javascript",
    ".mjs": "javascript",
    ".cjs": "javascript",
    ".sh": "shell",
    ".bash": "shell",
}


def find(context: Context) -> list[Oracle]:
    """One oracle for all changed files that something can parse."""
    words: list[str] = []
    for path in context.changed[:_MOST]:
        language = _LANGUAGES.get(PurePosixPath(path).suffix.lower())
        if language is not None:
            words += [language, path]
    if not words:
        return []

    python, lends = interpreter(context.files, ".")
    return [
        Oracle(
            "parse",
            "floor",
            (python, "-I", "-B", "-c", script(), *words),
            f"{len(words) // 2} of the changed files can be parsed without being run",
            reading="parse",
            lends=lends,
        )
    ]


def script() -> str:
    """The parser's source, which goes to an interpreter that knows nothing of us."""
    package = resources.files("mux_tui.core.verification.oracle")
    return (package / "parse_files.py").read_text("utf-8")
