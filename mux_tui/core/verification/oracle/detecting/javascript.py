"""JavaScript projects: the test script of package.json, or its runner directly.

A script that is nothing but a known runner is replaced by that runner with a report
that names its tests; any other is the project's own business and run as it is.
"""

import json
import re
import shlex
from collections.abc import Mapping
from typing import cast

from mux_tui.core.verification.oracle.detecting.context import (
    SCRIPT,
    Context,
    joined,
    lent,
    named,
)
from mux_tui.core.verification.oracle.facts import LENT, REPORT, Oracle, Reading
from mux_tui.core.verification.oracle.recipe_names import JAVASCRIPT

_LOCKS = {"pnpm-lock.yaml": "pnpm", "yarn.lock": "yarn", "package-lock.json": "npm"}
_NO_TEST = "no test specified"
_SHELL = re.compile(r"[&|;<>`$(){}=]")
_RUNNERS = {
    "vitest": ("vitest/vitest.mjs", "run", ("--reporter=json",)),
    "jest": ("jest/bin/jest.js", "", ("--ci", "--json")),
}
_WATCHING = frozenset({"run", "watch", "--watch", "--watchAll", "-w", "--run"})
_TYPESCRIPT = frozenset({".ts", ".mts", ".cts", ".tsx"})
_ESLINT_CONFIGS = tuple(
    f"eslint.config.{ending}" for ending in ("js", "mjs", "cjs", "ts", "mts", "cts")
) + tuple(f".eslintrc{ending}" for ending in ("", ".js", ".cjs", ".json", ".yml"))
_NODE_TEST = re.compile(r"""["']node:test["']""")
_NODE_TEST_FILE = re.compile(r"(?:[.\-_]test|(?:^|/)test(?:-[^/]*)?)\.[cm]?js$")
_REPORTING = (
    "--test-reporter=tap",
    f"--test-reporter-destination={REPORT}",
    "--test-reporter=spec",
    "--test-reporter-destination=stdout",
)


def find(context: Context) -> list[Oracle]:
    """The oracles of the JavaScript packages that the change may matter to."""
    if not context.touches(SCRIPT):
        return []

    found: list[Oracle] = []
    for folder in context.homes("package.json") or ["."]:
        package = _Package(context, folder)
        found += [*package.eslint(), *package.tests(), *package.tsc()]
    return found


class _Package:
    """One directory with a package.json, or test files alone."""

    def __init__(self, context: Context, folder: str) -> None:
        self._context = context
        self._files = context.files
        self._folder = folder
        self._manifest = _object(self._files.text(joined(folder, "package.json")))
        self._lends = lent(self._files, folder, "node_modules")

    def tests(self) -> list[Oracle]:
        """The package's tests; empty when it has none."""
        scripts = self._manifest.get("scripts")
        script = (
            cast("dict[str, object]", scripts).get("test")
            if isinstance(scripts, dict)
            else None
        )
        if isinstance(script, str) and script.strip() and _NO_TEST not in script:
            return [self._script(script.strip())]
        if self._module("vitest") and "vitest" in self._dependencies():
            return [self._runner("vitest", [], "vitest is among its dependencies")]
        if any(_NODE_TEST.search(self._files.text(path)) for path in self._tests()):
            return [self._node([], "its tests use node's own test runner")]

        return []

    def _script(self, script: str) -> Oracle:
        why = f"its package.json has the test script `{script}`"
        try:
            words = [] if _SHELL.search(script) else shlex.split(script)
        except ValueError:
            words = []

        match words:
            case [("vitest" | "jest") as name, *rest] if self._module(name):
                return self._runner(name, rest, why)
            case ["node", "--test", *rest] if not any(
                word.startswith("--test-") for word in rest
            ):
                return self._node(rest, why)
            case _:
                return self._by_manager(why)

    def _runner(self, name: str, rest: list[str], why: str) -> Oracle:
        file, verb, options = _RUNNERS[name]
        kept = [word for word in rest if word not in _WATCHING]
        verbs = [verb] if verb else []
        return self._tests_by(
            name,
            (
                "node",
                f"{LENT}/{self._module(name)}/{file}",
                *verbs,
                *kept,
                *options,
                f"--outputFile={REPORT}",
            ),
            why,
            "jest",
        )

    def _node(self, rest: list[str], why: str) -> Oracle:
        words = ("node", "--test", *_REPORTING, *rest)
        return self._tests_by("node --test", words, why, "tap")

    def _by_manager(self, why: str) -> Oracle:
        manager = self._manager()
        words = (manager, "run", "test") if manager != "npm" else ("npm", "test")
        return self._tests_by(f"{manager} test", words, why, "script")

    def _tests_by(
        self, name: str, argv: tuple[str, ...], why: str, reading: Reading
    ) -> Oracle:
        return Oracle(
            named(name, self._folder),
            "tests",
            argv,
            why,
            self._folder,
            reading,
            self._lends,
            (joined(self._folder, "package.json"), *JAVASCRIPT, *self._scripts()),
        )

    def _scripts(self) -> list[str]:
        """The files that the test script names: what is run is what they hold."""
        scripts = self._manifest.get("scripts")
        told = cast("dict[str, object]", scripts) if isinstance(scripts, dict) else {}
        words = re.split(r"[\s;&|()'\"=]+", str(told.get("test", "")))
        paths = (
            joined(self._folder, word.removeprefix("./")) for word in words if word
        )
        return [path for path in paths if path in self._files.files]

    def _manager(self) -> str:
        told = str(self._manifest.get("packageManager", "")).partition("@")[0]
        if told in _LOCKS.values():
            return told
        for folder in (self._folder, "."):
            for lock, manager in _LOCKS.items():
                if joined(folder, lock) in self._files.files:
                    return manager

        return "npm"

    def _module(self, name: str) -> str:
        """The node_modules that hold a runner, from the root; empty: none does."""
        for path in self._lends:
            if self._files.has(f"{path}/{_RUNNERS[name][0]}"):
                return path

        return ""

    def _dependencies(self) -> set[str]:
        tables = (self._manifest.get(f"{kind}ependencies") for kind in ("d", "devD"))
        return {
            name
            for table in tables
            if isinstance(table, dict)
            for name in cast("dict[str, object]", table)
        }

    def _tests(self) -> list[str]:
        prefix = "" if self._folder == "." else f"{self._folder}/"
        return [
            path
            for path in self._files.named(".js", ".mjs", ".cjs")
            if path.startswith(prefix) and _NODE_TEST_FILE.search(path)
        ]

    def tsc(self) -> list[Oracle]:
        """TypeScript's compiler, where the package is set up for it."""
        program = self._bin("tsc")
        config = joined(self._folder, "tsconfig.json")
        if config not in self._files.files or not self._context.of(_TYPESCRIPT):
            return []

        words = (program, "--noEmit", "--pretty", "false", "--incremental", "false")
        return [
            Oracle(
                named("tsc", self._folder),
                "check",
                words,
                "there is a tsconfig.json",
                self._folder,
                "findings",
                self._lends,
            )
        ]

    def eslint(self) -> list[Oracle]:
        """ESLint, on the changed files, where it is configured."""
        prefix = "" if self._folder == "." else f"{self._folder}/"
        changed = [
            path.removeprefix(prefix)
            for path in self._context.of(SCRIPT)
            if path.startswith(prefix)
        ]
        places = {self._folder, "."}
        configs = [
            name
            for name in _ESLINT_CONFIGS
            if any(joined(place, name) in self._files.files for place in places)
        ]
        if not configs or not changed:
            return []

        return [
            Oracle(
                named("eslint", self._folder),
                "check",
                (
                    self._bin("eslint"),
                    "--format=json",
                    f"--output-file={REPORT}",
                    "--no-error-on-unmatched-pattern",
                    "--",
                    *changed,
                ),
                f"{configs[0]} configures ESLint",
                self._folder,
                "eslint",
                self._lends,
            )
        ]

    def _bin(self, name: str) -> str:
        for path in self._lends:
            if self._files.has(f"{path}/.bin/{name}"):
                return f"{path}/.bin/{name}"

        return name


def _object(text: str) -> Mapping[str, object]:
    """A JSON object; empty when it is none."""
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        return {}

    return cast("dict[str, object]", value) if isinstance(value, dict) else {}
