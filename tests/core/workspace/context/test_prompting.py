"""What a model is asked for is what can be read."""

import pytest

from mux_tui.core.workspace.answer import EditedFile, WholeFile, read_answer
from mux_tui.core.workspace.context.prompting import (
    BLOCKS_EXAMPLE,
    JSON_EXAMPLE,
    AnswerFormAsked,
    again,
    instructions,
    prompt,
)


@pytest.mark.parametrize("example", [BLOCKS_EXAMPLE, JSON_EXAMPLE])
def test_the_examples_are_answers_that_can_be_read(example: str) -> None:
    draft = read_answer(example)
    edited, new = draft.edits
    assert isinstance(edited, EditedFile)
    assert edited.path == "src/greet.py"
    (replacement,) = edited.replacements
    assert replacement.search.strip() == 'return "Hello " + name'
    assert replacement.replace.strip() == 'return f"Hello, {name}!"'
    assert isinstance(new, WholeFile)
    assert new.path == "tests/test_greet.py"
    assert new.content.startswith("from greet import greet\n")


@pytest.mark.parametrize(
    ("form", "example"), [("blocks", BLOCKS_EXAMPLE), ("json", JSON_EXAMPLE)]
)
def test_the_instructions_are_short_and_show_the_example(
    form: AnswerFormAsked, example: str
) -> None:
    said = instructions(form)
    assert example in said
    assert len(said) < 1_600


def test_the_task_is_last_and_the_reason_is_said() -> None:
    assert prompt("Do it.", "Material.").endswith("Task:\n\nDo it.")
    assert prompt("Do it.", "").startswith("Task:")
    assert "used: it names no file.\n" in again("it names no file.")
