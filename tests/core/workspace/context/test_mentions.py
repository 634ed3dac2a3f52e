"""A text names the project's own files, however it writes them, and no others."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mux_tui.core.workspace.context.mentions import (
    Mention,
    Names,
    files_testing,
    mentions_in,
)
from tests.core.workspace.context.projects import PROJECT

_NAMES = Names(PROJECT)
_ROOTS = ("/home/u/shop", "/tmp/copy/shop")
_CART = "src/shop/cart.py"


@pytest.mark.parametrize(
    ("text", "path", "lines"),
    [
        ("fix src/shop/cart.py please", _CART, ()),
        ("fix `cart.py`.", _CART, ()),
        ("fix @src/shop/cart.py, now", _CART, ()),
        ("fix ./src/shop/cart.py", _CART, ()),
        ("see (shop/cart.py:12)", _CART, (12,)),
        ('  File "/home/u/shop/src/shop/cart.py", line 7, in total', _CART, (7,)),
        ('  File "/tmp/copy/shop/src/shop/cart.py", line 7', _CART, (7,)),
        ("src/shop/cart.py:3: AssertionError", _CART, (3,)),
        ("src/shop/cart.py:3:14 - error TS2", _CART, (3,)),
        ("src/shop/cart.py(31,5): error", _CART, (31,)),
        ("FAILED tests/test_cart.py::test_total - assert", "tests/test_cart.py", ()),
        ("  --> web/app.ts:9:1", "web/app.ts", (9,)),
        ("    at f (/tmp/copy/shop/web/app.ts:9:1)", "web/app.ts", (9,)),
        ("at file:///tmp/copy/shop/web/app.ts:9:1", "web/app.ts", (9,)),
        ("README.md?", "README.md", ()),
    ],
)
def test_files_are_found_as_people_and_programs_write_them(
    text: str, path: str, lines: tuple[int, ...]
) -> None:
    assert mentions_in(text, _NAMES, _ROOTS).files == (Mention(path, lines),)


@pytest.mark.parametrize(
    "text",
    [
        "../../etc/passwd",
        "/etc/passwd",
        "@/etc/passwd",
        "~/.ssh/id_rsa",
        "/usr/lib/python3/shop/../cart.pyc",
        "CI/CD and/or TCP/IP",
        "src/../README.md",
        "",
        "@",
        "cart",
    ],
)
def test_nothing_else_is_named_by_a_text(text: str) -> None:
    assert mentions_in(text, _NAMES, _ROOTS).files == ()


def test_what_is_written_as_a_file_and_is_none_is_told() -> None:
    found = mentions_in("see @nothing.py and src/gone.py but not and/or", _NAMES)
    assert found.unknown == ("nothing.py", "src/gone.py")


def test_directories_are_named_by_a_slash_or_a_mark() -> None:
    assert mentions_in("all in src/shop/ and @web", _NAMES).folders == (
        "src/shop",
        "web",
    )
    assert mentions_in("the web is large", _NAMES).folders == ()


def test_a_name_that_many_files_have_means_none_of_them() -> None:
    names = Names(f"p{number}/index.js" for number in range(9))
    assert mentions_in("index.js", names).files == ()
    assert mentions_in("p3/index.js", names).files == (Mention("p3/index.js"),)


def test_tests_are_found_by_their_names() -> None:
    there = ("t/test_ab.py", "ab_test.py", "ab.test.js", "ab.spec.ts", "x/ab.py")
    names: dict[str, int] = dict.fromkeys(there, 0)
    assert files_testing("src/ab.py", names) == ["ab_test.py", "t/test_ab.py"]
    assert files_testing("src/ab.js", names) == ["ab.test.js"]
    assert files_testing("Makefile", names) == []


@given(st.text())
def test_any_text_names_only_what_there_is(text: str) -> None:
    found = mentions_in(text, _NAMES, _ROOTS)
    assert {mention.path for mention in found.files} <= PROJECT.keys()


def test_a_long_text_is_read_quickly() -> None:
    for text in ("a" * 300_000, "a/" * 150_000, "x.py " * 60_000, '"' * 300_000):
        started = time.process_time()
        mentions_in(text, _NAMES, _ROOTS)
        assert time.process_time() - started < 2
