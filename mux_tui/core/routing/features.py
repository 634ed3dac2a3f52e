"""What a task says about itself, as numbers and words.

Sizes are of the whole task. Everything else is read from its first 5,000 and last
2,000 characters, so that a decision takes the same time for a megabyte.
"""

import re
from dataclasses import dataclass

from mux_tui.core.config.settings import Router
from mux_tui.core.routing.fences import parts
from mux_tui.core.routing.keywords import find_keywords
from mux_tui.core.routing.kind import Form, read_kind
from mux_tui.core.routing.pathlike import split_paths
from mux_tui.core.task import Kind

HEAD = 5_000
TAIL = 2_000
_TRACEBACK = re.compile(
    r"^[ \t]*(?:Traceback \(most recent call last\):|Exception in thread \""
    r"|thread '[^'\n]{0,80}' panicked at|panic: |goroutine \d+ \[|error\[E\d{4}\]"
    r"|File \"[^\"\n]{1,200}\", line \d+"
    r"|at [\w.$<>]{1,120} ?\([^()\n]{1,200}:\d+(?::\d+)?\))",
    re.MULTILINE,
)
_QUOTED_CODE = re.compile(r"`[^`\n]{1,200}`")
_CODE_LINE = re.compile(
    r"^(?:\s*(?:def|class|import|from|return|if|for|while|func|fn|let|const|var|public"
    r"|private|static|#include|#define|package|use|SELECT|INSERT|CREATE|UPDATE)\b"
    r".*[(){}\[\];:=].*|.*[;{}]\s*|\s*[\w.]+\([^()\n]*\)\s*|\s*@\w+.*|>>> .*)$"
)


@dataclass(frozen=True)
class Features:
    """What is told from a task's text alone."""

    chars: int
    """Length of the task without its routing word, in characters."""

    bytes: int
    """The same in bytes of UTF-8."""

    lines: int
    keywords: tuple[str, ...]
    """Which of `router.keywords` stand in the prose as whole words."""

    paths: tuple[str, ...]
    """Path-like strings in the prose, each once; at most 50."""

    code_share: float
    """0 to 1: the part of the characters read that is code."""

    traceback: bool
    """A stack trace was pasted."""

    form: Form
    kind: Kind
    kind_note: str
    """Why it is that kind; holds foreign text."""


def features(text: str, router: Router) -> Features:
    """Read a task's features.

    Args:
        text: The task without a routing word.
        router: Which words mark a hard task.
    """
    read = _excerpt(text)
    apart = parts(read)
    prose = apart.prose
    paths, words = split_paths(prose)
    reading = read_kind(_TRACEBACK.sub(" ", prose))
    return Features(
        chars=len(text),
        bytes=len(text.encode("utf-8", "surrogatepass")),
        lines=text.count("\n") + 1,
        keywords=find_keywords(words, router.keywords),
        paths=paths,
        code_share=_code_share(read, prose, tuple(b.code for b in apart.blocks)),
        traceback=_TRACEBACK.search(read) is not None,
        form=reading.form,
        kind=reading.kind,
        kind_note=reading.why,
    )


def _excerpt(text: str) -> str:
    if len(text) <= HEAD + TAIL:
        return text

    return f"{text[:HEAD]}\n{text[-TAIL:]}"


def _code_share(read: str, prose: str, blocks: tuple[str, ...]) -> float:
    lines = sum(len(line) for line in prose.split("\n") if _is_code(line))
    quoted = sum(len(found[0]) for found in _QUOTED_CODE.finditer(prose))
    code = sum(map(len, blocks)) + max(lines, quoted)
    return round(min(1.0, code / max(1, len(read))), 3)


def _is_code(line: str) -> bool:
    # Prose can be long without a line end; a line of code is not.
    return len(line) <= 300 and _CODE_LINE.match(line) is not None
