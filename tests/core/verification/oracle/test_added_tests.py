"""More tests are no rewriting; a line more inside of a test may be."""

import pytest

from mux_tui.core.change import FileChange
from mux_tui.core.verification.oracle.added_tests import only_adds_tests
from mux_tui.core.verification.oracle.recipe import rewritten_tests

_PYTHON = """import pytest
from cart import total


def test_total():
    got = total([1])
    assert got == 2


class TestMore:
    def test_none(self):
        assert total([]) == 0
"""
_SCRIPT = """const { total } = require('./cart');

describe('total', () => {
  it('adds', () => {
    expect(total([1])).toBe(2);
  });
});
"""
_GO = """package cart

import "testing"

func TestTotal(t *testing.T) {
\tif Total(1) != 2 {
\t\tt.Fatal()
\t}
}
"""


@pytest.mark.parametrize(
    ("text", "before", "more"),
    [
        (_PYTHON, "", "\n\ndef test_new():\n    assert total([2]) == 4\n"),
        (_PYTHON, "", "\n    def test_new(self):\n        x = 1\n        assert x\n"),
        (
            _PYTHON,
            "\n\nclass TestMore",
            "\n\n@pytest.mark.slow\ndef test_b():\n    x()\n",
        ),
        (_PYTHON, "\n\ndef test_total", "import math\nfrom tax import rate\n"),
        (_PYTHON, "\n\ndef test_total", "\n# Said.\nEMPTY = [\n    1,\n]\n"),
        (_SCRIPT, "});\n", "  it('adds more', () => {\n    go();\n  });\n"),
        (_SCRIPT, "});\n", "\n  test.each([1])('n', (n) => {\n    go(n);\n  });\n"),
        (_SCRIPT, "\ndescribe", "const { rate } = require('./tax');\n"),
        (_GO, "", "\nfunc TestNone(t *testing.T) {\n\tif x() {\n\t}\n}\n"),
    ],
)
def test_tests_of_their_own_may_be_added(text: str, before: str, more: str) -> None:
    """Before something that is there, the last time that it is, or at the end."""
    at = text.rindex(before) if before else len(text)
    assert only_adds_tests(text, text[:at] + more + text[at:])


@pytest.mark.parametrize(
    ("text", "before", "more"),
    [
        (_PYTHON, "    assert got", "    return\n"),
        (_PYTHON, "    assert got", "    got = 2\n"),
        (_PYTHON, "    assert got", "    total = pytest\n"),
        (_PYTHON, "    got =", "    def total(prices):\n        return 2\n"),
        (_PYTHON, "def test_total", "def total(prices):\n    return 2\n\n\n"),
        (_PYTHON, "def test_total", "from fakes import total\n\n\n"),
        (_PYTHON, "def test_total", "import cart as total\n\n\n"),
        (_PYTHON, "def test_total", "@pytest.mark.xfail\n"),
        (
            _PYTHON,
            "def test_total",
            "@pytest.fixture(autouse=True)\ndef a():\n    b()\n",
        ),
        (_PYTHON, "def test_total", "def setup_module():\n    a.b = 1\n\n\n"),
        (_PYTHON, "def test_total", "pytest.skip = print\n"),
        (_PYTHON, "    def test_none", "    def setUp(self):\n        a.b = 1\n\n"),
        (_PYTHON, "", "\n\ndef test_total():\n    pass\n"),
        (_PYTHON, "", "\n\ndel test_total\n"),
        (_PYTHON, "    def test_none", "def test_a():\n    pass\n"),
        (_SCRIPT, "    expect", "    return;\n"),
        (_SCRIPT, "  it('adds'", "  beforeEach(() => mock('./cart'));\n"),
        (_SCRIPT, "describe", "expect = fake;\n"),
        (_GO, "\tif Total", "\treturn\n"),
        (_GO, "\tif Total", "\tTotal := func(n int) int { return 2 }\n"),
    ],
)
def test_what_changes_a_test_that_is_there_may_not(
    text: str, before: str, more: str
) -> None:
    """Although every line of it is still there."""
    at = text.index(before) if before else len(text)
    assert not only_adds_tests(text, text[:at] + more + text[at:])


def test_a_line_less_or_moved_is_no_addition() -> None:
    lines = _PYTHON.splitlines()
    assert not only_adds_tests(_PYTHON, "\n".join(lines[:-1]))
    assert not only_adds_tests(_PYTHON, "\n".join((*lines[3:], *lines[:3])))
    assert only_adds_tests(_PYTHON, _PYTHON)
    assert only_adds_tests("", "anything\n")


@pytest.mark.parametrize(
    "path",
    [
        "src/__snapshots__/a.js.snap",
        "src/a.snap",
        "testdata/a.golden",
        "pkg/testdata/in.txt",
        "fixtures/a.json",
        "expected/a.txt",
        "src/out.approved.txt",
        "e2e/login.js",
        "app.cy.ts",
        "README.md",
        "docs/use.rst",
    ],
)
def test_what_tests_compare_with_is_part_of_them(path: str) -> None:
    change = FileChange(path, b">>> f()\n2\n", b">>> f()\n1\n")
    assert rewritten_tests([change]) == [path]


def test_blank_lines_are_nobodys() -> None:
    assert only_adds_tests(_PYTHON, _PYTHON.replace("\n\n", "\n\n\n"))
    assert only_adds_tests(_PYTHON, _PYTHON.replace("\n\n\n", "\n\n"))


def test_long_files_are_compared_soon() -> None:
    """No line is looked at again for each of the others."""
    text = "    x()\n" * 50_000
    assert not only_adds_tests(text, text + "    return\n")
    for piece in ("describe ", "def ", "a", "a ", "(", "pub(", "const a ", "import "):
        assert only_adds_tests("x", f"x\n// {piece * 20_000}\n")
        only_adds_tests("x", f"x\ndescribe {piece * 20_000}\n")
        only_adds_tests("x", f"x\n{piece * 20_000}\n")
    blank = "a\n" + "\n" * 50_000
    more = "".join(f"def f{n}(): a\n\n" for n in range(10_000))
    assert only_adds_tests(blank, f"{blank}{more}")
