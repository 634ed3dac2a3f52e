"""An edit goes where it belongs, or nowhere."""

import pytest

from mux_tui.core.workspace.answer import Replacement
from mux_tui.core.workspace.placing import NotPlaced, Placed, apply_all, place

FILE = """\
import os


def first(argument):
    value = compute(argument)
    return value


def second(argument):
    value = compute(argument)
    return value + 1
"""


def put(text: str, edit: Replacement) -> tuple[str, Placed]:
    """Make one edit that has a place."""
    result = place(text, edit)
    assert isinstance(result, Placed), result
    return text[: result.start] + result.text + text[result.end :], result


def why(text: str, edit: Replacement) -> str:
    """Why an edit has no place."""
    result = place(text, edit)
    assert isinstance(result, NotPlaced), result
    assert "\n" not in result.why
    return result.why


def test_what_stands_there_once_is_replaced_surely() -> None:
    made, placed = put(FILE, Replacement("    return value\n", "    return 7\n"))
    assert made == FILE.replace("    return value\n", "    return 7\n", 1)
    assert (placed.confidence, placed.note) == (1.0, "")


def test_whole_lines_are_meant_where_the_form_has_lines() -> None:
    """`x = 1` is not the end of `max = 1`, nor the beginning of `x = 10`."""
    text = "max = 1\nx = 10\nx = 1\n"
    made, _ = put(text, Replacement("x = 1\n", "x = 2\n"))
    assert made == "max = 1\nx = 10\nx = 2\n"


def test_a_part_of_a_line_is_replaced_where_the_form_allows_it() -> None:
    edit = Replacement("value + 1", "value + 2", within_line=True)
    assert put(FILE, edit)[0] == FILE.replace("value + 1", "value + 2")
    edit = Replacement("return 1", "return 2", within_line=True)
    assert "nowhere" in why("def f():\n    return 10\n", edit), "not inside of a word"


def test_a_part_of_a_line_does_not_pull_others_out_of_their_block() -> None:
    search = "return value + 1"
    edit = Replacement(search, f"if value:\n    value = 0\n{search}", within_line=True)
    assert "give whole lines" in why(FILE, edit)
    indented = "if value:\n        value = 0\n    return value + 1"
    made, _ = put(FILE, Replacement(search, indented, within_line=True))
    assert made == FILE.replace(search, indented)


def test_what_stands_almost_everywhere_is_not_unique() -> None:
    text = "x" * 30_000 + " x "
    assert "more than one place" in why(text, Replacement("x", "y", within_line=True))


def test_parts_of_lines_never_touch_their_neighbours() -> None:
    edit = Replacement("return value", "yield value", within_line=True)
    assert "more than one place, at lines 6, 11" in why(FILE, edit)
    assert "more than one place" in why("a....b", Replacement("..", "", True))


@pytest.mark.parametrize("within_line", [False, True])
def test_two_equal_places_are_none(within_line: bool) -> None:
    edit = Replacement(
        "    value = compute(argument)\n", "    value = 1\n", within_line
    )
    assert "more than one place, at lines 5, 10" in why(FILE, edit)


def test_a_line_number_tells_equal_places_apart_if_it_is_right() -> None:
    search, replace = "    value = compute(argument)\n", "    value = 1\n"
    made, placed = put(FILE, Replacement(search, replace, line=10))
    assert made == FILE[: FILE.rindex(search)] + FILE[FILE.rindex(search) :].replace(
        search, replace
    )
    assert placed.confidence == 1.0
    assert "more than one place" in why(FILE, Replacement(search, replace, line=9))


def test_line_numbers_count_in_the_file_before_its_edits() -> None:
    text = "a\nx\nb\nx\nc\nx\n"
    edits = [
        Replacement("a\n", "a\na\na\n", line=1),
        Replacement("x\n", "y\n", line=4),
        Replacement("c\n", "", line=5),
        Replacement("x\n", "z\n", line=6),
    ]
    made, results = apply_all(text, edits)
    assert made == "a\na\na\nx\nb\ny\nz\n"
    assert all(isinstance(result, Placed) for result in results)


def test_blanks_at_the_ends_of_lines_do_not_matter() -> None:
    made, placed = put("a  \nb\t\nc\n", Replacement("a\nb   \nc\n", "a\nB\nc\n"))
    assert made == "a  \nB\nc\n", "and what the edit leaves alone keeps them"
    assert placed.confidence < 1
    assert placed.note


def test_blank_lines_around_the_search_text_do_not_matter() -> None:
    edit = Replacement("\nimport os\n\n\n\n\n", "\nimport os\nimport re\n\n\n\n\n")
    assert put(FILE, edit)[0] == FILE.replace("import os\n", "import os\nimport re\n")


def test_another_indentation_is_shifted_and_the_new_lines_with_it() -> None:
    edit = Replacement(
        "value = compute(argument)\nreturn value + 1\n",
        "if argument:\n    value = 0\nreturn value + 1\n",
    )
    made, placed = put(FILE, edit)
    assert made.endswith(
        "second(argument):\n    if argument:\n        value = 0\n    return value + 1\n"
    )
    assert placed.confidence < 0.95
    assert "indented" in placed.note


def test_too_much_indentation_is_taken_off() -> None:
    edit = Replacement("        import os\n", "        import os\n        import re\n")
    assert put(FILE, edit)[0] == FILE.replace("import os\n", "import os\nimport re\n")


def test_spaces_become_the_files_tabs() -> None:
    text = "if x:\n\tif y:\n\t\tgo()\n\tstop()\n"
    edit = Replacement(
        "if x:\n    if y:\n        go()\n",
        "if x:\n    if y:\n        go()\n        if z:\n            come()\n",
    )
    made, _ = put(text, edit)
    assert made == "if x:\n\tif y:\n\t\tgo()\n\t\tif z:\n\t\t\tcome()\n\tstop()\n"


def test_an_indentation_that_follows_no_rule_is_refused() -> None:
    text = "if x:\n  a()\n     b()\n"
    assert "nowhere" in why(text, Replacement("if x:\n    a()\n  b()\n", "pass\n"))
    wide = Replacement(f"{' ' * 12}go()\n", "pass\n")
    assert "nowhere" in why("\tgo()\n", wide), "twelve blanks are no tab"


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_line_ends_stay(ending: str) -> None:
    text = FILE.replace("\n", ending)
    made, placed = put(text, Replacement("import os\n", "import os\nimport re\n"))
    assert made == text.replace("import os", f"import os{ending}import re")
    assert placed.confidence == 1.0
    edit = Replacement("import os\r\n", "import os\r\nimport re\r\n")
    assert put(text, edit)[0] == made
    part = Replacement("value\n\n\ndef", "value\n\ndef", within_line=True)
    assert put(text, part)[0] == text.replace(
        f"value{ending * 3}", f"value{ending * 2}"
    )


def test_mixed_line_ends_stay_mixed() -> None:
    text = "a\r\nb\nc\r\nd\n"
    assert put(text, Replacement("b\nc\nd\n", "b\nC\nd\n"))[0] == "a\r\nb\nC\nd\n"
    assert put(text, Replacement("c\n", "C\nX\n"))[0] == "a\r\nb\nC\r\nX\r\nd\n"


def test_the_final_newline_stays_as_it_is() -> None:
    assert put("a\nb", Replacement("b\n", "c\n"))[0] == "a\nc"
    assert put("a\nb\n", Replacement("b", "c"))[0] == "a\nc\n"
    assert put("a\nb", Replacement("a\nb\n", "a\nb\nc\n"))[0] == "a\nb\nc"
    assert put("a\nb", Replacement("a\n", "x\n"))[0] == "x\nb"
    assert put("a\nb", Replacement("b", "", within_line=True))[0] == "a\n"


def test_the_final_newline_changes_where_the_edit_says_so() -> None:
    assert put("a\nb", Replacement("b\n", "b\n", final_newline="add"))[0] == "a\nb\n"
    assert put("a\nb\n", Replacement("b\n", "b\n", final_newline="drop"))[0] == "a\nb"


def test_a_text_that_is_only_like_the_file_finds_its_place() -> None:
    edit = Replacement(
        "def second(argument):\n    # computes\n    value = compute(argument)\n"
        "    return value + 1\n",
        "def second(argument):\n    # computes\n    value = compute(argument)\n"
        "    return value + 2\n",
    )
    made, placed = put(FILE, edit)
    assert made == FILE.replace("value + 1", "value + 2"), "no line is made up"
    assert 0.8 < placed.confidence < 1
    assert "likeness" in placed.note


def test_a_line_that_the_model_has_not_seen_is_never_lost() -> None:
    text = FILE.replace(
        "def second(argument):\n    value = compute(argument)\n",
        "def settle(account, amount):\n    book(account, amount, now())\n    audit()\n",
    )
    edit = Replacement(
        "def settle(account, amount):\n    book(account, amount, now())\n"
        "    return value + 1\n",
        "def settle(account, amount):\n    return booked(account, amount)\n",
    )
    assert "nearest are lines 9 to 12" in why(text, edit)


def test_a_line_that_the_file_does_not_have_is_not_changed() -> None:
    edit = Replacement(
        "def second(argument):\n    log(argument)\n    value = compute(argument)\n"
        "    return value + 1\n",
        "def second(argument):\n    log(argument, 2)\n    value = compute(argument)\n"
        "    return value + 1\n",
    )
    assert "nearest are lines" in why(FILE, edit)


def test_a_faint_likeness_is_none() -> None:
    edit = Replacement(
        "def second(*arguments, **options):\n    value = calculate(arguments[0])\n"
        "    return value + 1 + len(options)\n",
        "pass\n",
    )
    assert "nearest are lines 9 to 11" in why(FILE, edit)


def test_likeness_needs_a_clear_best() -> None:
    text = "".join(
        f"def handler_{n}(request):\n    return answer(request, {n})\n\n"
        for n in range(9)
    )
    edit = Replacement(
        "def handler_x(request):\n    return answer(request, 10)\n", "pass\n"
    )
    assert "as much like it as" in why(text, edit)


def test_short_texts_are_never_placed_by_likeness() -> None:
    assert "nowhere" in why("timeout = 30\n", Replacement("timeout = 60\n", "x\n"))


def test_a_refusal_names_the_nearest_lines() -> None:
    edit = Replacement("def first(argument, other):\n    return compute(other)\n", "")
    assert "lines 4 to" in why(FILE, edit)
    assert "`def first(argument):`" in why(FILE, edit)
    assert why(FILE, Replacement("nothing of the kind\n", "")) == (
        "its search text stands nowhere in the file: `nothing of the kind`"
    )


def test_what_a_refusal_quotes_cannot_move_a_cursor() -> None:
    text = "def first(argument):\n    a = '\x1b[2J'\n    return compute(argument)\n"
    edit = Replacement("def first(argument):\n    b = 7\n    return computed\n", "")
    assert "\x1b" not in why(text, edit)
    assert "\x1b" not in why(text, Replacement("\x1b]52;c;x\x07 nothing like it\n", ""))


@pytest.mark.parametrize("search", ["", "\n", "   \n\n"])
def test_an_empty_search_text_says_not_where(search: str) -> None:
    assert "empty" in why(FILE, Replacement(search, "x\n"))
    assert put("", Replacement(search, "x\n"))[0] == "x\n"

    drop = Replacement(search, "x\n", final_newline="drop")
    assert put("", drop)[0] == "x"
