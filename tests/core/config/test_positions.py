"""The line of each key, in any valid TOML."""

import tomllib
from typing import Any

import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from mux_tui.core.config.positions import line_of, positions_in

_TEXT = '''\
# comment = 1
top = "a # no comment" # b = 2
"quoted key" = 'x' # ]
[table]   # [not.this]
list = [
  "a", # c = 3
  [1, 2],
]
block = """
inside = 4
[neither]
"""

raw = \'\'\'
five = 5\'\'\'
dotted . key = { inline = 6, other = { deep = 7 } }
[ other . "ta.ble" ]
\tlast = 8
[[many]]
a = 1
[[many]]
b = 2
'''


def test_each_key_has_the_line_it_begins_on() -> None:
    assert tomllib.loads(_TEXT)
    assert positions_in(_TEXT) == {
        ("top",): 2,
        ("quoted key",): 3,
        ("table",): 4,
        ("table", "list"): 5,
        ("table", "block"): 9,
        ("table", "raw"): 14,
        ("table", "dotted", "key"): 16,
        ("other", "ta.ble"): 17,
        ("other", "ta.ble", "last"): 18,
        ("many",): 19,
        ("many", "a"): 20,
        ("many", "b"): 22,
    }


def test_line_ends_of_windows_count_the_same() -> None:
    assert positions_in(_TEXT.replace("\n", "\r\n")) == positions_in(_TEXT)


def test_what_is_inside_a_value_has_the_values_line() -> None:
    found = positions_in(_TEXT)
    assert line_of(found, ("table", "dotted", "key", "other", "deep")) == 16
    assert line_of(found, ("table", "unheard of")) == 4
    assert line_of(found, ("nowhere",)) is None


def test_escapes_in_a_quoted_key_are_undone() -> None:
    assert positions_in('"a\\u00fc\\"\\n" = 1') == {('aü"\n',): 1}


_NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8)
_LEAVES = st.one_of(
    st.integers(0, 99),
    st.text(st.sampled_from("ab=[]#'\"\n\\"), max_size=12),
    st.lists(st.text(st.sampled_from("ab]#\n"), max_size=5), max_size=3),
)


@given(
    st.dictionaries(_NAMES, st.dictionaries(_NAMES, _LEAVES, max_size=4), max_size=4)
)
def test_any_document_has_all_of_its_keys_and_no_more(
    table: dict[str, dict[str, Any]],
) -> None:
    text = tomlkit.dumps(table)
    wanted = {(name,) for name in table}
    wanted |= {(name, key) for name, keys in table.items() for key in keys}
    found = positions_in(text)
    assert set(found) == wanted
    lines = text.split("\n")
    for path, line in found.items():
        assert "=" in lines[line - 1] or (len(path) == 1 and "[" in lines[line - 1])
