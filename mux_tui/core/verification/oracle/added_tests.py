"""Whether lines were only added to tests, and are tests of their own.

A line in the middle of a test can be what makes it pass: `return`, or the result that
is expected. So what is added must be whole definitions under names that are new, and
nothing may be done with what was there. Read by indentation, without a parser.
"""

import re
from collections.abc import Iterator, Sequence

_OPENS = re.compile(
    r"@(?!.*\bautouse\b)|\#|//|/\*|\*|>>>|```|~~~"
    r"|(?:async\s+)?def\s+(?!set_?up|tear_?down|load_tests|pytest_|__)\w+"
    r"|(?:export\s+)?(?:default\s+)?(?:async\s+)?function\b"
    r"|(?:class|import|from|use|mod|func|struct)\s"
    r"|(?:pub(?:\([^)]*\))?\s+)?(?:async\s+)?(?:unsafe\s+)?fn\s"
    r"|(?:describe|context|suite|it|test|specify)\b(?!(?:\.\w+)*\s*=)"
    r"|(?-i:[A-Z][A-Z0-9_]+\s*=)"
    r"|(?:const|let|var)\s.+=\s*(?:await\s+)?(?:require|import)\s*\("
    r"|(?:public|private|protected|static|final|void)\s|\w+\s*\(\)\s*\{",
    re.IGNORECASE,
)
"""How a definition of its own begins, in any language that is proved."""

_CLOSES = re.compile(r"[)\]}]+[;,]*(?:\s*(?://.*|\#.*))?$")
_ATTRIBUTE = re.compile(r"@|\#!?\[")
_NAMES = re.compile(
    r"\b(?:def|class|function|fn|func|mod|struct)\s+(\w+)|\b(\w+)\s*\(\)\s*\{"
    r"|^>>>\s*(\w+)\s*=|^([A-Z][A-Z0-9_]+)\s*=|^\#\s*define\s+(\w+)"
)
_IMPORTS = re.compile(
    r"(?:from\s+\S+\s+)?import\s+(.+)|use\s+(.+)|(?:const|let|var)\s+(.+?)="
)
_WORD = re.compile(r"\w+")


def only_adds_tests(before: str, after: str) -> bool:
    """Whether a text still has all lines of another, and more tests beside them."""
    old, new = _written(before), _written(after)
    if not old:
        return True
    if (forward := _added(old, new)) is None:
        return False

    # Where a line comes twice, another reading of the same change may be the right one.
    turned = _added(old[::-1], new[::-1]) or ()
    backward = [(len(old) - at, lines[::-1]) for at, lines in turned]
    known = frozenset(_WORD.findall(before))
    return any(
        all(_stand_alone(old, at, lines, known) for at, lines in added)
        for added in (forward, backward)
    )


def _added(
    old: Sequence[str], new: Sequence[str]
) -> list[tuple[int, Sequence[str]]] | None:
    """Each run of lines that is only in `new`, and where in `old` it comes between.

    None: a line of `old` is missing, or another one stands before it.
    """
    found: list[tuple[int, Sequence[str]]] = []
    at = begun = 0
    for place, line in enumerate(new):
        if at < len(old) and line == old[at]:
            if begun < place:
                found.append((at, new[begun:place]))
            at, begun = at + 1, place + 1
    if begun < len(new):
        found.append((at, new[begun:]))

    return found if at == len(old) else None


def _stand_alone(
    old: Sequence[str], at: int, lines: Sequence[str], known: frozenset[str]
) -> bool:
    """Whether added lines are definitions that change nothing around them."""
    depth = min(map(_indent, lines))
    top = [line.strip() for line in lines if _indent(line) == depth]
    if _indent(lines[0]) != depth or not _OPENS.match(top[0]):
        return False
    if not all(_OPENS.match(line) or _CLOSES.match(line) for line in top):
        return False
    earlier = old[at - 1].strip() if at else ""
    if _ATTRIBUTE.match(top[-1]) or _ATTRIBUTE.match(earlier):
        return False
    following = _indent(old[at]) if at < len(old) else 0
    return following <= depth and known.isdisjoint(_defined(top))


def _written(text: str) -> list[str]:
    """The lines that are not blank."""
    return [line for line in text.splitlines() if line.strip()]


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _defined(lines: Sequence[str]) -> Iterator[str]:
    """The names that lines bring about."""
    for line in lines:
        if found := _IMPORTS.match(line):
            names = next(filter(None, found.groups()))
            yield from _WORD.findall(names.rpartition("::")[2])
        for found in _NAMES.finditer(line):
            yield next(filter(None, found.groups()))
