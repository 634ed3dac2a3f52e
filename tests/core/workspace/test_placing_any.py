"""Any file and any edit: placed or refused with a reason, and soon."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mux_tui.core.workspace.answer import Replacement
from mux_tui.core.workspace.placing import NotPlaced, Placed, place


@pytest.mark.parametrize(
    "edit",
    [
        Replacement("    return value + 7000\n", "x\n"),
        Replacement("  return value + 7000  \n", "x\n"),
        Replacement("def function_x7000(argumens):\n    value = argumens * 7\n", "x\n"),
        Replacement("nothing like that is anywhere\nnor is this\n", "x\n"),
        Replacement("\n" * 200 + "nothing like that is anywhere\n", "x\n"),
        Replacement("value", "x", within_line=True),
        Replacement(
            "".join(f"def functio_{n}(argument):\n  valve = {n}\n" for n in range(140)),
            "x\n",
        ),
    ],
)
def test_a_megabyte_is_searched_soon(edit: Replacement) -> None:
    text = "".join(
        f"def function_{n}(argument):\n    value = argument * {n}\n"
        f"    return value + {n}\n\n"
        for n in range(13_000)
    )
    assert len(text) > 1_000_000
    begun = process_time()
    place(text, edit)
    assert process_time() - begun < 3


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a" * 300_000, id="one line"),
        pytest.param("a\n" * 150_000, id="short lines"),
        pytest.param("\n" * 300_000, id="blank lines"),
    ],
)
@pytest.mark.parametrize(
    "search",
    [
        pytest.param("a" * 1000, id="one line"),
        pytest.param("a\n" * 1000, id="short lines"),
        pytest.param("\n" * 500 + "a", id="blank lines"),
        pytest.param("aa", id="one word"),
    ],
)
@pytest.mark.parametrize("within_line", [False, True])
def test_repetition_is_searched_soon(text: str, search: str, within_line: bool) -> None:
    begun = process_time()
    place(text, Replacement(search, "x", within_line))
    assert process_time() - begun < 5


_LINE = st.sampled_from(
    ["a", "b", "    a", "\tb", "", "c  ", "d e f", "\x0c", "\u2028"]
)


_FILES = st.lists(_LINE, max_size=12)


@given(_FILES, st.data(), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_lines_taken_from_a_file_are_replaced_there_or_not_at_all(
    lines: list[str], data: st.DataObject, ending: str, ended: bool
) -> None:
    """A hit is exactly the lines looked for, and nothing around them changes."""
    if not lines:
        return
    text = ending.join(lines) + (ending if ended else "")
    start = data.draw(st.integers(0, len(lines) - 1))
    end = data.draw(st.integers(start + 1, len(lines)))
    new = data.draw(_FILES)
    search = "".join(f"{line}\n" for line in lines[start:end])
    replace = "".join(f"{line}\n" for line in new)
    result = place(text, Replacement(search, replace, line=start + 1))
    if not search.strip():
        return
    assert isinstance(result, Placed)
    made = text[: result.start] + result.text + text[result.end :]
    if result.confidence == 1.0 and "\n" in text:
        wanted = "".join(
            f"{line}{ending}" for line in (*lines[:start], *new, *lines[end:])
        )
        assert made.rstrip("\r\n") == wanted.rstrip("\r\n")


_PIECES = st.lists(
    st.sampled_from(["def f(x):", "return x", "    ", "\t", "\r", "\n", "\n\n", "# é"]),
    max_size=30,
).map("".join)


@given(_PIECES, _PIECES, _PIECES, st.booleans(), st.none() | st.integers(1, 9))
def test_any_edit_has_a_place_or_a_reason(
    text: str, search: str, replace: str, within_line: bool, line: int | None
) -> None:
    result = place(text, Replacement(search, replace, within_line, line))
    if isinstance(result, NotPlaced):
        assert result.why
        assert "\n" not in result.why
    else:
        assert 0 <= result.start <= result.end <= len(text)
        assert 0 < result.confidence <= 1
        assert bool(result.note) == (result.confidence < 1)


@given(st.text("ab \t\n", max_size=60), st.text("ab \t\n", max_size=20))
def test_an_edit_to_the_same_changes_nothing(text: str, search: str) -> None:
    for within_line in (False, True):
        result = place(text, Replacement(search, search, within_line))
        if isinstance(result, Placed) and search.strip():
            assert text[: result.start] + result.text + text[result.end :] == text
