"""The stylesheet: parsed once, right for every theme, whole after a fault."""

from collections import OrderedDict

import pytest
from textual.css import stylesheet
from textual.css.parse import parse
from textual.css.stylesheet import StylesheetParseError

from mux_tui.tui import sheet
from mux_tui.tui.sheet import Sheet

RED, BLUE = {"ink": "#ff0000"}, {"ink": "#0000ff"}
FIRST = "Screen { color: $ink; }"
SECOND = "Input { color: $ink; }"


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The sources that were really parsed."""
    seen: list[str] = []

    def noted(scope: str, css: str, *rest: object, **more: object) -> object:
        seen.append(css)
        return parse(scope, css, *rest, **more)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(stylesheet, "parse", noted)
    monkeypatch.setattr(sheet, "_known", OrderedDict[object, object]())
    return seen


def colours(styles: Sheet) -> list[str]:
    """The colours of the rules, in order."""
    return [rule.styles.color.hex for rule in styles.rules]


def test_a_new_source_is_all_that_is_parsed(parsed: list[str]) -> None:
    styles = Sheet(RED)
    styles.add_source(FIRST, ("first", ""))
    assert colours(styles) == ["#FF0000"]
    styles.add_source(SECOND, ("second", ""))
    styles.reparse()
    assert colours(styles) == ["#FF0000"] * 2
    assert parsed == [FIRST, SECOND]


def test_another_sheet_with_the_same_colours_parses_nothing(parsed: list[str]) -> None:
    for _ in range(2):
        styles = Sheet(RED)
        styles.add_source(FIRST, ("first", ""))
        assert colours(styles) == ["#FF0000"]
    assert parsed == [FIRST]


def test_other_colours_are_parsed_anew_and_remembered(parsed: list[str]) -> None:
    styles = Sheet(RED)
    styles.add_source(FIRST, ("first", ""))
    for variables, shown in ((RED, "#FF0000"), (BLUE, "#0000FF"), (RED, "#FF0000")):
        styles.set_variables(variables)
        styles.reparse()
        assert colours(styles) == [shown]
    assert parsed == [FIRST, FIRST]


def test_changed_text_of_a_source_is_parsed(parsed: list[str]) -> None:
    styles = Sheet(RED)
    styles.add_source(FIRST, ("first", ""))
    assert colours(styles) == ["#FF0000"]
    styles.add_source("Screen { color: #00ff00; }", ("first", ""))
    styles.reparse()
    assert colours(styles) == ["#00FF00"]
    assert len(parsed) == 2


def test_a_fault_leaves_the_rules_that_there_were(parsed: list[str]) -> None:
    styles = Sheet(RED)
    styles.add_source(FIRST, ("first", ""))
    assert colours(styles) == ["#FF0000"]
    styles.add_source("Input { color: }", ("second", ""))
    with pytest.raises(StylesheetParseError):
        styles.reparse()
    assert len(styles._rules) == 1  # pyright: ignore[reportPrivateUsage]
    assert parsed[0] == FIRST
