"""Real runners in real copies, in the machine's sandbox and without any."""

import asyncio
import os
import pwd
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from mux_tui.core.config.settings import Verification
from mux_tui.core.verification.oracle.bench import Bench
from mux_tui.core.verification.oracle.detect import detect
from mux_tui.core.verification.oracle.facts import Limits, Oracle, Proof, Room
from mux_tui.core.verification.oracle.run import prove
from tests.core.verification.oracle.conftest import MakeRoom, planted

_PYTEST = {
    "pytest.ini": "[pytest]\naddopts = -x -p no:anyio\n",
    "m.py": "def f():\n    return 1\n",
    "tests/test_m.py": (
        "from m import f\n"
        "def test_good(): assert f() == 1\n"
        "def test_bad(): assert f() == 2\n"
        "class TestC:\n    def test_in(self): pass\n"
    ),
    "tests/test_broken.py": "import nothing_like_it\n",
}
_UNITTEST = {
    "tests/test_u.py": (
        "import unittest\n"
        "class T(unittest.TestCase):\n"
        "    def test_good(self): pass\n"
        "    def test_bad(self): self.assertEqual(1, 2)\n"
    )
}
_NODE = {
    "package.json": '{"scripts": {"test": "node --test"}}',
    "a.test.js": (
        "const { test } = require('node:test'); const assert = require('assert');\n"
        "test('good', () => {}); test('bad', () => assert.equal(1, 2));\n"
    ),
}


async def told(room: Room, bench: Bench, name: str, *changed: str) -> Proof:
    """Detect, and run the oracle of that name."""
    oracles = detect(room.project, changed, Verification())
    (oracle,) = [one for one in oracles if one.name == name]
    return await prove(oracle, room, bench)


def command(*argv: str) -> Oracle:
    """An oracle out of a command of the user's."""
    return Oracle("command", "command", argv, "the user asked for it")


async def test_pytest_tells_each_test(room: MakeRoom, bench: Bench) -> None:
    proof = await told(room(_PYTEST), bench, "pytest", "m.py")

    assert proof.status == "fail"
    assert proof.passing == (
        "tests/test_m.py::test_good",
        "tests/test_m.py::TestC::test_in",
    )
    assert set(proof.failing) == {"tests/test_m.py::test_bad", "tests/test_broken.py"}
    assert any("assert 1 == 2" in line for line in proof.lines)
    assert proof.sandboxed == (bench.sandbox.kind != "none")
    assert proof.sandbox == bench.sandbox.note
    assert proof.command[1:3] == ("-m", "pytest")


async def test_unittest_tells_each_test(room: MakeRoom, bench: Bench) -> None:
    proof = await told(room(_UNITTEST), bench, "unittest", "m.py")

    assert proof.status == "fail"
    assert proof.passing == ("test_u.T.test_good",)
    assert proof.failing == ("test_u.T.test_bad",)


async def test_node_tells_each_test(room: MakeRoom, bench: Bench) -> None:
    proof = await told(room(_NODE), bench, "node --test", "a.js")

    assert proof.status == "fail"
    assert (proof.passing, proof.failing) == (("good",), ("bad",))


@pytest.mark.parametrize(("line", "status"), [("true", "pass"), ("false", "fail")])
async def test_make_says_what_its_target_says(
    room: MakeRoom, bench: Bench, line: str, status: str
) -> None:
    proof = await told(
        room({"Makefile": f"test:\n\t{line}\n"}), bench, "make test", "a.c"
    )
    assert proof.status == status


async def test_a_script_of_the_project_is_run_as_npm_runs_it(
    room: MakeRoom, bench: Bench
) -> None:
    tree = {"package.json": '{"scripts": {"test": "echo ran && test -f a.js"}}'}

    missing = await told(room(tree), bench, "npm test", "a.js")
    there = await told(room({**tree, "a.js": ""}), bench, "npm test", "a.js")

    assert (missing.status, there.status) == ("fail", "pass")


_COMPILED = {
    "cargo": (
        "cargo test",
        {
            "Cargo.toml": '[package]\nname = "d"\nversion = "0.1.0"\n',
            "src/lib.rs": "#[test] fn good() {}\n#[test] fn bad() { panic!() }\n",
        },
        "src/lib.rs",
        "bad",
    ),
    "go": (
        "go test",
        {
            "go.mod": "module d\n",
            "a_test.go": (
                'package d\nimport "testing"\nfunc TestGood(t *testing.T) {}\n'
                'func TestBad(t *testing.T) { t.Fatal("no") }\n'
            ),
        },
        "a_test.go",
        "d.TestBad",
    ),
    "bats": (
        "bats",
        {"t/a.bats": '@test "good" { true; }\n@test "bad" { false; }\n'},
        "a.sh",
        "bad",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("program", _COMPILED)
async def test_what_is_not_on_every_machine_is_run_or_said_to_be_missing(
    room: MakeRoom, bench: Bench, program: str
) -> None:
    name, tree, changed, failing = _COMPILED[program]
    # Tool chains are in the home that this machine's user really has.
    home = Path(pwd.getpwuid(os.getuid()).pw_dir)
    proof = await told(room(tree), replace(bench, home=home), name, changed)

    if shutil.which(program) is None:
        assert proof.status == "unknown"
        assert f"not on PATH: {program}" in proof.summary
    else:
        assert proof.failing == (failing,)
        assert len(proof.passing) == 1


async def test_a_missing_program_is_unknown_and_named(
    room: MakeRoom, bench: Bench
) -> None:
    at = room({"a": ""})
    for argv, words in (
        (("no-such-program-here",), "not on PATH: no-such-program-here"),
        (("./no/such",), "there is no ./no/such"),
        ((), "cannot be split"),
    ):
        proof = await prove(command(*argv), at, bench)
        assert proof.status == "unknown"
        assert words in proof.summary


async def test_what_cannot_be_started_is_unknown(room: MakeRoom, bench: Bench) -> None:
    at = room({"no-script": "true"})
    (at.scratch / "no-script").chmod(0o644)
    proof = await prove(command("./no-script"), at, bench)
    lost = await prove(replace(command("true"), where="no/such"), at, bench)

    assert proof.status == lost.status == "unknown"
    assert "could not run" in proof.summary


async def test_python_without_pytest_is_unknown(room: MakeRoom, bench: Bench) -> None:
    oracle = replace(
        command("python3", "-I", "-S", "-m", "pytest"), kind="tests", reading="junit"
    )
    proof = await prove(oracle, room({"a": ""}), bench)

    assert proof.status == "unknown"
    assert "No module named pytest" in proof.summary


async def test_the_floor_reads_every_language_and_runs_nothing(
    room: MakeRoom, bench: Bench
) -> None:
    good = {
        "good.py": "raise SystemExit(9)\n",
        "good.json": "{}",
        "good.toml": "a = 1",
        "good.yaml": "a: 1",
        "good.js": "process.exit(9)\n",
        "module.js": "import fs from 'fs'\nexport const a = 1\n",
        "good.sh": "exit 9\n",
        "tsconfig.json": "{ // with a comment\n}",
    }
    bad = {
        "bad.py": "def f(:\n",
        "return.py": "return 1\n",
        "bad.json": "{,}",
        "bad.toml": "a = ",
        "bad.js": "function (\n",
        "bad.sh": "if true\n",
    }
    at = room({**good, **bad})
    proof = await told(at, bench, "parse", *good, *bad, "gone.py", "a.unknown")

    assert set(proof.failing) == set(bad)
    # Whether YAML can be parsed is the interpreter's matter.
    assert {*proof.passing, "good.yaml"} == set(good) - {"tsconfig.json"}
    assert {"tsconfig.json", "gone.py"} <= set(proof.skipped)


async def test_the_copy_is_proved_and_not_what_is_installed_of_the_project(
    room: MakeRoom, bench: Bench, tmp_path: Path
) -> None:
    """An editable install puts the user's own tree on Python's path."""
    at = room({"src/thing/__init__.py": "WHERE = 'original'\n"})
    (at.scratch / "src/thing/__init__.py").write_text("WHERE = 'copy'\n")
    script = (
        f"import sys; sys.path.append({str(at.project / 'src')!r});"
        "import thing; sys.exit(thing.WHERE != 'copy')"
    )
    proof = await prove(command("python3", "-c", script), at, bench)

    assert proof.status == "pass"


async def test_what_the_project_lends_is_there_and_leaves_no_trace(
    room: MakeRoom, bench: Bench
) -> None:
    at = room({"a.js": "require('lib')"})
    library = at.project / "node_modules/lib"
    library.mkdir(parents=True)
    (library / "index.js").write_text("")
    oracle = replace(command("node", "a.js"), lends=("node_modules",))

    proof = await prove(oracle, at, bench)

    assert proof.status == "pass", proof
    assert sorted(os.listdir(at.scratch)) == ["a.js"]


async def test_what_git_ignores_can_be_lent_and_what_leads_out_is_not(
    room: MakeRoom, bench: Bench, tmp_path: Path
) -> None:
    at = replace(room({"a": ""}), lent=("made.txt", "out", "made", "gone"))
    planted(at.project, {"made.txt": "made", "made/x": "made"})
    outside = planted(tmp_path / "outside", {"secret": "secret"})
    (at.project / "out").symlink_to(outside)
    text = "grep -q made made.txt && grep -q made made/x && test ! -e out/secret"

    proof = await prove(command("sh", "-c", text), at, bench)

    assert proof.status == "pass", proof
    assert os.listdir(at.scratch) == ["a"]
    assert (at.project / "made.txt").read_text() == "made"


async def test_a_users_command_finds_what_the_project_installed(
    room: MakeRoom, bench: Bench
) -> None:
    at = room({"a": ""})
    tool = at.project / ".venv/bin/its-own-tool"
    tool.parent.mkdir(parents=True)
    tool.write_text("#!/bin/sh\ntest -f a && test ! -e .git\n")
    tool.chmod(0o755)
    for words in ("its-own-tool", ".venv/bin/its-own-tool"):
        oracles = detect(at.project, [], Verification(), [words])
        proof = await prove(oracles[0], at, bench)
        assert proof.status == "pass", proof


async def test_a_command_finds_nothing_on_standard_input_and_no_terminal(
    room: MakeRoom, bench: Bench
) -> None:
    proof = await prove(
        command("sh", "-c", 'test -z "$(cat)" && ! (: < /dev/tty) 2>/dev/null'),
        room({"a": ""}),
        bench,
    )
    assert proof.status == "pass"


async def test_no_secret_of_ours_is_in_its_environment(
    room: MakeRoom, bench: Bench
) -> None:
    at = room({"a": ""})
    poor = replace(bench, variables={**bench.variables, "API_TOKEN": "secret"})
    proof = await prove(command("sh", "-c", "env | grep -q API_TOKEN"), at, poor)

    assert proof.status == "fail"


async def test_a_run_that_does_not_end_is_ended_and_unknown(
    room: MakeRoom, bench: Bench
) -> None:
    short = replace(bench, limits=Limits(seconds=0.5))
    proof = await prove(command("sleep", "600"), room({"a": ""}), short)

    assert proof.status == "unknown"
    assert "did not end within" in proof.summary


async def test_cancelling_ends_everything_and_tidies_up(
    room: MakeRoom, bench: Bench
) -> None:
    at = room({"a": ""})
    begun = at.scratch / "begun"
    # A number of this process's own: another worker may run the same test.
    ours = f"{os.getpid()}.987"
    script = f"touch begun; sleep {ours} & sleep {ours}"
    task = asyncio.create_task(prove(command("sh", "-c", script), at, bench))
    while not begun.exists():
        await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert bench.temporary is not None
    assert os.listdir(bench.temporary) == []
    assert ours.encode() not in _running(b"sleep")


async def test_each_run_has_a_home_and_temporary_files_of_its_own(
    room: MakeRoom, bench: Bench
) -> None:
    at = room({"a": ""})
    script = 'test -z "$(ls -A "$HOME")" && touch "$HOME/x" "$TMPDIR/y"'
    for _ in range(2):
        assert (await prove(command("sh", "-c", script), at, bench)).status == "pass"


def _running(name: bytes) -> bytes:
    """The command lines of all processes with a name in theirs."""
    found: list[bytes] = []
    if sys.platform == "linux":
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                line = Path(f"/proc/{pid}/cmdline").read_bytes()
            except OSError:
                continue
            found += [line] if line.startswith(name) else []
    return b" ".join(found)
