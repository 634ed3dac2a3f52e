"""Answers in SEARCH/REPLACE blocks."""

import pytest

from mux_tui.core.workspace.answer import (
    EditedFile,
    NoDraft,
    Replacement,
    WholeFile,
    read_answer,
)

BLOCK = "<<<<<<< SEARCH\nold\n=======\nnew\n>>>>>>> REPLACE\n"
EDIT = EditedFile("src/a.py", (Replacement("old\n", "new\n"),))


@pytest.mark.parametrize(
    "text",
    [
        f"src/a.py\n{BLOCK}",
        f"src/a.py\n\n{BLOCK}",
        f"I change one line.\n\n`src/a.py`\n{BLOCK}\nThat is all.",
        f"**src/a.py**\n```python\n{BLOCK}```\n",
        f"### `src/a.py`:\n\n```python\n{BLOCK}```",
        f"File: src/a.py\n```\n{BLOCK}```",
        f"```python src/a.py\n{BLOCK}```",
        f"```python path=src/a.py\n{BLOCK}```",
        f"```python\nsrc/a.py\n{BLOCK}```",
        f"```src/a.py\n{BLOCK}```",
        BLOCK.replace("SEARCH", "SEARCH src/a.py"),
        f"src/a.py\n{BLOCK}".replace("\n", "\r\n")
        .replace("old\r", "old")
        .replace("new\r", "new"),
        "src/a.py\n<<<<< SEARCH\nold\n=====\nnew\n>>>>> REPLACE",
        f"<think>perhaps b.py\n{BLOCK}</think>\nsrc/a.py\n{BLOCK}",
    ],
)
def test_the_path_stands_before_the_block(text: str) -> None:
    draft = read_answer(text)
    assert draft.form == "blocks"
    assert draft.edits == (EDIT,)


def test_blocks_of_one_file_are_one_edit_in_order() -> None:
    second = BLOCK.replace("old", "old2")
    both = EditedFile(
        "src/a.py", (Replacement("old\n", "new\n"), Replacement("old2\n", "new\n"))
    )
    assert read_answer(f"src/a.py\n{BLOCK}\n{second}").edits == (both,)
    assert read_answer(f"src/a.py\n```\n{BLOCK}\n{second}```\n").edits == (both,)
    assert read_answer(f"src/a.py\n```\n{BLOCK}```\n\n```\n{second}```\n").edits == (
        both,
    )


def test_a_block_without_a_search_text_makes_a_file() -> None:
    text = "src/b.py\n<<<<<<< SEARCH\n=======\nprint()\n>>>>>>> REPLACE\n"
    assert read_answer(text).edits == (WholeFile("src/b.py", "print()\n", new=True),)


def test_fences_in_a_block_are_its_text() -> None:
    text = (
        "README.md\n````\n<<<<<<< SEARCH\n```bash\nold\n```\n=======\n"
        "```bash\nnew\n```\n>>>>>>> REPLACE\n````\n"
    )
    edit = EditedFile(
        "README.md", (Replacement("```bash\nold\n```\n", "```bash\nnew\n```\n"),)
    )
    assert read_answer(text).edits == (edit,)


def test_an_empty_replacement_removes_lines() -> None:
    text = "a.py\n<<<<<<< SEARCH\nold\n=======\n>>>>>>> REPLACE\n"
    assert read_answer(text).edits == (EditedFile("a.py", (Replacement("old\n", ""),)),)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (BLOCK, "names no file"),
        (f"Change this in the file:\n{BLOCK}", "names no file"),
        (f"a.py\n{BLOCK}\nNow the other one.\n{BLOCK}", "block 2 names no file"),
        ("a.py\n<<<<<<< SEARCH\nold\n", "ends before its ======="),
        ("a.py\n<<<<<<< SEARCH\nold\n=======\nnew\n", "ends before its REPLACE"),
        (f"a.py\n<<<<<<< SEARCH\n{BLOCK}", "SEARCH line before"),
        (
            "a.rst\n<<<<<<< SEARCH\nTitle\n=======\nold\n=======\nnew\n>>>>>>> REPLACE",
            "more than one =======",
        ),
        (f"a.py\n```\n{BLOCK}and more\n```\n", "other text after"),
        (f"a.py\n{BLOCK}\nb.py\n```python\nx\n```\n", "mixes"),
    ],
)
def test_what_is_not_clear_is_refused(text: str, says: str) -> None:
    with pytest.raises(NoDraft, match=says):
        read_answer(text)


def test_a_fence_behind_a_block_is_no_file() -> None:
    draft = read_answer(f"a.py\n{BLOCK}\n```bash\npytest\n```\n")
    assert len(draft.edits) == 1
    assert draft.notes == ("code blocks that name no file, not used: 1",)


@pytest.mark.parametrize("name", ["my notes.txt", "gradlew", "[m] #1.md"])
def test_a_file_of_the_project_is_named_however_it_is_called(name: str) -> None:
    """Else a model could never edit it."""
    text = f"I change one line.\n\n{name}\n{BLOCK}"
    with pytest.raises(NoDraft):
        read_answer(text)
    edit = EditedFile(name, EDIT.replacements)
    assert read_answer(text, knows=name.__eq__).edits == (edit,)
    fenced = f"```\n{name}\n{BLOCK}```\n"
    assert read_answer(fenced, knows=name.__eq__).edits == (edit,)
