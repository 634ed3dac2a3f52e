"""What a task says about itself."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mux_tui.core.config.settings import Router
from mux_tui.core.routing.features import Features, features
from mux_tui.core.routing.keywords import find_keywords
from mux_tui.core.routing.pathlike import split_paths


def read(text: str) -> Features:
    return features(text, Router())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("What is the security impact?", ("security",)),
        ("SECURITY first", ("security",)),
        ("a multi-file change", ("multi-file",)),
        ("a multi\u2011file change", ("multi-file",)),
        ("a multi file change", ()),
        ("plain insecurity", ()),
        ("refactoring and architectures", ()),
        ("performance-sensitive code", ("performance",)),
        ("security/performance trade-offs", ("security", "performance")),
        ("Migration, then refactor.", ("migration", "refactor")),
        ("migration Migration MIGRATION", ("migration",)),
        ("the security_group variable", ()),
        ("call `performance.now()` twice", ()),
        ("call performance(x)", ()),
        ("run it with --security", ()),
        ("see src/security/login.py", ()),
        ("see security.py", ()),
        ("read https://example.org/security/architecture", ()),
        ("why?\n```\n# security and performance\n```", ()),
        ("why?\n~~~\nmigration\n~~~\nand the architecture?", ("architecture",)),
        ("explain CI/CD", ()),
    ],
)
def test_keywords_are_whole_words_of_the_prose(
    text: str, words: tuple[str, ...]
) -> None:
    assert set(read(text).keywords) == set(words)


def test_keywords_come_in_the_order_of_the_settings() -> None:
    assert read("refactor the architecture").keywords == ("architecture", "refactor")


@pytest.mark.parametrize(
    ("keyword", "text", "found"),
    [
        ("code review", "a Code\n review", True),
        ("c++", "in C++ please", True),
        ("c++", "in c+ please", False),
        ("Straße", "die STRASSE, die straße", True),
        ("   ", "any   text", False),
    ],
)
def test_a_keyword_of_the_user_may_be_any_text(
    keyword: str, text: str, found: bool
) -> None:
    assert bool(find_keywords(text, (keyword,))) is found


def test_no_keywords_find_nothing() -> None:
    assert find_keywords("security", ()) == ()


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("what does /etc/hosts do?", ("/etc/hosts",)),
        ("edit src/a.py, then src/a.py.", ("src/a.py",)),
        ("in ./api and ../lib/x and ~/.config/y", ("./api", "../lib/x", "~/.config/y")),
        ("open README.md or Dockerfile", ("README.md", "Dockerfile")),
        (r"C:\Users\me\a.txt", (r"C:\Users\me\a.txt",)),
        ("explain CI/CD, TCP/IP, I/O and and/or", ()),
        ("10 km/h, 24/7, 1/2, n/a", ()),
        ("https://example.org/a/b.py", ()),
        ("me@example.org", ()),
        ("version 3.11.2 of Node.js", ("Node.js",)),
    ],
)
def test_paths_are_told_from_words_with_slashes(
    text: str, paths: tuple[str, ...]
) -> None:
    assert split_paths(text)[0] == paths


def test_words_are_what_is_left_beside_the_paths() -> None:
    _, words = split_paths("see src/a.py and https://example.org/security now")
    assert words.split() == ["see", "and", "now"]


def test_sizes_are_of_the_whole_text() -> None:
    told = read("ä\nb")
    assert (told.chars, told.bytes, told.lines) == (3, 4, 2)


def test_code_share_is_high_for_pasted_code_and_zero_for_prose() -> None:
    assert read("Say hello in one sentence.").code_share == 0
    assert read("why?\n```python\nfor i in x:\n    print(i)\n```").code_share > 0.5
    assert read("def f(x):\n    return x[0]\nprint(f(y))").code_share > 0.5


@pytest.mark.parametrize(
    "text",
    [
        "Traceback (most recent call last):\n  x",
        'it says\n  File "a.py", line 3, in f',
        "thread 'main' panicked at src/main.rs:2",
        "TypeError: x\n    at run (/app/a.js:10:5)",
        "error[E0382]: borrow of moved value",
    ],
)
def test_a_pasted_stack_trace_is_seen(text: str) -> None:
    assert read(text).traceback


def test_a_word_about_tracebacks_is_none() -> None:
    assert not read("what is a traceback?").traceback


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("Why is it slow?", "question"),
        ("it is slow, is it not?", "question"),
        ("Please fix it", "order"),
        ("Can you add a test?", "order"),
        ("Explain recursion", "order"),
        ("the build fails", "statement"),
    ],
)
def test_the_form_is_told(text: str, form: str) -> None:
    assert read(text).form == form


def test_the_end_of_a_long_task_is_read_as_well() -> None:
    told = read("log line\n" * 20_000 + "\nWhat is the security impact?")
    assert told.keywords == ("security",)


@given(st.text(max_size=400))
def test_any_text_has_features(text: str) -> None:
    told = read(text)
    assert told.chars == len(text)
    assert 0 <= told.code_share <= 1


@pytest.mark.parametrize(
    "unit", ["a", "a/", "./", "add ", "```\n", "x.", "how to ", " \n", "(", "1/", "-a"]
)
def test_a_megabyte_of_anything_is_read_in_a_moment(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    started = time.process_time()
    read(text)
    assert time.process_time() - started < 0.5
