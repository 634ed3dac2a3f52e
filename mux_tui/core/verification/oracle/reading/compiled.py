"""The output of `cargo test` and the JSON of `go test`."""

import json
import re
from collections.abc import Iterable
from typing import cast

from mux_tui.core.verification.oracle.facts import Case, CaseOutcome
from mux_tui.core.verification.oracle.reading.case import case

_CARGO = re.compile(
    r"^test (?P<name>.+?)(?: - should panic)? \.\.\. (?P<word>ok|FAILED|ignored)\b"
)
_CARGO_DETAIL = re.compile(
    r"^---- (?P<name>.+?) stdout ----\n(?P<text>.*?)(?=^---- |^failures:$)",
    re.MULTILINE | re.DOTALL,
)
_LONGEST_DETAIL = 4_000


def cargo(text: str) -> list[Case]:
    """The tests that cargo's test harness tells of on standard output."""
    details = {match["name"]: match["text"] for match in _CARGO_DETAIL.finditer(text)}
    found: list[Case] = []
    for line in text.split("\n"):
        match = _CARGO.match(line)
        if match is None:
            continue
        name = match["name"]
        if match["word"] == "FAILED":
            head = details.get(name, "").partition("stack backtrace:")[0]
            found.append(case(name, "fail", head))
        else:
            found.append(case(name, "pass" if match["word"] == "ok" else "skip"))

    return found


def go(text: str) -> list[Case]:
    """The tests, and packages that do not build, of `go test -json`."""
    output: dict[str, str] = {}
    ends: dict[str, str] = {}
    for line in text.split("\n"):
        event = _event(line)
        action = str(event.get("Action", ""))
        name = f"{event.get('Package', '')}.{event.get('Test', '')}".rstrip(".")
        if action == "output":
            kept = output.get(name, "") + str(event.get("Output", ""))
            output[name] = kept[-_LONGEST_DETAIL:]
        elif action in ("pass", "fail", "skip") and event.get("Test"):
            ends[name] = action

    # A test with sub-tests ends as they do: it counts only when it failed by itself.
    parents = _above(ends)
    explained = _above(name for name, action in ends.items() if action == "fail")
    return [
        case(name, _outcome(action), output.get(name, ""))
        for name, action in ends.items()
        if name not in parents or (action == "fail" and name not in explained)
    ]


def _above(names: Iterable[str]) -> set[str]:
    """All that the names are sub-tests of."""
    found: set[str] = set()
    for name in names:
        above = name.rpartition("/")[0]
        while above and above not in found:
            found.add(above)
            above = above.rpartition("/")[0]
    return found


def _outcome(action: str) -> CaseOutcome:
    return "pass" if action == "pass" else "fail" if action == "fail" else "skip"


def _event(line: str) -> dict[str, object]:
    if not line.startswith("{"):
        return {}
    try:
        value: object = json.loads(line)
    except (ValueError, RecursionError):
        return {}

    return cast("dict[str, object]", value) if isinstance(value, dict) else {}
