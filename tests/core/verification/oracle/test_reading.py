"""What runners write, read into cases; the texts are as the runners wrote them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mux_tui.core.verification.oracle.facts import Case
from mux_tui.core.verification.oracle.reading import (
    compiled,
    findings,
    javascript,
    python,
)
from mux_tui.core.verification.oracle.reading.case import case, merged, numbered

_JUNIT = b"""<?xml version="1.0" encoding="utf-8"?><testsuites><testsuite name="pytest">
<testcase classname="tests.test_m.TestC" name="test_in" file="tests/test_m.py"/>
<testcase classname="tests.test_m" name="test_p[2]" file="tests/test_m.py">
<failure message="assert 2 == 1">tests/test_m.py:5
E   assert 2 == 1</failure></testcase>
<testcase classname="tests.test_m" name="test_s" file="tests/test_m.py">
<skipped type="pytest.skip" message="no"/></testcase>
<testcase classname="" name="tests.test_broken"><error message="collection failure">
SyntaxError</error></testcase></testsuite></testsuites>"""

_UNITTEST = """test_a (test_u.T.test_a)
doc line ... ok
test_b (test_u.T.test_b) ... FAIL
test_c (test_u.T) ... skipped 'no'
test_d (test_u.T) ... expected failure
test_e (test_u.T) ... prints
something ok
ERROR

======================================================================
ERROR: setUpClass (test_u.S)
----------------------------------------------------------------------
RuntimeError: no

======================================================================
FAIL: test_b (test_u.T.test_b)
----------------------------------------------------------------------
AssertionError: 1 != 2

----------------------------------------------------------------------
Ran 4 tests in 0.001s

FAILED (failures=1, skipped=1)
"""

_TAP = """TAP version 13
# Subtest: adds
ok 1 - adds
  ---
  duration_ms: 4.9
  ...
# Subtest: group
    # Subtest: in
    ok 1 - in
      ---
      duration_ms: 0.1
      ...
    # Subtest: bad one
    not ok 2 - bad one
      ---
      location: 'a.test.js:2:79'
      failureType: 'testCodeFailure'
      error: '1 == 2'
      stack: |-
        TestContext.<anonymous> (a.test.js:2:104)
      ...
    1..2
not ok 2 - group
  ---
  failureType: 'subtestsFailed'
  ...
# Subtest: alone
    # Subtest: fine
    ok 1 - fine
    1..1
not ok 3 - alone
  ---
  error: 'after its sub-tests'
  ...
ok 4 - sk # SKIP
not ok 5 - todo one # TODO
1..5
"""

_JEST = json.dumps(
    {
        "testResults": [
            {
                "name": "a.test.js",
                "status": "failed",
                "assertionResults": [
                    {"fullName": "adds", "status": "passed"},
                    {
                        "fullName": "g bad",
                        "status": "failed",
                        "failureMessages": [
                            "Error: expected 1\n    at a.test.js:1:83\n"
                            "    at f (node_modules/jest/x.js:1:1)"
                        ],
                    },
                    {"fullName": "later", "status": "todo"},
                ],
            },
            {
                "name": "b.test.js",
                "status": "failed",
                "message": "SyntaxError",
                "assertionResults": [],
            },
        ]
    }
).encode()

_CARGO = """
running 4 tests
test t2::ig ... ignored
test t2::bad ... FAILED
test tests::it_works ... ok
test t2::sp - should panic ... ok

failures:

---- t2::bad stdout ----

thread 't2::bad' panicked at src/lib.rs:15:40:
assertion `left == right` failed
stack backtrace:
   0: __rustc::rust_begin_unwind


failures:
    t2::bad

test result: FAILED. 2 passed; 1 failed; 1 ignored
"""


def outcomes(cases: list[Case]) -> dict[str, str]:
    """Names and outcomes."""
    return {one.name: one.outcome for one in cases}


def test_junit_names_are_those_of_pytest() -> None:
    cases = python.junit(_JUNIT)

    assert outcomes(cases) == {
        "tests/test_m.py::TestC::test_in": "pass",
        "tests/test_m.py::test_p[2]": "fail",
        "tests/test_m.py::test_s": "skip",
        "tests.test_broken": "fail",
    }
    assert "E   assert 2 == 1" in cases[1].detail


@pytest.mark.parametrize(
    "report",
    [
        b"",
        b"<testsuite><testcase name='a'",
        b"<!DOCTYPE x [<!ENTITY a 'b'>]><testsuite><testcase name='&a;'/></testsuite>",
        b"\xff\xfe\x00",
    ],
)
def test_what_is_no_plain_report_tells_no_tests(report: bytes) -> None:
    assert python.junit(report) == []


def test_unittest_names_are_the_same_from_old_and_new_pythons() -> None:
    cases = python.unittest(_UNITTEST)

    assert outcomes(cases) == {
        "test_u.T.test_a": "pass",
        "test_u.T.test_b": "fail",
        "test_u.T.test_c": "skip",
        "test_u.T.test_d": "pass",
        "test_u.T.test_e": "fail",
        "test_u.S.setUpClass": "fail",
    }
    assert cases[1].detail == "AssertionError: 1 != 2"


def test_tap_sub_tests_are_named_after_those_around_them() -> None:
    cases = javascript.tap(_TAP)

    assert outcomes(cases) == {
        "adds": "pass",
        "group > in": "pass",
        "group > bad one": "fail",
        "alone > fine": "pass",
        "alone": "fail",
        "sk": "skip",
        "todo one": "skip",
    }
    (bad,) = [one for one in cases if one.name == "group > bad one"]
    assert "error: '1 == 2'" in bad.detail
    assert "TestContext" not in bad.detail


def test_jest_and_vitest_reports_name_file_and_test() -> None:
    cases = javascript.jest(_JEST)

    assert outcomes(cases) == {
        "a.test.js > adds": "pass",
        "a.test.js > g bad": "fail",
        "a.test.js > later": "skip",
        "b.test.js": "fail",
    }
    assert cases[1].detail == "Error: expected 1\n    at a.test.js:1:83"


def test_cargo_tells_tests_and_why_they_failed() -> None:
    cases = compiled.cargo(_CARGO)

    assert outcomes(cases) == {
        "t2::ig": "skip",
        "t2::bad": "fail",
        "tests::it_works": "pass",
        "t2::sp": "pass",
    }
    assert "left == right" in cases[1].detail
    assert "rust_begin_unwind" not in cases[1].detail


def test_go_counts_a_test_with_sub_tests_only_when_it_failed_by_itself() -> None:
    events = [
        {"Action": "pass", "Package": "d", "Test": "TestA"},
        {"Action": "output", "Package": "d", "Test": "TestB/x", "Output": "no\n"},
        {"Action": "fail", "Package": "d", "Test": "TestB/x"},
        {"Action": "fail", "Package": "d", "Test": "TestB"},
        {"Action": "pass", "Package": "d", "Test": "TestC/y"},
        {"Action": "fail", "Package": "d", "Test": "TestC"},
        {"Action": "fail", "Package": "d"},
    ]
    cases = compiled.go("\n".join(json.dumps(event) for event in events))

    assert outcomes(cases) == {
        "d.TestA": "pass",
        "d.TestB/x": "fail",
        "d.TestC/y": "pass",
        "d.TestC": "fail",
    }


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("a.py:1:1: F401 `os` imported", "a.py: F401 `os` imported"),
        ("a.py:3: error: Bad  [arg]", "a.py: error: Bad [arg]"),
        ("  a.py:1:5 - error: Bad (rule)", "a.py: error: Bad (rule)"),
        ("a.ts(1,2): error TS2322: Bad", "a.ts: error TS2322: Bad"),
        ("a.py:3: note: See", None),
        ("  a.py:1:5 - warning: Bad (rule)", None),
        ("gone.py:1:1: E902 No such file", None),
        ("Found 1 error.", None),
    ],
)
def test_a_finding_keeps_its_name_when_lines_move(line: str, name: str | None) -> None:
    cases = findings.findings(f"noise\n{line}\n")

    assert [one.name for one in cases] == ([name] if name else [])


def test_eslint_errors_count_and_warnings_do_not() -> None:
    report = [
        {
            "filePath": "a.js",
            "messages": [
                {"severity": 2, "ruleId": "semi", "message": "Missing"},
                {"severity": 1, "ruleId": "x", "message": "Meh"},
            ],
        }
    ]
    assert javascript.eslint(json.dumps(report).encode()) == ["a.js: Missing (semi)"]


def test_marks_in_what_a_script_prints_are_tests() -> None:
    text = "\x1b[32m✔ adds (1.2ms)\x1b[39m\n  ✖ bad (0.3ms)\n✖ failing tests:\n✖ bad\n"

    assert outcomes(javascript.spec(text)) == {"adds": "pass", "bad": "fail"}


def test_names_and_details_cannot_command_a_terminal() -> None:
    one = case("a\x1b]0;title\x07b\x9b2J", "fail", "x\x1b[2J\x00\u202ey")

    assert one.name == "ab\\x9b2J"
    assert one.detail == "x␀<U+202E>y"


def test_of_one_name_the_worst_outcome_counts() -> None:
    cases = merged([case("a", "pass"), case("a", "fail"), case("a", "skip")])

    assert [(one.name, one.outcome) for one in cases] == [("a", "fail")]
    assert numbered(["a", "b", "a"]) == ["a", "b", "a (2)"]


@given(
    st.text(
        st.sampled_from(list(" \n\tok not#-…✔✖(){}[]:.,0123456789testFAIL\"'\x1b\x00é"))
    )
    | st.text()
)
def test_no_text_is_too_strange_to_be_read(text: str) -> None:
    raw = text.encode("utf-8", "replace")
    read = [
        *python.junit(raw),
        *python.unittest(text),
        *javascript.tap(text),
        *javascript.spec(text),
        *javascript.jest(raw),
        *compiled.cargo(text),
        *compiled.go(text),
        *findings.findings(text),
        *findings.parsed(text),
    ]
    assert all("\x1b" not in one.name + one.detail for one in read)
    javascript.eslint(raw)
    javascript.counted(text)


@given(st.recursive(st.none() | st.text() | st.integers(), st.lists))
def test_no_json_is_too_strange_to_be_read(value: object) -> None:
    for key in ("testResults", "assertionResults", "messages", "path", "Action"):
        raw = json.dumps({key: value, "Test": value, "outcome": value})
        javascript.jest(raw.encode())
        javascript.eslint(f"[{raw}]".encode())
        compiled.go(raw)
        findings.parsed(raw)
