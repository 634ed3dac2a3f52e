"""TAP, the JSON of vitest and jest, and what node's runner prints for people."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import cast

from mux_tui.core.verification.oracle.facts import Case
from mux_tui.core.verification.oracle.reading.case import case, plain

_TAP = re.compile(
    r"^(?P<indent> *)(?P<not>not )?ok\b *(?P<number>\d*) *-? *(?P<rest>.*)"
)
_DIRECTIVE = re.compile(r"\s# *(skip|todo)\b.*$", re.IGNORECASE)
_SPEC = re.compile(
    r"^(?P<indent> *)(?P<mark>[✔✖✓✗×✕]) (?P<name>.+?)(?: \(?[\d.]+ ?ms\)?)?$"
)
_NOISE = re.compile(
    r"^\s*(?:# Subtest|---|\.\.\.|duration_ms|type:|name:|failureType:)"
)
_RUNNERS_FRAME = re.compile(r"^\s*at .*(?:node_modules/|node:internal|<anonymous>\))")
_DETAIL_LINES = 15
_GOOD = "✔✓"
_SUMMARY = re.compile(
    r"^\s*(?:ℹ|#) (?P<what>tests|pass|fail|cancelled) (?P<count>\d+)$"
)


@dataclass
class _Point:
    """One line of TAP, with what follows it."""

    indent: int
    name: str
    failed: bool
    excused: bool
    notes: list[str] = field(default_factory=list[str])


def tap(text: str) -> list[Case]:
    """The test points of a TAP stream, sub-tests named after those around them."""
    found: list[Case] = []
    waiting: list[_Point] = []
    for point in _points(plain(text)):
        # A parent follows its children, which are indented further.
        inner = [one for one in waiting if one.indent > point.indent]
        waiting = [one for one in waiting if one.indent <= point.indent]
        if not inner:
            waiting.append(point)
            continue
        if point.excused:
            waiting.append(point)
            continue
        for one in inner:
            one.name = f"{point.name} > {one.name}"
            one.indent = point.indent
        alone = point.failed and not any(one.failed for one in inner)
        waiting += [*inner, point] if alone else inner

    found += [_tap_case(one) for one in waiting]
    return found


def _points(text: str) -> Iterator[_Point]:
    point: _Point | None = None
    for line in text.split("\n"):
        match = _TAP.match(line)
        if match is None:
            if point is not None and line.startswith((" " * (point.indent + 2), "#")):
                point.notes.append(line)
            continue
        if point is not None:
            yield point
        rest = match["rest"]
        name = _DIRECTIVE.sub("", rest).strip()
        excused = _DIRECTIVE.search(f" {rest}") is not None
        name = name or f"test {match['number']}"
        point = _Point(len(match["indent"]), name, bool(match["not"]), excused)
    if point is not None:
        yield point


def _tap_case(point: _Point) -> Case:
    if point.excused:
        return case(point.name, "skip")
    if not point.failed:
        return case(point.name, "pass")

    return case(point.name, "fail", _notes(point.notes))


def _notes(lines: list[str]) -> str:
    """What a test point's notes say of the failure, without the runner's own."""
    kept: list[str] = []
    for line in lines:
        if line.strip().startswith("stack:"):
            break
        if not _NOISE.match(line):
            kept.append(line)
    return "\n".join(kept[:_DETAIL_LINES])


def jest(report: bytes) -> list[Case]:
    """The tests of a report by jest or vitest; none when it is no such report."""
    found: list[Case] = []
    for suite in _list(_dict(_load(report)).get("testResults")):
        told = _dict(suite)
        file = str(told.get("name", ""))
        tests = [_dict(one) for one in _list(told.get("assertionResults"))]
        if not tests and told.get("status") == "failed":
            # The file itself could not be loaded.
            found.append(case(file, "fail", str(told.get("message", ""))))
        for test in tests:
            messages = [str(line) for line in _list(test.get("failureMessages"))]
            name = f"{file} > {test.get('fullName') or test.get('title', '')}"
            found.append(_jest_case(name, str(test.get("status")), messages))

    return found


def _jest_case(name: str, status: str, messages: list[str]) -> Case:
    if status == "passed":
        return case(name, "pass")
    if status != "failed":
        return case(name, "skip")

    lines = (line for text in messages for line in text.split("\n"))
    own = (line for line in lines if not _RUNNERS_FRAME.search(line))
    return case(name, "fail", "\n".join(islice(own, _DETAIL_LINES)))


def spec(text: str) -> list[Case]:
    """The tests in what a script printed, where it shows marks or TAP."""
    clean = plain(text)
    if "TAP version" in clean:
        return tap(clean)

    found: list[Case] = []
    for line in clean.split("\n"):
        if line.startswith("✖ failing tests"):
            break
        match = _SPEC.match(line)
        if match is not None:
            good = match["mark"] in _GOOD
            found.append(case(match["name"], "pass" if good else "fail"))
    return found


def counted(text: str) -> int | None:
    """How many tests node's own runner says it ran; None: it says nothing."""
    for line in plain(text).split("\n"):
        match = _SUMMARY.match(line)
        if match is not None and match["what"] == "tests":
            return int(match["count"])

    return None


def eslint(report: bytes) -> list[str]:
    """ESLint's errors, each named by file, rule and message."""
    found: list[str] = []
    for file in map(_dict, _list(_load(report))):
        for message in map(_dict, _list(file.get("messages"))):
            if message.get("severity") == 2:
                rule = message.get("ruleId") or "parsing"
                text = f"{file.get('filePath')}: {message.get('message')} ({rule})"
                found.append(text)

    return found


def _load(report: bytes) -> object:
    try:
        return cast("object", json.loads(report))
    except (ValueError, RecursionError):
        return None


def _dict(value: object) -> dict[str, object]:
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else []
