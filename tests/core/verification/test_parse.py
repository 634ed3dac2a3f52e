"""Code in an answer is parsed, and never run."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mux_tui.core.task import VerdictStatus
from mux_tui.core.verification.parse import parse_checks


def status(language: str, code: str) -> VerdictStatus:
    (check,) = parse_checks(f"Here:\n```{language}\n{code}\n```\nDone.")
    return check.status


@pytest.mark.parametrize(
    ("language", "code", "expected"),
    [
        ("python", "def f(x):\n    return x", "pass"),
        ("py", "    x = 1\n    y = 2", "pass"),
        ("python", "def f(x)\n    return x", "fail"),
        ("python", "print 'a'", "fail"),
        ("python", "def f():\n    '''\n    >>> f()\n    '''", "pass"),
        ("python", ">>> f()\n1", "unknown"),
        ("python", "$ pip install x", "unknown"),
        ("python", "%timeit f()", "unknown"),
        ("python", "x = [1, 2, ...", "unknown"),
        ("python", "def f(<name>): pass", "unknown"),
        ("python", "def f():\n    ...", "pass"),
        ("python", "x = 1  # Loading...\ndef f(", "fail"),
        ("python", "# " + "-" * 70 + "\nx = 1", "pass"),
        ("python", "x = '\\d'", "pass"),
        ("python", "a\0b", "fail"),
        ("json", '{"a": [1, 2.5, null]}', "pass"),
        ("json", '{"a": 1,}', "fail"),
        ("json", '{"a": NaN}', "fail"),
        ("json", '{"a": ...}', "unknown"),
        ("json", "9" * 5000, "pass"),
        ("toml", "a = 1\n[b]\nc = 'd'", "pass"),
        ("toml", "a = ", "fail"),
    ],
)
def test_what_parses_and_what_cannot_be_told(
    language: str, code: str, expected: VerdictStatus
) -> None:
    assert status(language, code) == expected


def test_only_known_languages_with_something_in_them_are_checked() -> None:
    text = "```rust\nfn f(\n```\n```\nx = (\n```\n```python\n\n```"
    assert parse_checks(text) == ()
    assert parse_checks("x = (") == ()


def test_a_failure_names_its_block_and_line() -> None:
    text = "```json\n{}\n```\n```python\nx = 1\ny = = 2\n```"
    good, bad = parse_checks(text)
    assert good.status == "pass"
    assert bad.name == "python in code block 2 parses"
    assert "line 2" in bad.detail
    assert "y = = 2" in bad.detail


def test_a_block_that_is_cut_off_is_parsed_as_far_as_it_goes() -> None:
    (check,) = parse_checks("```python\ndef f(x):\n    return (x +")
    assert check.status == "fail"


@pytest.mark.parametrize(
    ("language", "code"),
    [
        ("python", "(" * 60_000),
        ("python", "-" * 60_000 + "1"),
        ("python", "a" + "+a" * 30_000),
        ("python", "f" + "()" * 30_000),
        ("python", "lambda:" * 9_000 + "1"),
        ("python", "not " * 15_000 + "1"),
        ("python", "import " + "a." * 30_000 + "a"),
        ("python", "x = " + "9" * 60_000),
        ("python", "x = 1\n" * 60_000),
        ("json", "[" * 60_000),
        ("toml", "a = " + "[" * 60_000),
        ("toml", "a" + ".b" * 30_000 + " = 1"),
    ],
)
def test_what_would_exhaust_a_parser_is_unknown_at_once(
    language: str, code: str
) -> None:
    started = time.process_time()
    assert status(language, code) == "unknown"
    assert time.process_time() - started < 1.0


def test_code_is_never_run(tmp_path: Path) -> None:
    target = tmp_path / "made"
    assert status("python", f"open({str(target)!r}, 'w').close()") == "pass"
    assert not target.exists()


def test_details_are_safe_to_show() -> None:
    (check,) = parse_checks("```python\nx = = '\x1b[2J'\n```")
    assert "\x1b" not in check.detail


@given(st.sampled_from(["python", "json", "toml"]), st.text(max_size=200))
def test_any_text_gives_a_status(language: str, code: str) -> None:
    for check in parse_checks(f"```{language}\n{code}\n```"):
        assert check.status in ("pass", "fail", "unknown")
