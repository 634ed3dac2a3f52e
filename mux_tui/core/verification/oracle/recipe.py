"""Whether a change edits what decides what its own proof runs.

A test script that became `true` proves nothing, and neither does a test that failed and
was rewritten. Of files that say much else besides, only the part that matters here is
compared.
"""

import configparser
import json
import re
import tomllib
from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import cast

from mux_tui.core.change import FileChange
from mux_tui.core.verification.oracle.added_tests import only_adds_tests
from mux_tui.core.verification.oracle.facts import Oracle
from mux_tui.core.verification.oracle.inner_tests import inner_tests

_SCRIPTS = ("pretest", "test", "posttest")
_WORDS = re.compile(r"[^\s;&|()'\"]+")
_DEPENDENCIES = ("dependencies", "dev-dependencies", "build-dependencies", "target")
_TESTS = re.compile(
    r"(?:^|/)(?:(?:tests?|specs?|__tests__|e2e|cypress)/.+|tests?[_.-][^/]*|conftest\.py"
    r"|(?:__snapshots__|snapshots|fixtures?|test-?data|goldens?|expected)/.+"
    r"|[^/]*[_.-](?:tests?|unittest|spec|cy)\.[^/]*"
    r"|[^/]*\.(?:bats|snap|golden|expected|feature)|[^/]*\.approved\.[^/]*"
    r"|[^/]*(?-i:Test|Tests|Spec)\.(?:java|kt|scala|groovy|cs|swift|php))$",
    re.IGNORECASE,
)
"""Names of files that hold tests, or what tests compare with, as far as names tell."""


def edited_recipe(oracle: Oracle, changes: Iterable[FileChange]) -> list[str]:
    """The changed files that decide what an oracle runs, and now decide otherwise."""
    return [
        change.path
        for change in changes
        if any(_matches(change.path, pattern) for pattern in oracle.recipe)
        and _part(change.path, change.before) != _part(change.path, change.after)
    ]


def rewritten_tests(changes: Iterable[FileChange]) -> list[str]:
    """The changed files of which tests that were there are changed or gone."""
    return [change.path for change in changes if _rewrites_tests(change)]


def _rewrites_tests(change: FileChange) -> bool:
    before, after = _text(change.before), _text(change.after)
    if _TESTS.search(change.path) is None:
        before, after = (inner_tests(change.path, text) for text in (before, after))
    return not only_adds_tests(before, after)


def _text(content: bytes | None) -> str:
    return (content or b"").decode("utf-8", "replace")


def _matches(path: str, pattern: str) -> bool:
    if pattern.startswith("**/"):
        return fnmatchcase(f"/{path}", f"*{pattern[2:]}")

    return path == pattern


def _part(path: str, content: bytes | None) -> object:
    """What of a file decides; equal parts decide the same."""
    text = _text(content)
    reader = _READERS.get(PurePosixPath(path).name)
    try:
        return reader(text) if reader else text
    except (ValueError, RecursionError, configparser.Error):
        return text


def _package_json(text: str) -> object:
    manifest = _table(json.loads(text or "{}"))
    scripts = {
        name: str(script) for name, script in _table(manifest.get("scripts")).items()
    }
    runners = {name: manifest.get(name) for name in ("jest", "vitest", "mocha", "ava")}
    return _called(scripts), runners


def _called(scripts: dict[str, str]) -> dict[str, str]:
    """The scripts that a test runs, and those that they run."""
    found: dict[str, str] = {}
    waiting = {name for name in _SCRIPTS if name in scripts}
    while waiting:
        found |= {name: scripts[name] for name in waiting}
        words = {word for name in waiting for word in _WORDS.findall(scripts[name])}
        around = (f"{kind}{word}" for word in words for kind in ("", "pre", "post"))
        waiting = {name for name in around if name in scripts} - found.keys()
    return found


def _pyproject(text: str) -> object:
    return _table(tomllib.loads(text).get("tool")).get("pytest")


def _setup_cfg(text: str) -> object:
    parser = configparser.RawConfigParser()
    parser.read_string(text)
    name = "tool:pytest"
    return dict(parser.items(name)) if parser.has_section(name) else None


def _cargo(text: str) -> object:
    manifest = tomllib.loads(text)
    return {key: value for key, value in manifest.items() if key not in _DEPENDENCIES}


def _table(value: object) -> dict[str, object]:
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}


_READERS: dict[str, Callable[[str], object]] = {
    "Cargo.toml": _cargo,
    "package.json": _package_json,
    "pyproject.toml": _pyproject,
    "setup.cfg": _setup_cfg,
}
