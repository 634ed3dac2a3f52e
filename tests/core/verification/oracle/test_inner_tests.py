"""Tests inside of source files are tests: whoever rewrites them proves nothing."""

import pytest

from mux_tui.core.change import FileChange
from mux_tui.core.verification.oracle.inner_tests import inner_tests
from mux_tui.core.verification.oracle.recipe import rewritten_tests

_RUST = """//! Adds.
//!
//! ```
//! assert_eq!(adder::add(1, 1), 2);
//! ```

/// Adds two numbers; `"}"` and '}' are no ends.
pub fn add(a: i32, b: i32) -> i32 {
    a - b
}

#[cfg(not(test))]
fn released() {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adds() {
        let odd = ["}", r#"}"}"#, "\\"}"];
        let quote = '}';
        assert_eq!(add(2, 2), 4, "{}", odd[0]); // }
    }
}

pub fn later() -> i32 {
    1
}
"""
_PYTHON = '''def add(a, b):
    """Add.

    >>> add(
    ...     1, 1)
    2

    No example.
    """
    return a - b
'''
_MACROS = """macro_rules! holds {
    ($name:ident, $it:expr) => {
        #[test]
        fn $name() {
            assert!($it);
        }
    };
}
holds!(adds, add(1, 1) == 2);
"""
_COMMENTED = """#[cfg(test)]
mod tests {
    /* one /* } in */ } another */
    fn wanted() -> i32 {
        2
    }
}
"""
_PYTEST = """def add(a, b):
    return a - b


def test_add():
    assert add(1, 1) == 2


def other():
    return 5


class Checks(unittest.TestCase):
    def runTest(self):
        self.assertEqual(add(0, 3), 3)
"""
_VITEST = """export function add(a, b) {
  return a - b
}

if (import.meta.vitest) {
  const { it, expect } = import.meta.vitest
  it('adds', () => expect(add(1, 1)).toBe(2))
}
"""


def rewritten(path: str, before: str, old: str, new: str) -> bool:
    """Whether putting `new` in the place of `old` rewrites a test."""
    assert old in before
    after = before.replace(old, new)
    change = FileChange(path, before.encode(), after.encode())
    return rewritten_tests([change]) == [path]


@pytest.mark.parametrize(
    ("path", "before", "old", "new"),
    [
        ("src/lib.rs", _RUST, "add(2, 2), 4", "add(2, 2), 0"),
        ("src/lib.rs", _RUST, "add(1, 1), 2", "add(1, 1), 0"),
        ("src/lib.rs", _RUST, "    #[test]\n", ""),
        ("src/lib.rs", _RUST, "#[cfg(test)]\n", ""),
        ("src/lib.rs", f"#![cfg(test)]\n{_RUST}", "a - b", "a + b"),
        ("src/a.rs", "#[tokio::test]\nasync fn f() {\n    g(1);\n}\n", "g(1)", "g(2)"),
        ("src/a.rs", "#[cfg(all(test, unix))]\nmod t {\n    x!(1);\n}\n", "(1)", "(2)"),
        ("src/a.rs", _MACROS, "== 2", "== 0"),
        ("src/a.rs", _COMMENTED, "        2\n", "        0\n"),
        ("src/a.rs", _RUST, "        let odd", "        return;\n        let odd"),
        ("src/a.rs", _RUST, "    #[test]", "    #[test]\n    #[ignore]"),
        ("src/a.rs", _RUST, "//! ```\n//! a", "//! ```ignore\n//! a"),
        ("src/a.rs", "/**\n```\nx!(1);\n```\n*/\nfn f() {}\n", "(1)", "(2)"),
        ("src/a.rs", '#[doc = "```\\nx!(1);"]\nfn f() {}\n', "(1)", "(2)"),
        ("src/a.rs", "/// ~~~\n/// x!(1);\n/// ~~~\n", "(1)", "(2)"),
        ("src/a.rs", "/// It adds:\n///\n///     x!(1);\n", "(1)", "(2)"),
        ("calc.py", _PYTEST, "1) == 2", "1) == 0"),
        ("calc.py", _PYTEST, "3), 3", "3), -3"),
        ("calc.py", _PYTEST, "    assert", "    return\n    assert"),
        ("calc.py", "'''>>> f()\n1\n'''\n", "1", "2"),
        ("src/a.cts", _VITEST, "if (import", "if (0 && import"),
        ("src/tests.rs", "x!(1);\n", "(1)", "(2)"),
        ("app/tests.py", "assert f() == 1\n", "1", "2"),
        ("calc.py", _PYTHON, "    2\n", "    0\n"),
        ("calc.py", _PYTHON, "1, 1)", "1, -1)"),
        ("src/add.ts", _VITEST, "toBe(2)", "toBe(0)"),
        ("src/main/AddTest.java", "check(1);\n", "1", "2"),
    ],
)
def test_a_changed_assertion_inside_is_a_changed_test(
    path: str, before: str, old: str, new: str
) -> None:
    assert rewritten(path, before, old, new)


@pytest.mark.parametrize(
    ("path", "before", "old", "new"),
    [
        ("src/lib.rs", _RUST, "a - b", "a + b"),
        ("src/lib.rs", _RUST, "    1\n", "    2\n"),
        ("src/lib.rs", _RUST, "Adds two", "Sums two"),
        ("src/lib.rs", _RUST, "fn released() {}", "fn released() { go(); }"),
        ("src/lib.rs", _RUST, "    use super::*;\n", "    use super::*;\n    use x;\n"),
        ("src/a.rs", _MACROS, "}\nholds", "}\nfn f() {}\nholds"),
        ("calc.py", _PYTEST, "a - b", "a + b"),
        ("calc.py", _PYTEST, "return 5", "return 6"),
        ("README.md", "Text.\n\n>>> 1\n1\n", "Text.", "Other."),
        ("calc.py", _PYTHON, "a - b", "a + b"),
        ("calc.py", _PYTHON, "No example.", "None."),
        ("calc.py", _PYTHON, "    2\n", "    2\n    >>> add(2, 2)\n    4\n"),
        ("src/add.ts", _VITEST, "a - b", "a + b"),
        ("src/main/Latest.java", "check(1);\n", "1", "2"),
        ("notes.txt", ">>> 1\n", "1", "2"),
    ],
)
def test_code_and_more_tests_are_no_rewriting(
    path: str, before: str, old: str, new: str
) -> None:
    assert not rewritten(path, before, old, new)


def test_an_item_that_never_ends_is_a_test_to_the_end() -> None:
    text = "fn f() {}\n#[cfg(test)]\nmod tests {\n    fn g() {\n"
    assert inner_tests("a.rs", text) == text[len("fn f() {}\n") :].rstrip("\n")


@pytest.mark.parametrize(
    "piece",
    [
        "/*",
        'r#"',
        '"',
        "#[cfg(",
        "#[a::",
        "'\\",
        "#[test] {",
        "{",
        "#[doc",
        "/**",
        "macro_rules! a",
    ],
)
def test_nothing_that_is_never_ended_takes_long(piece: str) -> None:
    """Each piece of a text is read once, however often it begins something."""
    inner_tests("a.rs", "#[test]\n" + piece * (200_000 // len(piece)))
