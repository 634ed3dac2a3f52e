"""What an oracle says of a change: after it, against the untouched copy before it.

| before  | after   | and                                        | the change |
|---------|---------|--------------------------------------------|------------|
| any     | unknown |                                            | unknown    |
| any     | any     | tests that failed and passed in one tree   | unknown    |
| any     | pass    | tests that were there before are gone      | unknown    |
| any     | pass    | it edits what decides what is run          | unknown    |
| any     | pass    | it rewrites tests that were there          | unknown    |
| any     | pass    |                                            | pass       |
| pass    | fail    |                                            | fail       |
| unknown | fail    | nothing was wrong before that excuses it   | fail       |
| fail    | fail    | something fails that did not before        | fail       |
| fail    | fail    | something it was asked to fix still fails  | fail       |
| fail    | fail    | tells no tests, and was to be mended whole | fail       |
| fail    | fail    | a command of the user's: all of it is asked| fail       |
| fail    | fail    | all it was asked to fix passes             | pass       |
| fail    | fail    | nothing asked by name, something is fixed, | pass       |
|         |         | or a new test passes                       |            |
| fail    | fail    | no difference, or none that can be told    | unknown    |

The last row is not a fail, because what was broken before is not the change's doing,
and not a pass, because nothing tells that the change did anything. A partial repair
passes and says what still fails. A failure outranks what is gone or flaky; what is
gone outranks a pass, because deleting a test is the cheapest way to make it so, and
rewriting it is the next.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mux_tui.core.task import Check, Verdict, VerdictStatus
from mux_tui.core.text import one_line
from mux_tui.core.verification.oracle.facts import Comparison, Oracle, Proof

_SHOWN = 3
_PLACE = re.compile(
    r"^[^:>]+\.(?:py|[cm]?[jt]sx?)$|_FailedTest\b|\b(?:setUp|tearDown)(?:Class|Module)$"
)
"""Names that runners give to what failed before there were tests."""


@dataclass(frozen=True)
class _Difference:
    broke: tuple[str, ...]
    fixed: tuple[str, ...]
    still: tuple[str, ...]
    gone: tuple[str, ...]
    new: tuple[str, ...]
    """Passing now, and not there before."""


def compare(
    oracle: Oracle,
    before: Proof | None,
    after: Proof,
    *,
    asked: Sequence[str] = (),
    edited: Sequence[str] = (),
    rewritten: Sequence[str] = (),
) -> Comparison:
    """Say what an oracle says of a change.

    Args:
        oracle: What was run.
        before: Of the untouched copy; None: it was not tried, so all is new.
        after: Of the copy with the change.
        asked: Tests that the change was to fix, by name or by the end of their names;
            or the oracle's own name, when all that it runs was to be mended.
        edited: Files that the change edits and that decide what the oracle runs.
        rewritten: Test files of which the change replaces what was there.
    """
    found = _difference(oracle, before, after)
    status, told = _judge(oracle, before, after, found, asked)
    if status == "pass" and edited:
        names = ", ".join(edited)
        status = "unknown"
        told = f"passes, but the change edits {names}, which decides what is run"
    elif status == "pass" and rewritten and oracle.kind in ("tests", "command"):
        status = "unknown"
        told = f"passes, but the change rewrites tests: {_names(rewritten)}"
    return Comparison(
        oracle,
        status,
        one_line(f"{oracle.name}: {told}"),
        after,
        before,
        found.broke,
        found.fixed,
        found.still,
        found.gone,
    )


def _difference(oracle: Oracle, before: Proof | None, after: Proof) -> _Difference:
    failed = set(before.failing) if before else set[str]()
    passed = set(before.passing) if before else set[str]()
    shaky = set(before.flaky) if before else set[str]()
    known = failed | passed | shaky | set(before.skipped if before else ())
    there = {*after.passing, *after.failing, *after.flaky}
    # What any script prints may name tests or anything else, such as times.
    tests = after.named and oracle.kind == "tests" and oracle.reading != "script"
    # A file that could not be loaded has become its tests, and a finding is mended
    # when it is not found; any other name that is missing is missed.
    mended = {
        name for name in failed - there if not tests or _PLACE.search(name) is not None
    }
    if after.status == "unknown":
        mended = set[str]()
    return _Difference(
        tuple(name for name in after.failing if name not in failed | shaky),
        (*(name for name in after.passing if name in failed), *sorted(mended)),
        tuple(name for name in after.failing if name in failed | shaky),
        # A test that is skipped now says no more than one that was deleted.
        tuple(sorted((passed | failed) - there - mended)) if tests else (),
        tuple(name for name in after.passing if name not in known),
    )


def _judge(
    oracle: Oracle,
    before: Proof | None,
    after: Proof,
    found: _Difference,
    asked: Sequence[str],
) -> tuple[VerdictStatus, str]:
    if after.status == "fail":
        return _failing(oracle, before, after, found, asked)
    if after.status == "unknown":
        return "unknown", after.summary.removeprefix(f"{after.oracle}: ")
    if after.flaky:
        return "unknown", f"flaky: {_names(after.flaky)}"
    if found.gone:
        return "unknown", f"passes, but tests are gone: {_names(found.gone)}"

    told = after.summary.removeprefix(f"{after.oracle}: ")
    return "pass", f"{told}; fixed {_names(found.fixed)}" if found.fixed else told


def _failing(
    oracle: Oracle,
    before: Proof | None,
    after: Proof,
    found: _Difference,
    asked: Sequence[str],
) -> tuple[VerdictStatus, str]:
    told = after.summary.removeprefix(f"{after.oracle}: ")
    if before is None or before.status != "fail" or oracle.kind == "command":
        passed = before is not None and before.status == "pass"
        return (
            "fail",
            f"broke {_names(found.broke)}" if passed and found.broke else told,
        )
    if found.broke:
        return "fail", f"broke {_names(found.broke)}"
    if not (before.named and after.named):
        if oracle.name in asked:
            return "fail", f"still fails: {told}"
        return "unknown", f"failed before too, and tells no tests: {told}"

    wanted = [name for name in after.failing if _is_asked(name, asked)]
    if wanted:
        return "fail", f"still fails: {_names(wanted)}"
    if after.flaky:
        return "unknown", f"flaky: {_names(after.flaky)}"
    if found.gone:
        return "unknown", f"tests are gone: {_names(found.gone)}"

    still = f"{len(found.still)} failed before and still do: {_names(found.still)}"
    met = asked and any(_is_asked(name, asked) for name in after.passing)
    if met or found.fixed or found.new or (oracle.kind == "check" and not asked):
        what = f"fixed {_names(found.fixed)}" if found.fixed else "broke nothing"
        return "pass", f"{what}; {still}"

    return "unknown", f"no difference; {still}"


def _is_asked(name: str, asked: Sequence[str]) -> bool:
    return any(name == one or name.endswith((f"::{one}", f" > {one}")) for one in asked)


def _names(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def conclude(comparisons: Sequence[Comparison]) -> Verdict:
    """What all oracles together say of a change.

    One failure is a failure. A pass needs a pass of the project's tests or of the
    user's commands, and none of these that could not tell: that something parses, and
    that a checker finds nothing, is no proof that it does what was asked.
    """
    checks = tuple(_check(one) for one in comparisons)
    failed = [one for one in comparisons if one.status == "fail"]
    if failed:
        return Verdict("fail", _summary(failed), checks)

    proving = [one for one in comparisons if one.oracle.kind in ("tests", "command")]
    unknown = [one for one in proving if one.status == "unknown"]
    if unknown:
        return Verdict("unknown", _summary(unknown), checks)
    if not proving:
        return Verdict("unknown", "no tests and no commands prove it", checks)

    return Verdict("pass", _summary(proving), checks)


def _summary(told: Sequence[Comparison]) -> str:
    return one_line("; ".join(one.summary for one in told))


def _check(told: Comparison) -> Check:
    # The check's own name stands before it wherever it is shown.
    said = told.summary.removeprefix(f"{told.oracle.name}: ")
    detail = "" if told.status == "pass" else "\n".join([said, *told.after.lines])
    return Check(told.oracle.name, told.status, detail, told.after.seconds)
