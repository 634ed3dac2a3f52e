"""Pytest's JUnit report, and the verbose output of unittest."""

import re
from collections.abc import Iterator
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from mux_tui.core.verification.oracle.facts import Case, CaseOutcome
from mux_tui.core.verification.oracle.reading.case import case

_BEGUN = re.compile(r"^(?P<name>[\w.\[\]<>-]+ \([\w.<>]+\))(?: \.\.\.|$)")
_WORD = re.compile(
    r"(?:^|\.\.\. )"
    r"(?P<word>ok|FAIL|ERROR|skipped|expected failure|unexpected success)\b"
)
_OUTCOMES: dict[str, CaseOutcome] = {
    "ok": "pass",
    "expected failure": "pass",
    "skipped": "skip",
}
_FAILURE = re.compile(
    r"^={70}\n(?:FAIL|ERROR): (?P<name>[^\n]+)\n(?:[^\n]+\n)?-{70}\n"
    r"(?P<text>.*?)(?=^={70}$|^-{70}\nRan )",
    re.MULTILINE | re.DOTALL,
)


def junit(report: bytes) -> list[Case]:
    """The test cases of a JUnit report; none when it is no such report.

    Entities are no part of these reports, and a way to make small files large.
    """
    if b"<!DOCTYPE" in report or b"<!ENTITY" in report:
        return []
    try:
        root = ElementTree.fromstring(report)
    except ElementTree.ParseError:
        return []

    return [_junit_case(element) for element in root.iter("testcase")]


def _junit_case(element: Element) -> Case:
    name = _junit_name(element)
    for tag in ("failure", "error"):
        found = element.find(tag)
        if found is not None:
            detail = found.text or found.get("message") or ""
            return case(name, "fail", detail)

    return case(name, "skip" if element.find("skipped") is not None else "pass")


def _junit_name(element: Element) -> str:
    """The name that pytest itself gives the test on its command line."""
    name, classes = element.get("name", ""), element.get("classname", "")
    file = element.get("file", "")
    if not file:
        return f"{classes}::{name}" if classes else name

    module = file.removesuffix(".py").replace("/", ".")
    if not classes and name == module:
        # The file could not be collected.
        return file

    inner = classes.removeprefix(module).strip(".")
    parts = [file, *(part for part in inner.split(".") if part), name]
    return "::".join(part for part in parts if part)


def unittest(text: str) -> list[Case]:
    """The tests that `python -m unittest -v` tells of on standard error."""
    details = {_name(match["name"]): match["text"] for match in _FAILURE.finditer(text)}
    found = [case(name, outcome) for name, outcome in _told(text)]
    named = {one.name for one in found}
    # A failure while a class or module is set up has no line of its own.
    found += [case(name, "fail") for name in details if name not in named]
    return [
        case(one.name, "fail", details.get(one.name, ""))
        if one.outcome == "fail"
        else one
        for one in found
    ]


def _told(text: str) -> Iterator[tuple[str, CaseOutcome]]:
    name = ""
    for line in text.split("\n"):
        if line.startswith("=" * 70):
            return
        begun = _BEGUN.match(line)
        if begun is not None:
            name = _name(begun["name"])
        word = _WORD.search(line)
        if name and word is not None:
            yield name, _OUTCOMES.get(word["word"], "fail")
            name = ""


def _name(text: str) -> str:
    """`test_a (tests.test_x.Some)`: newer Pythons repeat the name inside."""
    match = re.match(r"^([^\s(]+) \(([^)]*)\)", text)
    if match is None:
        return text

    short, place = match[1], match[2]
    return place if place.endswith(f".{short}") else f"{place}.{short}"
