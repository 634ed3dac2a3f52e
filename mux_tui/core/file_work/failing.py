"""What failed before anybody changed anything, and what of it a task asks to mend."""

import re
from collections.abc import Sequence

from mux_tui.core.text import printable
from mux_tui.core.verification.oracle.facts import Proof

_SPEAKS_OF_FAILING = re.compile(
    r"\b(?:tests?|fail\w*|broken?|bugs?|fix(?:es)?|repair|pass(?:es|ing)?|green|red"
    r"|errors?|crash\w*|regression|exceptions?|traceback)\b",
    re.IGNORECASE,
)
_ALL = re.compile(
    r"\b(?:fix|repair|mend|make|get)\b[^.!?\n]{0,60}?\b(?:tests?|suite|build|checks?)\b"
    r"|\b(?:failing|broken|red)\s+(?:\w+\s+){0,2}(?:tests?|checks?|suite|build)\b"
    r"|\btests?\s+(?:\w+\s+){0,3}(?:pass|green)\b",
    re.IGNORECASE,
)
_WORDS = re.compile(r"[\w.:/\[\]-]+")
_LEAST_NAME = 4
_MOST_CHARS = 8_000


def speaks_of_failing(task: str) -> bool:
    """Whether what fails now is worth knowing before the first draft."""
    return _SPEAKS_OF_FAILING.search(task) is not None


def asked(task: str, proofs: Sequence[Proof]) -> tuple[str, ...]:
    """The failing tests that a task asks to mend, by name.

    Those whose own name stands in the task; if none does and the task speaks of the
    failing tests as a whole, all of them.
    """
    failing = [name for proof in proofs for name in proof.failing]
    words = {word.strip(".,:;`'\"()") for word in _WORDS.findall(task)}
    named = [name for name in failing if _own_names(name) & words]
    if named:
        return tuple(named)

    if not _ALL.search(task):
        return ()

    nameless = [one.oracle for one in proofs if one.status == "fail" and not one.named]
    return (*failing, *nameless)


def told(proofs: Sequence[Proof]) -> str:
    """What failing proofs have written, for a model to read; the newest lines stay."""
    lines = [
        line
        for proof in proofs
        if proof.status == "fail"
        for line in (proof.summary, *proof.lines)
    ]
    return printable("\n".join(lines))[-_MOST_CHARS:]


def _own_names(name: str) -> set[str]:
    """A test's full name, and its last part with and without parameters."""
    last = re.split(r"::| > ", name)[-1]
    names = {name, last, last.partition("[")[0]}
    return {one for one in names if len(one) >= _LEAST_NAME}
