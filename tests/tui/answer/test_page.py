"""A page draws what is looked at, and forgets what is too long ago."""

from itertools import cycle

from hypothesis import given, settings
from hypothesis import strategies as st

from mux_tui.tui.glyphs import UNICODE
from mux_tui.tui.widgets.answer.block import PART, Block
from mux_tui.tui.widgets.answer.entry import Entry
from mux_tui.tui.widgets.answer.look import Look
from mux_tui.tui.widgets.answer.page import Page
from mux_tui.tui.widgets.answer.thinking import Thinking
from mux_tui.tui.widgets.answer.transcript import Transcript
from tests.tui.answer.documents import DOCUMENTS
from tests.tui.answer.stage import lines_of, page_of


def entry(text: str) -> Entry:
    return Entry("block", Block("text", text, text))


def page_with(*texts: str, most: int = 1_000) -> Page:
    page = Page(Look(), 20, most)
    for text in texts:
        page.append(entry(text))
    return page


def test_only_what_is_looked_at_is_drawn() -> None:
    page = page_with(*("word " * 40 for _ in range(100)))
    page.draw(0, 10)
    drawn = [each.drawn for each in page.entries]
    assert drawn[0]
    assert not any(drawn[5:])


def test_the_end_can_be_drawn_first() -> None:
    page = page_with(*("word " * 40 for _ in range(100)), "the end")
    page.draw_end(10)
    last = page.line(page.height - 1)
    assert last
    assert last.text() == "the end"
    assert not page.entries[0].drawn


def test_the_rest_is_drawn_in_time() -> None:
    page = page_with(*("word " * 40 for _ in range(100)))
    while not page.settled:
        page.draw_some(0.001)
    assert all(each.drawn for each in page.entries)
    assert len(lines_of(page)) == page.height


def test_a_new_width_keeps_the_entries() -> None:
    page = page_with("word " * 10, "end")
    page.draw(0, 100)
    tall = page.height
    page.restyle(Look(), 60)
    page.draw(0, 100)
    assert page.height < tall
    assert lines_of(page)[-1] == "end"


def test_blocks_stand_apart_and_the_first_one_at_the_top() -> None:
    assert lines_of(page_of("a\n\nb\n", 20)) == ["a", "", "b"]


def test_the_page_is_a_ring_which_says_so() -> None:
    page = page_with(most=50)
    for number in range(300):
        page.append(entry(f"line {number}"))
        page.trim()
        page.draw_end(10)
    assert page.height <= 55
    lines = lines_of(page)
    assert lines[-1] == "line 299"
    assert lines[0].endswith("earlier lines")
    gone = int("".join(filter(str.isdigit, lines[0])))
    assert gone + page.height - page.entries[0].height == 599


def test_the_ring_tells_by_how_much_it_moved() -> None:
    page = page_with(*(f"line {number}" for number in range(300)), most=50)
    page.draw(0, 10_000)
    marked = page.entries[-1]
    before = page.top(marked)
    moved = page.trim()
    page.draw(0, 10_000)
    assert before is not None
    assert page.top(marked) == before - moved
    assert page.gone == moved


def test_only_lines_that_changed_are_touched() -> None:
    page = page_with("first", "a\nb\nc")
    page.draw(0, 100)
    page.take_touched()
    changed = page.entries[1]
    changed.block = Block("text", "a\nb\nd", "a\nb\nd")
    page.change(changed)
    page.draw(0, 100)
    assert page.take_touched() == 4
    assert page.take_touched() is None


@given(DOCUMENTS, st.lists(st.integers(1, 40), min_size=1, max_size=20))
@settings(max_examples=40, deadline=None)
def test_a_stream_ends_as_the_whole_text_does(text: str, sizes: list[int]) -> None:
    """What was shown on the way leaves nothing behind, and takes nothing away."""
    page = Page(Look(), 40, 100_000)
    transcript = Transcript(page)
    start = 0
    for size in cycle(sizes):
        if start >= len(text):
            break

        # Long lines of one letter are no adventure.
        size = size if len(text) < PART else 40 * size
        transcript.write(text[start : start + size])
        transcript.refresh(caret=True)
        page.draw_end(8)
        start += size
    transcript.end()
    page.draw(0, 1_000_000)
    assert lines_of(page) == lines_of(page_of(text, 40))
    assert "".join(e.block.source for e in page.entries if e.block) == text


def test_what_is_taken_away_is_gone() -> None:
    page = page_with("a", "b", "c")
    page.draw(0, 100)
    gone = page.entries[1]
    page.remove(gone)
    page.remove(gone)
    assert page.top(gone) is None
    assert not page.insert(entry("x"), gone)
    page.draw(0, 100)
    assert lines_of(page) == ["a", "", "c"]


def test_words_are_counted_over_pieces() -> None:
    thinking = Thinking()
    for at, piece in enumerate(("on", "e tw", "o", " ", "three\n", "four")):
        thinking.count(piece, at / 10)
    assert thinking.label(UNICODE) == "▸ thinking · 4 words · 0.5 s"


def test_thinking_stands_before_the_answer_and_is_folded() -> None:
    page = page_of("The answer.", 40, thinking="first this\n\nthen that")
    assert lines_of(page) == ["▸ thinking · 4 words", "", "The answer."]


def test_an_opened_fold_shows_the_thinking_to_the_letter() -> None:
    page = Page(Look(), 40, 1_000)
    transcript = Transcript(page)
    transcript.think("# no **heading**\n\n", 0.0)
    transcript.write("The answer.")
    transcript.think("```\nlater", 2.0)
    transcript.refresh(caret=False)
    transcript.toggle(transcript.thinkings[0])
    transcript.refresh(caret=False)
    page.draw(0, 100)
    assert lines_of(page) == [
        "▾ thinking · 5 words · 2.0 s",
        "│ # no **heading**",
        "│",
        "│ ```",
        "│ later",
        "",
        "The answer.",
    ]
    transcript.end()
    transcript.toggle(transcript.thinkings[0])
    page.draw(0, 100)
    assert lines_of(page) == ["▸ thinking · 5 words · 2.0 s", "", "The answer."]


def test_each_answer_has_its_own_thinking() -> None:
    page = Page(Look(), 40, 1_000)
    transcript = Transcript(page)
    for name in ("one", "two"):
        transcript.think(name, None)
        transcript.write(f"answer {name}")
        transcript.note(f"▲ after {name}")
    page.draw(0, 100)
    assert [line for line in lines_of(page) if line] == [
        "▸ thinking · 1 word",
        "answer one",
        "▲ after one",
        "▸ thinking · 1 word",
        "answer two",
        "▲ after two",
    ]
