"""What type checkers and linters say, without the line numbers that edits move."""

import json
import re
from collections.abc import Iterable
from typing import cast

from mux_tui.core.verification.oracle.facts import Case, CaseOutcome
from mux_tui.core.verification.oracle.reading.case import case, numbered

_FINDING = re.compile(
    r"^\s*(?P<path>[^\s:(][^:(]*?)"
    r"(?::\d+(?::\d+)?(?:-\d+(?::\d+)?)?:? (?:- )?|\(\d+,\d+\): )"
    r"(?P<text>.*)$"
)
_OUTCOMES: dict[str, CaseOutcome] = {"pass": "pass", "fail": "fail", "skip": "skip"}
_NOT_ERRORS = re.compile(r"^(?:note|warning|information|E902|W\d+ )\b")


def findings(text: str) -> list[Case]:
    """The errors in the output of ruff, mypy, pyright or tsc."""
    return found(
        f"{match['path'].strip()}: {match['text'].strip()}"
        for line in text.split("\n")
        if (match := _FINDING.match(line)) and not _NOT_ERRORS.match(match["text"])
    )


def found(names: Iterable[str]) -> list[Case]:
    """A failing case for each finding."""
    return [case(name, "fail") for name in numbered(names)]


def parsed(text: str) -> list[Case]:
    """The files that our own parser tells of."""
    return [one for line in text.split("\n") if (one := _fact(line))]


def _fact(line: str) -> Case | None:
    try:
        value: object = json.loads(line)
    except (ValueError, RecursionError):
        return None

    fact = cast("dict[str, object]", value) if isinstance(value, dict) else {}
    path, why = str(fact.get("path", "")), str(fact.get("why", ""))
    outcome = _OUTCOMES.get(str(fact.get("outcome")))
    return case(path, outcome, why) if outcome else None
