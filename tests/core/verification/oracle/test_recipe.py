"""What decides what is run is found, for every runner, and only that."""

from pathlib import Path

import pytest

from mux_tui.core.change import FileChange
from mux_tui.core.config.settings import Verification
from mux_tui.core.verification.oracle.detect import detect
from mux_tui.core.verification.oracle.recipe import edited_recipe
from tests.core.verification.oracle.conftest import Tree, planted

_PYTHON: Tree = {"pytest.ini": "[pytest]", "a.py": ""}
_UNITTEST: Tree = {"test_a.py": "import unittest", "a.py": ""}
_MAKE: Tree = {"Makefile": "test:\n\tsh a.sh\n", "a.sh": ""}
_CARGO: Tree = {"Cargo.toml": "[package]\n", "src/a.rs": ""}
_NPM: Tree = {
    "package.json": (
        '{"scripts": {"test": "npm run unit", "unit": "node b.js", "x": ""}}'
    ),
    "a.js": "",
}
_NODE: Tree = {"package.json": '{"scripts": {"test": "node ./check.js && x"}}'}
_JEST = "module.exports = {testMatch: []}"


def edits(root: Path, tree: Tree, path: str, after: str, command: str = "") -> bool:
    """Whether the tests, or the command, of a project are decided by a change."""
    sources = [name for name in tree if name.endswith((".py", ".js", ".sh", ".rs"))]
    settings = Verification(parse_code=False)
    commands = (command,) if command else ()
    found = detect(planted(root, tree), (*sources, path), settings, commands)
    (oracle,) = (one for one in found if one.kind in ("tests", "command"))
    before = tree.get(path)
    change = FileChange(path, before.encode() if before else None, after.encode())
    return edited_recipe(oracle, [change]) == [path]


@pytest.mark.parametrize(
    ("tree", "path", "after"),
    [
        (_PYTHON, ".pytest.ini", "[pytest]"),
        (_PYTHON, "pytest.toml", "[pytest]"),
        (_PYTHON, "deep/conftest.py", "x"),
        (_PYTHON, "pytest.py", "x"),
        (_PYTHON, "_pytest/main.py", "x"),
        (_PYTHON, ".venv/bin/python", "x"),
        (_UNITTEST, "lib/site-packages/a.py", "x"),
        (_NPM, "node_modules/.bin/jest", "x"),
        (_UNITTEST, "unittest.py", "x"),
        (_UNITTEST, "conftest.py", "x"),
        (_MAKE, "GNUmakefile", "test:\n\ttrue\n"),
        (_MAKE, "makefile", "test:\n\ttrue\n"),
        (_MAKE, "build/rules.mk", "x"),
        (_CARGO, "Cargo.toml", "[package]\n[lib]\ntest = false\n"),
        (_CARGO, ".cargo/config.toml", "x"),
        (_NPM, "package.json", _NPM["package.json"].replace("b.js", "c.js")),
        (_NPM, "package.json", _NPM["package.json"].replace('"x"', '"preunit"')),
        (_NPM, "jest.config.ts", _JEST),
        (_NPM, "web/vitest.config.mts", _JEST),
        (_NPM, ".mocharc.yml", "x"),
        ({**_NODE, "check.js": "x"}, "check.js", "y"),
    ],
)
def test_what_decides_is_found(
    tmp_path: Path, tree: Tree, path: str, after: str
) -> None:
    assert edits(tmp_path, tree, path, after)


@pytest.mark.parametrize(
    ("tree", "path", "after"),
    [
        (_PYTHON, "a.py", "x"),
        (_PYTHON, "pytest_plugin.py", "x"),
        (_MAKE, "a.sh", "x"),
        (_MAKE, "docs/Makefile", "x:\n"),
        (_CARGO, "Cargo.toml", "[package]\n[dependencies]\na = '1'\n"),
        (_NPM, "package.json", _NPM["package.json"].replace('"x": ""', '"x": "y"')),
        (_NPM, "a.js", "x"),
        ({**_NODE, "check.js": "x", "a.js": ""}, "a.js", "y"),
    ],
)
def test_and_nothing_else(tmp_path: Path, tree: Tree, path: str, after: str) -> None:
    assert not edits(tmp_path, tree, path, after)


@pytest.mark.parametrize(
    ("command", "path", "decides"),
    [
        ("make test", "Makefile", True),
        ("make test", "GNUmakefile", True),
        ("/usr/bin/make", "a.sh", False),
        ("python3 -m pytest -q", "conftest.py", True),
        ("pytest", "pytest.ini", True),
        ("npm run test", "package.json", True),
        ("cargo test", ".cargo/config.toml", True),
        ("sh a.sh", "a.sh", False),
        ("true", "Makefile", False),
        ("'", "Makefile", False),
    ],
)
def test_a_command_of_the_users_is_decided_by_what_its_program_reads(
    tmp_path: Path, command: str, path: str, decides: bool
) -> None:
    """What it names by itself is the user's own choice, and may be what is mended."""
    tree = {**_MAKE, "package.json": '{"scripts": {"test": "x"}}'}
    after = '{"scripts": {"test": "true"}}' if path == "package.json" else "true"
    assert edits(tmp_path, tree, path, after, command) is decides
