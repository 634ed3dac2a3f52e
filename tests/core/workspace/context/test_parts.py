"""The pieces of a context: symbols, ranking, map, marks, excerpts."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mux_tui.core.workspace.context.excerpt import excerpt, tail
from mux_tui.core.workspace.context.fenced import fenced, fresh
from mux_tui.core.workspace.context.outline import outline
from mux_tui.core.workspace.context.ranking import ranked
from mux_tui.core.workspace.context.symbols import symbols_of
from tests.core.workspace.context.projects import PROJECT, words


@pytest.mark.parametrize(
    ("path", "text", "names"),
    [
        (
            "a.py",
            "import x\nLIMIT = 3\nasync def go():\n  def inner(): ...\nclass A(B):\n",
            ("LIMIT", "go", "A"),
        ),
        (
            "a.ts",
            "export default class App {}\nexport async function f() {}\n"
            "const x = 1\ninterface I {}\nexport type T = 1\n  let inner = 2\n",
            ("App", "f", "x", "I", "T"),
        ),
        (
            "a.go",
            "func Plain() {}\nfunc (s *Server) Serve() {}\ntype T struct {}\n",
            ("Plain", "Serve", "T"),
        ),
        (
            "a.rs",
            "pub struct S;\npub(crate) async fn f() {}\nimpl S {\n    fn g() {}\n}\n"
            "enum E {}\n",
            ("S", "f", "E"),
        ),
        ("a.sh", "build() {\n}\nfunction clean() {\n}\n", ("build", "clean")),
        ("a.txt", "def no(): pass\n", ()),
    ],
)
def test_top_level_names_are_found(
    path: str, text: str, names: tuple[str, ...]
) -> None:
    assert symbols_of(path, text) == names


def test_no_source_makes_the_search_for_names_slow() -> None:
    for path in ("a.py", "a.ts", "a.go", "a.rs", "a.sh"):
        for text in ("export " * 40_000, "\t" * 250_000, "func (" * 40_000):
            started = time.process_time()
            symbols_of(path, text)
            assert time.process_time() - started < 1


def test_the_file_that_defines_what_is_asked_for_comes_first() -> None:
    symbols = {
        path: symbols_of(path, text)
        for path, text in PROJECT.items()
        if not path.startswith(".")
    }
    order = ranked("Let `total_of` round", list(PROJECT), symbols)
    assert order[0] == "src/shop/cart.py"
    order = ranked("rename the money module's rate", list(PROJECT), symbols)
    assert order[0] == "src/shop/money.py"
    assert ranked("fix the bug in the code", list(PROJECT), symbols) == []
    inside = ranked("fix it", list(PROJECT), symbols, ["web"])
    assert inside == ["web/app.ts"]


def test_the_map_fits_and_says_what_it_leaves_out() -> None:
    paths = [f"d{number}/file.py" for number in range(500)]
    text, named = outline(paths, {"d3/file.py": ("first", "second")}, 200, words)
    assert words(text) <= 200
    assert 0 < named < 500
    assert text.endswith(f"({500 - named:,} more files)\n")
    assert "d3/file.py: first, second\n" in text
    assert outline(paths, {}, 0, words) == ("", 0)
    assert outline([], {}, 100, words) == ("", 0)


@given(st.lists(st.text(alphabet="abc \n", max_size=30)))
def test_no_text_can_imitate_its_marks(texts: list[str]) -> None:
    mark = fresh("a", texts)
    assert all(mark not in text for text in texts)
    assert mark == fresh("a", texts)
    for text in texts:
        shown = fenced("file x", text, mark)
        assert [line for line in shown.split("\n") if mark in line] == [
            f"--- {mark} file x",
            f"--- {mark} end",
        ]


@given(st.integers(0, 300), st.lists(st.integers(-5, 400), max_size=3))
def test_an_excerpt_fits_and_holds_the_lines_that_matter(
    room: int, lines: list[int]
) -> None:
    text = "".join(f"line {number}\n" for number in range(1, 200))
    shown = excerpt(text, lines, room, words)
    assert words(shown) <= room
    inside = [line for line in lines if 0 < line < 200]
    if shown:
        assert all(f"line {line}\n" in shown for line in inside or [1])
    if room >= 200 and len(lines) < 2:
        assert shown


def test_a_text_that_fits_is_shown_whole_and_what_is_cut_is_said() -> None:
    text = "".join(f"line {number}\n" for number in range(1, 200))
    assert excerpt(text, [], 10_000, words) == text
    shown = excerpt(text, [100], 60, words)
    assert "line 100\n" in shown
    assert shown.startswith("[… lines 1 to ")
    assert "to 199 are left out here" in shown
    assert tail("a\nb\nc\n", 1, words) == "b\nc\n"
    assert tail("a" * 99, 1, words) == ""
