"""Which oracles a project has, from its files alone."""

from pathlib import Path

import pytest

from mux_tui.core.config.settings import Verification
from mux_tui.core.verification.oracle.detect import detect
from mux_tui.core.verification.oracle.facts import Oracle
from mux_tui.core.verification.oracle.listing import listing, read_small
from tests.core.verification.oracle.conftest import Tree, planted

_NO_FLOOR = Verification(parse_code=False)
_TEST_SCRIPT = '{"scripts": {"test": "%s"}}'


def found(root: Path, tree: Tree, *changed: str) -> list[Oracle]:
    """The oracles of a project, without the floor."""
    return list(detect(planted(root, tree), changed, _NO_FLOOR))


@pytest.mark.parametrize(
    ("tree", "changed", "names"),
    [
        ({"a.txt": ""}, "a.txt", []),
        ({"pyproject.toml": "[tool.pytest.ini_options]"}, "a.py", ["pytest"]),
        ({"pytest.ini": "[pytest]"}, "a.py", ["pytest"]),
        ({"setup.cfg": "[tool:pytest]"}, "a.py", ["pytest"]),
        ({"tox.ini": "[pytest]"}, "a.py", ["pytest"]),
        ({"test_a.py": "def test_a(): pass"}, "a.py", ["pytest"]),
        ({"t/test_a.py": "import unittest"}, "a.py", ["unittest"]),
        ({"t/test_a.py": "import unittest\nimport pytest"}, "a.py", ["pytest"]),
        ({"ruff.toml": ""}, "a.py", ["ruff"]),
        ({"ruff.toml": ""}, "a.txt", []),
        ({"pyproject.toml": "[tool.mypy]"}, "a.py", ["mypy"]),
        ({"mypy.ini": ""}, "a.py", ["mypy"]),
        ({"pyrightconfig.json": "{}"}, "a.py", ["pyright"]),
        ({"pyproject.toml": "not TOML ["}, "a.py", []),
        ({"package.json": _TEST_SCRIPT % "tape x.js"}, "a.js", ["npm test"]),
        ({"package.json": _TEST_SCRIPT % "node --test"}, "a.js", ["node --test"]),
        (
            {"package.json": _TEST_SCRIPT % "jest", "pnpm-lock.yaml": ""},
            "a.ts",
            ["pnpm test"],
        ),
        (
            {"package.json": _TEST_SCRIPT % "x && y", "yarn.lock": ""},
            "a.ts",
            ["yarn test"],
        ),
        (
            {"package.json": _TEST_SCRIPT % "echo no test specified && exit 1"},
            "a.js",
            [],
        ),
        ({"package.json": "[]"}, "a.js", []),
        ({"package.json": '{"scripts": "x"}'}, "a.js", []),
        ({"a.test.js": "require('node:test')"}, "a.js", ["node --test"]),
        ({"package.json": "{}", "tsconfig.json": ""}, "a.ts", ["tsc"]),
        ({"package.json": "{}", "eslint.config.js": ""}, "a.js", ["eslint"]),
        ({"Cargo.toml": ""}, "src/a.rs", ["cargo test"]),
        ({"Cargo.toml": ""}, "a.py", []),
        ({"go.mod": ""}, "a.go", ["go test"]),
        ({"t/a.bats": ""}, "a.sh", ["bats"]),
        ({"Makefile": "test: all\n\ttrue"}, "a.c", ["make test"]),
        ({"Makefile": "check:\n\ttrue"}, "a.c", ["make check"]),
        ({"Makefile": "test := 1\n"}, "a.c", []),
        ({"Makefile": "test:\n", "pytest.ini": ""}, "a.c", ["make test"]),
        ({"Makefile": "test:\n", "pytest.ini": "[pytest]"}, "a.c", ["pytest"]),
    ],
)
def test_a_projects_files_tell_its_oracles(
    tmp_path: Path, tree: Tree, changed: str, names: list[str]
) -> None:
    assert [oracle.name for oracle in found(tmp_path, tree, changed)] == names


def test_every_oracle_says_why_in_words_and_what_it_needs(tmp_path: Path) -> None:
    tree = {
        "pytest.ini": "[pytest]",
        "go.mod": "",
        "Cargo.toml": "",
        "package.json": _TEST_SCRIPT % "jest",
        "a.bats": "",
    }
    oracles = detect(planted(tmp_path, tree), ["data.json"], Verification())

    assert {oracle.needs for oracle in oracles} == {
        "python3",
        "npm",
        "bats",
        "cargo",
        "go",
    }
    assert all(" " in oracle.why for oracle in oracles)


def test_the_floor_is_first_and_slow_oracles_are_last(tmp_path: Path) -> None:
    tree = {"pyproject.toml": "[tool.pytest]\n[tool.ruff]\n[tool.mypy]", "go.mod": ""}
    oracles = detect(planted(tmp_path, tree), ["a.py", "b.go"], Verification())

    names = [oracle.name for oracle in oracles]
    assert names == ["parse", "ruff", "mypy", "pytest", "go test"]


def test_the_users_commands_stand_in_for_the_projects_tests(tmp_path: Path) -> None:
    planted(tmp_path, {"pytest.ini": "[pytest]"})
    settings = Verification(commands=("make lint",))

    ours = detect(tmp_path, ["a.py"], settings)
    tasks = detect(tmp_path, ["a.py"], settings, ["sh -c 'exit 3'", "it's"])

    assert [(one.name, one.kind) for one in ours] == [
        ("parse", "floor"),
        ("make lint", "command"),
    ]
    assert [one.argv for one in tasks[1:]] == [("sh", "-c", "exit 3"), ()]


def test_the_projects_own_environment_is_used_and_lent(tmp_path: Path) -> None:
    program = planted(tmp_path, {".venv/bin/python": "", "pytest.ini": "[pytest]"})
    (program / ".venv/bin/python").chmod(0o755)

    (oracle,) = found(tmp_path, {}, "a.py")

    assert oracle.needs == ".venv/bin/python"
    assert oracle.lends == (".venv",)


def test_an_environment_that_leads_out_of_the_project_is_not_used(
    tmp_path: Path,
) -> None:
    outside = planted(tmp_path / "outside", {"bin/python": ""})
    (outside / "bin/python").chmod(0o755)
    project = planted(tmp_path / "project", {"pytest.ini": "[pytest]"})
    (project / ".venv").symlink_to(outside)

    (oracle,) = detect(project, ["a.py"], _NO_FLOOR)

    assert oracle.needs == "python3"


@pytest.mark.parametrize("script", ["vitest", "vitest run --coverage", "vitest watch"])
def test_a_plain_vitest_script_becomes_one_run_with_a_report(
    tmp_path: Path, script: str
) -> None:
    tree = {
        "package.json": _TEST_SCRIPT % script,
        "node_modules/vitest/vitest.mjs": "",
    }
    (oracle,) = found(tmp_path, tree, "a.ts")

    assert oracle.argv[0] == "node"
    assert "run" in oracle.argv
    assert "watch" not in oracle.argv
    assert ("--coverage" in oracle.argv) == ("--coverage" in script)
    assert oracle.reading == "jest"


def test_a_package_inside_the_project_is_proved_where_it_is(tmp_path: Path) -> None:
    tree = {
        "package.json": _TEST_SCRIPT % "x",
        "web/package.json": _TEST_SCRIPT % "y",
        "web/node_modules/a/b.js": "",
    }
    (oracle,) = found(tmp_path, tree, "web/src/a.ts")

    assert (oracle.name, oracle.where) == ("npm test in web", "web")
    assert oracle.lends == ("web/node_modules",)


def test_a_listing_follows_no_links_and_reads_no_fifo(tmp_path: Path) -> None:
    import os

    planted(tmp_path / "out", {"package.json": _TEST_SCRIPT % "evil"})
    project = planted(tmp_path / "project", {"a.py": "x"})
    (project / "package.json").symlink_to(tmp_path / "out" / "package.json")
    (project / "sub").symlink_to(tmp_path / "out")
    os.mkfifo(project / "Makefile")

    assert listing(project).files == {"a.py"}
    assert read_small(project / "Makefile") == ""
    assert read_small(project / "package.json") == ""
    assert detect(project, ["a.js"], _NO_FLOOR) == ()


def test_a_file_too_large_to_be_settings_is_not_read(tmp_path: Path) -> None:
    planted(tmp_path, {"Makefile": "test:\n" + "#" * 1_000_001})

    assert detect(tmp_path, ["a.c"], _NO_FLOOR) == ()
