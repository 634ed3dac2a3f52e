"""A reviewer's answer is read whatever it looks like, and decides nothing."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mux_tui.core.file_work.review.findings import (
    MOST_CHARS,
    MOST_FINDINGS,
    Findings,
    read_findings,
)
from mux_tui.core.text import printable
from mux_tui.core.work import Finding

CHANGED = ("src/a.py", "b.py")
ITEM = '{"path": "b.py", "line": 3, "text": "off by one"}'
FOUND = (Finding("off by one", "b.py", 3),)


@pytest.mark.parametrize(
    "text",
    [
        f'{{"findings": [{ITEM}]}}',
        f'I looked.\n\n```json\n{{"findings": [\n{ITEM}\n]}}\n```\nThat is all.',
        f'Like {{"findings": []}}, so:\n{{ "findings" : [{ITEM}]}}',
        f"[{ITEM}]",
        f"Here it is:\n```\n[{ITEM}]\n```",
        '{"findings": [{"file": "./b.py", "line": "3", "message": "off by one"}]}',
        '{"findings": [{"path": "b/b.py", "line": 3, "text": "off by\\none"}, {}, 7]}',
        "Findings:\n- b.py:3: off by one",
        "1. `b.py:3` — off by one\n\nThe rest is fine.",
        "* **b.py:3**: off by one",
        "- b.py:3:14: off by one",
    ],
)
def test_every_usual_form_is_read(text: str) -> None:
    assert read_findings(text, CHANGED) == Findings(FOUND)


@pytest.mark.parametrize(
    "text",
    [
        '{"findings": []}',
        '```json\n{"findings": []}\n```',
        "[]",
        "```json\n[]\n```",
        "No findings.",
        "LGTM",
        "I found no issues.",
        "Nothing is wrong with it.",
    ],
)
def test_that_there_is_nothing_is_read_too(text: str) -> None:
    assert read_findings(text, CHANGED) == Findings()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I cannot do that.",
        '{"findings": "none"}',
        '{"findings": [1, {"path": "b.py"}]}',
        '{"findings": [{"path": "b.py", "te',
        "No issues in a.py, but b.py is off by one.",
        "- it is well done\n- the names are good: short and clear",
        "The list [] is returned, which is wrong, and " + "so on " * 50,
    ],
)
def test_what_is_no_review_is_not_taken_for_one(text: str) -> None:
    assert read_findings(text, CHANGED) is None


@pytest.mark.parametrize(
    "path", ["../../etc/passwd", "/etc/passwd", "src", "c.py", "b.py/../../x", "B.PY"]
)
def test_a_path_that_was_not_changed_is_only_words(path: str) -> None:
    item = {"path": path, "line": 3, "text": "read this"}
    read = read_findings(json.dumps({"findings": [item]}), CHANGED)
    assert read == Findings((Finding(f"{path}:3: read this"),))


def test_what_a_terminal_would_obey_is_made_visible() -> None:
    item = {"path": "\x1b[2J", "text": "a\x1b]0;x\x07\x00\ud800\u202eb"}
    read = read_findings(json.dumps({"findings": [item]}), CHANGED)
    assert read is not None
    (found,) = read.found
    assert printable(found.text) == found.text
    assert found.text.encode()


@pytest.mark.parametrize("line", [0, -1, True, 1.5, None, 10**12, "x", [3]])
def test_a_line_that_is_none_is_left_out(line: object) -> None:
    item = {"path": "b.py", "line": line, "text": "t"}
    read = read_findings(json.dumps({"findings": [item]}), CHANGED)
    assert read == Findings((Finding("t", "b.py"),))


def test_only_so_many_are_kept_and_each_is_cut() -> None:
    many = [{"path": "b.py", "line": 3, "text": "x" * 90} for _ in range(10_000)]
    read = read_findings(json.dumps({"findings": many}), CHANGED)
    assert read is not None
    assert len(read.found) == MOST_FINDINGS
    assert read.more == 10_000 - MOST_FINDINGS
    long = json.dumps({"findings": [{"text": "y" * 1_000_000}]})
    read = read_findings(long, CHANGED)
    assert read is not None
    assert len(read.found[0].text) == MOST_CHARS


@pytest.mark.parametrize(
    "text",
    [
        "[" * 1_000_000,
        '{"findings":' * 80_000,
        '{"findings": [' * 80_000,
        "[{" * 500_000,
        "{" + " " * 1_000_000,
        "- " * 500_000,
        "- " + "a" * 1_000_000,
        "- b.py:" + "1" * 1_000_000,
        "\n" * 1_000_000,
        '{"findings": [' + "9" * 100_000 + "]}",
        "- `" + "* " * 400_000,
    ],
    ids=lambda text: text[:12],
)
def test_a_megabyte_of_nonsense_is_over_soon(text: str) -> None:
    read = read_findings(text, CHANGED)
    assert read is None or len(read.found) <= MOST_FINDINGS


_PIECES = st.sampled_from(
    ["{", "}", "[", "]", '"findings"', ":", '"', ",", "\\", "- ", "b.py", ":3: ", "```"]
    + ["\n", " ", '"text"', '"x"', "no issues", "LGTM", "1", "null", "\ud800", "\x1b"]
)


@given(st.text() | st.lists(_PIECES, max_size=30).map("".join))
def test_no_text_raises_or_names_another_file(text: str) -> None:
    read = read_findings(text, CHANGED)
    for found in read.found if read else ():
        assert found.path in ("", *CHANGED)
        assert found.text == printable(found.text)
        assert len(found.text) <= MOST_CHARS


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["findings", "path", "line", "text", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(_JSON)
def test_no_document_raises(value: object) -> None:
    read = read_findings(json.dumps({"findings": value}), CHANGED)
    assert read is None or all(one.text for one in read.found)
