"""Edits of files in an answer: their marks are text, and no Markdown."""

import pytest

from mux_tui.tui.widgets.answer.blocks import Splitter

EDIT = """# basket.py
<<<<<<< SEARCH
    return sum(prices) + 1

# a comment
=======
    return sum(prices)
>>>>>>> REPLACE

Done.
"""


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_an_edit_is_one_block_to_the_letter(size: int) -> None:
    splitter = Splitter()
    pieces = [EDIT[at : at + size] for at in range(0, len(EDIT), size)]
    blocks = [block for piece in pieces for block in splitter.feed(piece)]
    blocks += splitter.flush()
    edit = next(block for block in blocks if "SEARCH" in block.source)
    begin, end = EDIT.index("<<<<<<<"), EDIT.index("\n\nDone")
    assert edit.kind == "raw"
    assert edit.text.strip() == EDIT[begin:end]


def test_marks_of_a_conflict_in_a_sentence_are_text() -> None:
    splitter = Splitter()
    blocks = [*splitter.feed("a <<<<<<< SEARCH\n\nb\n"), *splitter.flush()]
    assert [block.kind for block in blocks] == ["text", "text"]
