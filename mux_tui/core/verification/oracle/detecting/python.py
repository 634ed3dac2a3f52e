"""Python projects: their interpreter, pytest or unittest, type checkers, linters."""

import re
import tomllib
from collections.abc import Mapping
from typing import cast

from mux_tui.core.verification.oracle.detecting.context import (
    ENVIRONMENTS,
    PYTHON,
    Context,
    joined,
    lent,
    named,
)
from mux_tui.core.verification.oracle.facts import REPORT, Oracle
from mux_tui.core.verification.oracle.listing import Listing
from mux_tui.core.verification.oracle.recipe_names import PYTEST
from mux_tui.core.verification.oracle.recipe_names import PYTHON as PYTHON_RECIPE

_MARKERS = ("pyproject.toml", "setup.py", "setup.cfg", "pytest.ini", "tox.ini")
_TEST_FILE = re.compile(r"(?:^|/)(?:test[^/]*|[^/]*_test)\.py$")
_IMPORTS_PYTEST = re.compile(r"^\s*(?:import|from)\s+pytest\b", re.MULTILINE)
_IMPORTS_UNITTEST = re.compile(r"^\s*(?:import|from)\s+unittest\b", re.MULTILINE)
_MOST_READ = 50


def interpreter(files: Listing, folder: str) -> tuple[str, tuple[str, ...]]:
    """The Python of a package, and what of the project it is in."""
    for path in lent(files, folder, *ENVIRONMENTS):
        program = f"{path}/bin/python"
        if files.runnable(program):
            return program, (path,)

    return "python3", ()


def find(context: Context) -> list[Oracle]:
    """The oracles of the Python packages that the change may matter to."""
    if not context.touches(PYTHON):
        return []

    found: list[Oracle] = []
    for folder in context.homes(*_MARKERS) or ["."]:
        package = _Package(context, folder)
        found += [*package.ruff(), *package.tests(), *package.types()]
    return found


class _Package:
    """One directory with Python in it."""

    def __init__(self, context: Context, folder: str) -> None:
        self._context = context
        self._files = context.files
        self._folder = folder
        self._python, self._lends = interpreter(context.files, folder)
        self._settings = {
            name: self._files.text(joined(folder, name)) for name in _MARKERS
        }
        self._tool = _tool_table(self._settings["pyproject.toml"])

    def tests(self) -> list[Oracle]:
        """Pytest, or unittest where nothing speaks of pytest."""
        prefix = "" if self._folder == "." else f"{self._folder}/"
        tests = [
            path
            for path in self._files.named(".py")
            if path.startswith(prefix) and _TEST_FILE.search(path)
        ]
        if why := self._pytest_why(tests):
            return [self._pytest(why)]

        folders = sorted(
            (path.rpartition("/")[0] for path in tests),
            key=lambda path: (path.count("/"), path),
        )
        return [self._unittest(folders[0])] if folders else []

    def _pytest_why(self, tests: list[str]) -> str:
        if "pytest" in self._tool:
            return "pyproject.toml configures pytest"
        if self._settings["pytest.ini"]:
            return "there is a pytest.ini"
        if "[tool:pytest]" in self._settings["setup.cfg"]:
            return "setup.cfg configures pytest"
        if "[pytest]" in self._settings["tox.ini"]:
            return "tox.ini configures pytest"
        if not tests:
            return ""

        if any(path.endswith("conftest.py") for path in self._files.files):
            return "there are tests and a conftest.py"
        sources = [self._files.text(path) for path in tests[:_MOST_READ]]
        if any(_IMPORTS_PYTEST.search(source) for source in sources):
            return "its tests import pytest"
        if any(_IMPORTS_UNITTEST.search(source) for source in sources):
            return ""

        return "there are test files that need no unittest"

    def _pytest(self, why: str) -> Oracle:
        configs = [joined(self._folder, name) for name in PYTEST]
        return Oracle(
            named("pytest", self._folder),
            "tests",
            (
                self._python,
                "-m",
                "pytest",
                "-q",
                "--color=no",
                "--tb=short",
                # A project's own `-x` would hide which other tests fail.
                "--maxfail=0",
                "--continue-on-collection-errors",
                f"--junitxml={REPORT}",
                "-o",
                "junit_family=xunit1",
                "-o",
                f"cache_dir={REPORT}.cache",
            ),
            why,
            self._folder,
            "junit",
            self._lends,
            (*configs, *PYTHON_RECIPE),
        )

    def _unittest(self, folder: str) -> Oracle:
        """Discovery from the first directory with tests in it."""
        start = folder if self._folder == "." else folder[len(self._folder) + 1 :]
        package = f"{folder}/__init__.py" in self._files.files
        top = ("-t", ".") if package else ()
        where = ("-s", start, *top) if start else ()
        return Oracle(
            named("unittest", self._folder),
            "tests",
            (self._python, "-m", "unittest", "discover", "-v", *where),
            "its tests use unittest, and nothing speaks of pytest",
            self._folder,
            "unittest",
            self._lends,
            PYTHON_RECIPE,
        )

    def ruff(self) -> list[Oracle]:
        """Ruff, on the changed files, where it is configured."""
        changed = self._changed()
        configs = [
            name
            for name in ("ruff.toml", ".ruff.toml")
            if joined(self._folder, name) in self._files.files
        ]
        if not changed or not (configs or "ruff" in self._tool):
            return []

        return [
            Oracle(
                named("ruff", self._folder),
                "check",
                (
                    self._program("ruff"),
                    "check",
                    "--no-cache",
                    "--quiet",
                    "--force-exclude",
                    "--output-format=concise",
                    "--",
                    *changed,
                ),
                f"{configs[0] if configs else 'pyproject.toml'} configures ruff",
                self._folder,
                "findings",
                self._lends,
            )
        ]

    def types(self) -> list[Oracle]:
        """Mypy and pyright, where they are configured."""
        if not self._changed():
            return []

        found: list[Oracle] = []
        if why := self._configured("mypy", "mypy.ini", ".mypy.ini", "[mypy]"):
            words = (
                self._program("mypy"),
                "--no-color-output",
                "--no-error-summary",
                "--show-error-codes",
                f"--cache-dir={REPORT}.cache",
            )
            table = self._tool.get("mypy")
            files = isinstance(table, dict) and {"files", "packages"} & set(
                cast("dict[str, object]", table)
            )
            found.append(self._checker("mypy", words, why, () if files else (".",)))
        if why := self._configured("pyright", "pyrightconfig.json", "", ""):
            found.append(self._checker("pyright", (self._program("pyright"),), why, ()))
        return found

    def _checker(
        self, name: str, words: tuple[str, ...], why: str, targets: tuple[str, ...]
    ) -> Oracle:
        return Oracle(
            named(name, self._folder),
            "check",
            (*words, *targets),
            why,
            self._folder,
            "findings",
            self._lends,
        )

    def _configured(self, tool: str, file: str, other: str, section: str) -> str:
        for name in (file, other):
            if name and joined(self._folder, name) in self._files.files:
                return f"{name} configures {tool}"
        if tool in self._tool:
            return f"pyproject.toml configures {tool}"
        if section and section in self._settings["setup.cfg"]:
            return f"setup.cfg configures {tool}"

        return ""

    def _program(self, name: str) -> str:
        """The environment's own, or one on PATH."""
        for path in self._lends:
            if self._files.runnable(f"{path}/bin/{name}"):
                return f"{path}/bin/{name}"

        return name

    def _changed(self) -> list[str]:
        """The changed Python files of this package, from its directory."""
        prefix = "" if self._folder == "." else f"{self._folder}/"
        return [
            path.removeprefix(prefix)
            for path in self._context.of(frozenset({".py", ".pyi"}))
            if path.startswith(prefix)
        ]


def _tool_table(text: str) -> Mapping[str, object]:
    """The `tool` table of a pyproject.toml; empty when it cannot be read."""
    try:
        table: object = tomllib.loads(text).get("tool", {})
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}

    return cast("dict[str, object]", table) if isinstance(table, dict) else {}
