"""Answers in JSON: read strictly, mended where only one meaning is possible."""

import json

import pytest

from mux_tui.core.workspace.answer import (
    DeletedFile,
    Draft,
    EditedFile,
    NoDraft,
    Replacement,
    WholeFile,
    read_answer,
)

OBJECT = '{"files": [{"path": "a.py", "content": "x = 1\\n"}], "summary": "done"}'
DRAFT = Draft("json", (WholeFile("a.py", "x = 1\n"),), "done")


def why(text: str) -> str:
    """Why a text cannot be read."""
    with pytest.raises(NoDraft) as caught:
        read_answer(text)
    assert "\n" not in caught.value.why
    assert len(caught.value.why) < 400
    return caught.value.why


def test_every_kind_of_change_is_read() -> None:
    answer = {
        "files": [
            {"path": "a.py", "content": "x\n"},
            {"path": "b.py", "edits": [{"search": "1", "replace": "2"}]},
            {"path": "c.py", "delete": True},
        ],
        "summary": "Three changes.",
        "commands": ["pytest -q", "rm -rf /"],
    }
    assert read_answer(json.dumps(answer)) == Draft(
        "json",
        (
            WholeFile("a.py", "x\n"),
            EditedFile("b.py", (Replacement("1", "2", within_line=True),)),
            DeletedFile("c.py"),
        ),
        "Three changes.",
        ("pytest -q", "rm -rf /"),
    )


@pytest.mark.parametrize(
    "text",
    [
        OBJECT,
        f"\n\n{OBJECT}\n",
        f"```json\n{OBJECT}\n```",
        f"```\n{OBJECT}\n```",
        f"Here {{it}} is:\n\n```json\n{OBJECT}\n```\n\nWith {{love}}.",
        f"```json\n{OBJECT}",
        f"Sure! {OBJECT} Anything {{else}}?",
        f"{OBJECT}\n\nI have made {{a}} change.",
        f'<think>{{"files": []}} no: {{..}}</think>{OBJECT}',
        f"<think>\nshould I {{..}}?\n</think>\n\n```json\n{OBJECT}\n```",
        f"I was made to think.\n</think>\n{OBJECT}",
        f"<thinking>hm {{}}</thinking>\n{OBJECT}",
    ],
)
def test_thoughts_prose_and_fences_around_are_tolerated(text: str) -> None:
    assert read_answer(text).edits == DRAFT.edits


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        (" \n\t", "empty"),
        ("<think>{", "reasoning"),
        ("I cannot do that.", "no changes of files"),
        ("{}", "no list `files`"),
        ('{"files": []}', "is empty"),
        ('{"files": {"a.py": "x"}}', "`files` is no list"),
        ('{"files": "a.py"}', "`files` is no list"),
        ('{"files": null}', "`files` is no list"),
        ('{"files": ["a.py"]}', "file 1 is no object"),
        ('{"files": [{"path": 7, "content": ""}]}', "`path`"),
        ('{"files": [{"content": ""}]}', "`path`"),
        ('{"files": [{"path": "a", "content": ["x"]}]}', "`content` of file 1"),
        ('{"files": [{"path": "a", "content": null}]}', "`content` of file 1"),
        ('{"files": [{"path": "a"}]}', "needs one of"),
        ('{"files": [{"path": "a", "content": "", "delete": true}]}', "needs one of"),
        ('{"files": [{"path": "a", "delete": "yes"}]}', "neither true nor false"),
        ('{"files": [{"path": "a", "contents": "x"}]}', "contents"),
        ('{"files": [{"path": "a", "edits": {}}]}', "`edits` of file 1 is no list"),
        ('{"files": [{"path": "a", "edits": []}]}', "empty"),
        ('{"files": [{"path": "a", "edits": ["x"]}]}', "edit 1 of file 1"),
        ('{"files": [{"path": "a", "edits": [{"search": "x"}]}]}', "`replace`"),
        (
            '{"files": [{"path": "a", "edits": [{"search": 1, "replace": ""}]}]}',
            "`search`",
        ),
        (f'{OBJECT[:-1]}, "commands": "ls"}}', "`commands` is no list"),
        (f'{OBJECT[:-1]}, "commands": [["ls"]]}}', "command 1"),
        ('{"files": [{"path": "a", "content": "x"}], "summary": 3}', "`summary`"),
        ('{"files": [NaN]}', "NaN"),
        ('{"files": [-Infinity]}', "-Infinity"),
        pytest.param(f'{{"files": [{"9" * 5000}]}}', "too long", id="digits"),
        pytest.param('{"files":' + "[" * 100_000, "too deeply", id="lists"),
        pytest.param('{"files":' + '{"a":' * 100_000, "too deeply", id="objects"),
        ('{"files": [{"path": "a", "content": "\\ud800"}]}', "surrogate"),
        ('{"files": [{"path": "a", "content": "\\u0000"}]}', "NUL"),
        ('{"files": [{"path": "a", "path": "b", "content": ""}]}', "twice"),
        ('{"files": [{"path": "a", "content": "x"', "its JSON cannot be read"),
        pytest.param("[" * 100_000, "no changes of files", id="only lists"),
        (f"{OBJECT}\n{OBJECT}", "behind its JSON object"),
        (f"First {OBJECT}\nthen {OBJECT}", "more than one JSON object"),
        (f"```json\n{OBJECT}\n```\n```json\n{OBJECT}\n```", "more than one"),
        (f"Now {OBJECT}\n```json\n{OBJECT}\n```", "more than one"),
        (f"{OBJECT}\n\nb.py\n```python\ny\n```", "other changes behind"),
        (f"```json\n{OBJECT}\n```\n\nb.py\n```python\ny\n```", "mixes"),
    ],
)
def test_what_cannot_be_read_says_why_in_one_sentence(text: str, says: str) -> None:
    assert says in why(text)


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ('{"files": [{"path": "a", "content": "x\ny\n"}]}', "x\ny\n"),
        ('{"files": [{"path": "a", "content": "x"},]}', "x"),
        ('{"files": [{"path": "a", "content": "\\d+\\w"}],}', "\\d+\\w"),
        ('{"files": [{"path": "a", "content": "\\d+\\w\\n"}]}', "\\d+\\w\n"),
        ('{"files": [{"path": "a", "content": "it\\\'s"}]}', "it's"),
    ],
)
def test_small_faults_are_mended_and_said(text: str, content: str) -> None:
    draft = read_answer(text)
    assert draft.edits == (WholeFile("a", content),)
    assert "mended" in draft.notes[0]


@pytest.mark.parametrize(
    "text",
    [
        # Cut short: what is missing may be more than a bracket.
        '{"files": [{"path": "a", "content": "x"}',
        '{"files": [{"path": "a", "content": "x',
        # Where does the content end?
        '{"files": [{"path": "a", "content": "print("hi")"}]}',
        '{"files": [{"path": "a", "content": "x", "y"}]}',
        "{'files': [{'path': 'a', 'content': 'x'}]}",
        '{"files": [{"path": "a", "content": """x"""}]}',
        '{"files": [{"path": "a", "content": `x`}]}',
        '{"files": [{"path": "a", "content": "x" + "y"}]}',
        '{"files": [{"path": "a" "content": "x"}]}',
    ],
)
def test_a_file_is_never_written_from_a_guess(text: str) -> None:
    assert "its JSON cannot be read" in why(text)


def test_braces_in_prose_are_not_the_answer() -> None:
    text = f"In {{curly}} words:\n```json\n{OBJECT}\n```\nand {{so on}}"
    assert read_answer(text).edits == DRAFT.edits


def test_keys_that_the_form_does_not_have_are_said() -> None:
    draft = read_answer(f'{OBJECT[:-1]}, "mood": "good\\u001b[31m"}}')
    assert draft.notes == ("not used: mood",)


def test_content_is_kept_to_the_last_blank() -> None:
    content = "  indented\n\ttabs\r\n\n  \n"
    text = json.dumps({"files": [{"path": "a", "content": content}]})
    assert read_answer(text).edits == (WholeFile("a", content),)


def test_two_equal_answers_are_equal_drafts() -> None:
    assert read_answer(OBJECT) == read_answer(f"```json\n{OBJECT}\n```")
