"""What is left of a result says what it was, and is never longer than it was."""

from hypothesis import given
from hypothesis import strategies as st

from mux_tui.core.proxy.translate.digests import (
    digest,
    is_digest,
    name_of,
    pointer,
    repeatable,
    shortened,
    words_of,
)
from mux_tui.core.proxy.translate.openings import head_and_tail, opening
from mux_tui.core.proxy.translate.sizes import size_of, size_of_block
from mux_tui.core.wire.anthropic import Image, Text, ToolResult, ToolUse

READ = ToolUse("t", "Read", {"limit": 5, "file_path": "/shop/cart.py"})
BASH = ToolUse("t", "Bash", {"description": "Runs it", "command": "make check"})


def result(*texts: str, failed: bool = False) -> ToolResult:
    return ToolResult("t", tuple(map(Text, texts)), failed)


def line(found: ToolResult, call: ToolUse | None) -> str:
    return words_of(digest(found, call))


def test_a_files_digest_names_it_and_its_size() -> None:
    found = line(result("x = 1\n" * 200), READ)

    assert found == (
        "[mux: result of Read /shop/cart.py is no longer shown: "
        "1,200 characters, 201 lines]"
    )


def test_a_commands_digest_ends_as_its_output_did() -> None:
    found = line(result("...\n" * 300 + "12 passed\n"), BASH)

    assert "result of Bash make check is" in found
    assert found.endswith("302 lines, ending '12 passed']")


def test_an_errors_digest_begins_as_it_did() -> None:
    found = line(result("No such file\n" + "at x\n" * 300, failed=True), READ)

    assert "error of Read" in found
    assert "beginning 'No such file at x" in found


def test_a_picture_is_counted() -> None:
    picture = ToolResult("t", (Image("image/png", "AAAA"),))

    assert line(picture, None) == (
        "[mux: result of a tool is no longer shown: 0 characters, 1 lines, 1 images]"
    )


def test_short_results_are_their_own_digest() -> None:
    for found in (result("ok"), result(), digest(result("x" * 900), READ)):
        assert digest(found, READ) is found or is_digest(found)


def test_a_digest_is_one_line_whatever_the_call_says() -> None:
    call = ToolUse("t", "Ba\nsh\x1b[2J", {"command": "a\nb\u202e" * 90})
    found = line(result("y" * 9000 + "\n\x1b[31mend\n"), call)

    assert found.isprintable()
    assert len(found) < 320


def test_calls_without_arguments_have_names_too() -> None:
    assert name_of(None) == "a tool"
    assert name_of(ToolUse("t", "List", [1])) == "List"
    assert name_of(ToolUse("t", "List", {"n": 1})) == "List"


def test_only_long_texts_are_known_again() -> None:
    assert repeatable(result("x" * 400)) == "x" * 400
    assert repeatable(result("x" * 399)) == ""
    assert repeatable(result("x" * 400, failed=True)) == ""
    assert repeatable(ToolResult("t", (Text("x" * 400), Image()))) == ""
    assert is_digest(pointer(result("x" * 400), READ))


def test_of_several_texts_the_longest_are_cut() -> None:
    found = shortened(result("a" * 3000, "b" * 300, "c" * 900), 1000, clean=False)

    long, short, other = (b.text for b in found.content if isinstance(b, Text))
    assert short == "b" * 300
    assert 300 < len(long) <= 350
    assert 300 < len(other) <= 350


@given(st.text(max_size=900), st.integers(-5, 1200))
def test_both_ends_of_any_text_fit_and_stay(text: str, limit: int) -> None:
    found = head_and_tail(text, limit)

    assert size_of(found) <= max(limit, size_of("[…]"))
    assert head_and_tail(found, limit) == found
    if size_of(text) <= limit:
        assert found == text


@given(st.text(max_size=900), st.integers(-5, 1200))
def test_the_opening_of_any_text_fits_and_stays(text: str, limit: int) -> None:
    found = opening(text, limit)

    assert size_of(found) <= max(limit, 0)
    assert opening(found, limit) == found
    assert text.startswith(found.removesuffix("…")) or not found


def test_an_opening_ends_with_a_sentence_or_a_word() -> None:
    assert opening("One. Two three four five. Six.", 26) == "One. Two three four five."
    assert opening("One two three four five six", 16) == "One two three…"
    assert opening("x" * 99, 10) == "xxxxxxx…"


@given(st.lists(st.text(max_size=400), max_size=3), st.integers(60, 600), st.booleans())
def test_any_result_is_cut_once(texts: list[str], limit: int, clean: bool) -> None:
    once = shortened(result(*texts), limit, clean=clean)

    assert shortened(once, limit, clean=clean) == once
    assert size_of_block(digest(once, READ)) <= size_of_block(once)
