"""Whether a change edits what decides what its own proof runs.

A test script that became `true` proves nothing, and neither does a test that failed and
was rewritten. Of files that say much else besides, only the part that matters here is
compared.
"""

import configparser
import json
import re
import tomllib
from collections.abc import Callable, Sequence
from pathlib import PurePosixPath
from typing import cast

from mux_tui.core.verification.oracle.facts import Oracle, Room
from mux_tui.core.verification.oracle.listing import read_small

_SCRIPTS = ("pretest", "test", "posttest")
_TESTS = re.compile(
    r"(?:^|/)(?:(?:tests?|specs?|__tests__)/.+|test[_.-][^/]*|conftest\.py"
    r"|[^/]*[_.-](?:test|spec)\.[^/]*|[^/]*\.bats)$",
    re.IGNORECASE,
)
"""Names of files that hold tests, as far as names tell."""


def edited_recipe(
    oracle: Oracle, changed: Sequence[str], before: Room, after: Room
) -> list[str]:
    """The changed files that decide what an oracle runs, and now decide otherwise."""
    return [
        path
        for path in changed
        if any(_matches(path, pattern) for pattern in oracle.recipe)
        and _part(path, before) != _part(path, after)
    ]


def rewritten_tests(changed: Sequence[str], before: Room, after: Room) -> list[str]:
    """The changed test files of which lines that were there are changed or gone."""
    return [
        path
        for path in changed
        if _TESTS.search(path)
        and not _has_all(
            read_small(after.scratch / path), read_small(before.scratch / path)
        )
    ]


def _has_all(text: str, earlier: str) -> bool:
    """Whether a text still has all lines of an earlier one, in their order."""
    lines = iter(text.splitlines())
    return all(line in lines for line in earlier.splitlines())


def _matches(path: str, pattern: str) -> bool:
    if pattern.startswith("**/"):
        return PurePosixPath(path).name == pattern[3:]

    return path == pattern


def _part(path: str, room: Room) -> object:
    """What of a file decides; equal parts decide the same."""
    text = read_small(room.scratch / path)
    reader = _READERS.get(PurePosixPath(path).name)
    try:
        return reader(text) if reader else text
    except (ValueError, RecursionError, configparser.Error):
        return text


def _package_json(text: str) -> object:
    manifest = _table(json.loads(text or "{}"))
    scripts = _table(manifest.get("scripts"))
    runners = {name: manifest.get(name) for name in ("jest", "vitest", "mocha", "ava")}
    return [scripts.get(name) for name in _SCRIPTS], runners


def _pyproject(text: str) -> object:
    return _table(tomllib.loads(text).get("tool")).get("pytest")


def _setup_cfg(text: str) -> object:
    parser = configparser.RawConfigParser()
    parser.read_string(text)
    name = "tool:pytest"
    return dict(parser.items(name)) if parser.has_section(name) else None


def _table(value: object) -> dict[str, object]:
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}


_READERS: dict[str, Callable[[str], object]] = {
    "package.json": _package_json,
    "pyproject.toml": _pyproject,
    "setup.cfg": _setup_cfg,
}
