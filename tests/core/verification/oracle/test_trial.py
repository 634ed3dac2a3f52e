"""A change, tried against the untouched copy with real runs."""

from dataclasses import dataclass, replace
from pathlib import Path

from mux_tui.core.change import FileChange
from mux_tui.core.config.settings import Verification
from mux_tui.core.verification.oracle.bench import Bench, find_bench
from mux_tui.core.verification.oracle.compare import conclude
from mux_tui.core.verification.oracle.detect import detect
from mux_tui.core.verification.oracle.facts import Comparison, Oracle, Room
from mux_tui.core.verification.oracle.strays import short_of_space
from mux_tui.core.verification.oracle.trial import Baselines, trials
from tests.core.verification.oracle.conftest import MakeRoom, planted

_PROJECT = {
    "m.py": "def f():\n    return 1\n\ndef g():\n    return 0\n",
    "test_m.py": (
        "import unittest, m\n"
        "class T(unittest.TestCase):\n"
        "    def test_f(self): self.assertEqual(m.f(), 1)\n"
        "    def test_g(self): self.assertEqual(m.g(), 2)\n"
    ),
}


@dataclass
class Rooms:
    """Two trees, of which neither turns into the other."""

    untouched: Room
    changed: Room

    async def before(self) -> Room:
        """The untouched one."""
        return self.untouched

    async def after(self) -> Room:
        """The changed one."""
        return self.changed


def changes_of(tree: dict[str, str], change: dict[str, str]) -> list[FileChange]:
    """What a change does to a tree."""
    return [
        FileChange(path, tree[path].encode() if path in tree else None, new.encode())
        for path, new in change.items()
    ]


async def tried(
    before: Room, bench: Bench, change: dict[str, str], *, asked: tuple[str, ...] = ()
) -> list[Comparison]:
    """Detect the oracles of a project and try a change of it."""
    after = Room(planted(before.scratch.parent / "after", _PROJECT), before.project)
    planted(after.scratch, change)
    oracles = detect(before.project, tuple(change), Verification())
    events = trials(
        oracles,
        Rooms(before, after),
        bench,
        Baselines(),
        key="tree",
        changes=changes_of(_PROJECT, change),
        asked=asked,
    )
    return [one async for one in events]


async def test_a_right_change_fixes_what_failed(room: MakeRoom, bench: Bench) -> None:
    change = {"m.py": "def f():\n    return 1\n\ndef g():\n    return 2\n"}
    floor, tests = await tried(room(_PROJECT), bench, change, asked=("test_g",))

    assert (floor.oracle.kind, floor.status) == ("floor", "pass")
    assert tests.fixed == ("test_m.T.test_g",)
    assert conclude([floor, tests]).status == "pass"


async def test_a_test_that_failed_is_not_mended_by_rewriting_it(
    room: MakeRoom, bench: Bench
) -> None:
    """It passes, and nobody knows whether the code is right."""
    change = {"test_m.py": _PROJECT["test_m.py"].replace("m.g(), 2", "m.g(), 0")}
    verdict = conclude(await tried(room(_PROJECT), bench, change))
    assert verdict.status == "unknown"
    assert "the change rewrites tests: test_m.py" in verdict.summary


async def test_nor_by_a_line_more(room: MakeRoom, bench: Bench) -> None:
    """All that was there still is, and is not reached."""
    before = _PROJECT["test_m.py"]
    setup = "class T(unittest.TestCase):\n"
    assert setup in before
    change = {
        "test_m.py": before.replace(setup, f"{setup}    def setUp(self): m.g = int_2\n")
        + "\ndef int_2(): return 2\n"
    }
    verdict = conclude(await tried(room(_PROJECT), bench, change))
    assert verdict.status == "unknown"
    assert "the change rewrites tests: test_m.py" in verdict.summary


async def test_more_tests_beside_a_repair_are_no_rewriting(
    room: MakeRoom, bench: Bench
) -> None:
    more = "    def test_h(self): self.assertEqual(m.g(), 2)\n"
    change = {
        "m.py": "def f():\n    return 1\n\ndef g():\n    return 2\n",
        "test_m.py": _PROJECT["test_m.py"] + more,
    }
    told = await tried(room(_PROJECT), bench, change, asked=("test_g",))
    assert conclude(told).status == "pass"


async def test_a_wrong_change_breaks_what_passed(room: MakeRoom, bench: Bench) -> None:
    change = {"m.py": "def f():\n    return 3\n\ndef g():\n    return 2\n"}
    told = await tried(room(_PROJECT), bench, change)

    assert told[1].broke == ("test_m.T.test_f",)
    assert told[1].fixed == ("test_m.T.test_g",)
    assert conclude(told).status == "fail"


async def test_a_change_that_makes_no_difference_is_no_proof(
    room: MakeRoom, bench: Bench
) -> None:
    change = {"m.py": "# new\n" + _PROJECT["m.py"]}
    told = await tried(room(_PROJECT), bench, change)

    assert told[1].status == "unknown"
    assert told[1].still_failing == ("test_m.T.test_g",)


async def test_what_cannot_be_parsed_is_not_tested(
    room: MakeRoom, bench: Bench
) -> None:
    (floor,) = await tried(room(_PROJECT), bench, {"m.py": "def f(:\n"})

    assert floor.status == "fail"
    assert "m.py" in floor.broke


async def test_deleting_the_failing_test_is_no_repair(
    room: MakeRoom, bench: Bench
) -> None:
    kept = "\n".join(_PROJECT["test_m.py"].split("\n")[:3]) + "\n"
    told = await tried(room(_PROJECT), bench, {"test_m.py": kept}, asked=("test_g",))

    assert conclude(told).status != "pass"


async def test_a_changed_test_script_cannot_prove_itself(
    room: MakeRoom, bench: Bench
) -> None:
    tree = {"package.json": '{"scripts": {"test": "exit 1"}}'}
    before = room(tree)
    after = Room(before.scratch.parent / "after", before.project)
    change = {"package.json": '{"scripts": {"test": "exit 0"}}'}
    planted(after.scratch, change)
    oracles = detect(before.project, ["package.json"], Verification(parse_code=False))
    rooms, changes = Rooms(before, after), changes_of(tree, change)
    events = trials(oracles, rooms, bench, Baselines(), key="tree", changes=changes)
    (told,) = [one async for one in events]

    assert told.after.status == "pass"
    assert told.status == "unknown"
    assert "edits package.json" in told.summary


async def test_the_untouched_copy_is_tried_once_for_many_drafts(
    room: MakeRoom, bench: Bench, tmp_path: Path
) -> None:
    at = room({"a": ""})
    other = Room(planted(tmp_path / "draft", {"a": "new"}), at.project)
    oracle = Oracle("x", "check", ("sh", "-c", "echo >> ran"), "to count")
    known = Baselines()
    for _ in range(2):
        rooms = Rooms(at, other)
        async for _ in trials([oracle], rooms, bench, known, key="same"):
            pass

    assert (at.scratch / "ran").read_text() == "\n"
    assert (other.scratch / "ran").read_text() == "\n\n"


async def test_a_test_that_fails_every_other_time_is_flaky(
    room: MakeRoom, bench: Bench
) -> None:
    at = room({"a": ""})
    text = "test -e ran && echo ok 1 - b || echo not ok 1 - b; echo ok 2 - a; : > ran"
    oracle = Oracle("x", "tests", ("sh", "-c", text), "flaky", reading="tap")
    after = replace(at, scratch=planted(at.scratch.parent / "after", {"a": ""}))
    events = trials([oracle], Rooms(at, after), bench, Baselines(), key="tree")
    (told,) = [one async for one in events]

    assert told.after.flaky == ("b",)
    assert told.after.passing == ("a",)
    assert told.status == "unknown"
    assert "flaky: b" in told.summary


def test_only_a_disk_that_this_run_filled_ends_it() -> None:
    gib = 1024**3
    assert short_of_space(100 * gib, gib // 2)
    assert not short_of_space(100 * gib, 2 * gib)
    assert not short_of_space(gib // 2, gib // 3)
    assert not short_of_space(100 * gib, 0)


async def test_a_bench_hides_what_mux_keeps() -> None:
    bench = await find_bench({"HOME": "/h", "MUX_HOME": "/m", "PATH": ""}, 7.0)

    assert bench.limits.seconds == 7.0
    assert bench.home == Path("/h")
    assert Path("/m/data") in bench.hidden
