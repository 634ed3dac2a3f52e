"""Whatever a model writes is a draft or a sentence, soon, and never a traceback."""

import json
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mux_tui.core.workspace.answer import (
    DeletedFile,
    EditedFile,
    FileEdit,
    Limits,
    NoDraft,
    Replacement,
    WholeFile,
    read_answer,
)

PIECES = (
    "<<<<<<< SEARCH",
    "=======",
    ">>>>>>> REPLACE",
    "```",
    "````",
    "~~~",
    "```python a.py",
    "```diff",
    "```json",
    "a.py",
    "src/b.py:",
    "--- a/x",
    "+++ b/x",
    "--- /dev/null",
    "+++ /dev/null",
    "@@ -1,2 +1 @@",
    "diff --git a/x b/x",
    "new file mode 100755",
    "\\ No newline at end of file",
    '{"files": [',
    '{"path": "a", "content": "x"}',
    "]}",
    "<think>",
    "</think>",
    " x",
    "+x",
    "-x",
    "",
    "prose",
    "\r",
    "\x00",
    "\ud800",
    "\u2028",
)
_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


def read(text: str) -> None:
    """Read a text; it is a draft, or a sentence of one line."""
    try:
        draft = read_answer(text)
    except NoDraft as error:
        why = error.why
    else:
        assert draft.edits
        return

    assert why
    assert "\n" not in why


@given(st.lists(st.sampled_from(PIECES), max_size=30))
def test_any_mixture_of_marks(pieces: list[str]) -> None:
    read("\n".join(pieces))


@given(st.text(st.characters(), max_size=300))
def test_any_text(text: str) -> None:
    read(text)


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["files", "path", "content", "edits", "search", "replace", "delete"]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_any_json(value: object) -> None:
    read(json.dumps(value))
    read(json.dumps({"files": value}))
    read(json.dumps({"files": [value]}))


_edits = st.one_of(
    st.builds(WholeFile, _TEXT, _TEXT),
    st.builds(DeletedFile, _TEXT),
    st.builds(
        EditedFile,
        _TEXT,
        st.lists(
            st.builds(Replacement, _TEXT, _TEXT, within_line=st.just(True)),
            min_size=1,
            max_size=3,
        ).map(tuple),
    ),
)


def _as_json(edit: FileEdit) -> dict[str, object]:
    match edit:
        case WholeFile():
            return {"path": edit.path, "content": edit.content}
        case DeletedFile():
            return {"path": edit.path, "delete": True}
        case EditedFile():
            edits = [
                {"search": one.search, "replace": one.replace}
                for one in edit.replacements
            ]
            return {"path": edit.path, "edits": edits}


@given(st.lists(_edits, min_size=1, max_size=4), st.booleans(), st.booleans())
def test_json_gives_back_what_was_put_into_it(
    edits: list[FileEdit], fenced: bool, ascii_only: bool
) -> None:
    text = json.dumps(
        {"files": [_as_json(edit) for edit in edits]}, ensure_ascii=ascii_only
    )
    answer = f"```json\n{text}\n```" if fenced else text
    assert read_answer(answer).edits == tuple(edits)


_LINES = st.lists(
    st.text(st.characters(codec="utf-8", exclude_characters="\0\n\r"), max_size=12),
    max_size=6,
)


def _is_text(lines: list[str]) -> bool:
    marks = ("<", "=", ">", "`", "~", " ", "\t")
    return not any(line.startswith(marks) for line in lines)


@given(_LINES.filter(_is_text).filter(any), _LINES.filter(_is_text))
def test_blocks_give_back_what_was_put_into_them(
    search: list[str], replace: list[str]
) -> None:
    old = "".join(f"{line}\n" for line in search)
    new = "".join(f"{line}\n" for line in replace)
    block = f"a/b.py\n<<<<<<< SEARCH\n{old}=======\n{new}>>>>>>> REPLACE\n"
    if not old.strip():
        return
    assert read_answer(block).edits == (EditedFile("a/b.py", (Replacement(old, new),)),)


@given(_LINES.filter(_is_text))
def test_fences_give_back_what_was_put_into_them(lines: list[str]) -> None:
    content = "".join(f"{line}\n" for line in lines)
    if content.lstrip().startswith(("--- ", "diff --git", "@@ -")):
        return
    answer = f"a/b.py\n```python\n{content}```\n"
    assert read_answer(answer).edits == (WholeFile("a/b.py", content),)


@pytest.mark.parametrize("piece", [*PIECES, "{", '{"', "\\", '"', "`", " ", "#", ":"])
@pytest.mark.parametrize("before", ["", '{"', "a.py\n```\n", "<<<<<<< SEARCH\n"])
def test_a_long_answer_takes_time_in_proportion(piece: str, before: str) -> None:
    """Thirty thousand times the same: what is quadratic takes minutes here."""
    begun = process_time()
    read(before + f"{piece}\n" * 30_000)
    read(before + piece * 30_000)
    assert process_time() - begun < 3


def test_too_much_is_one_sentence() -> None:
    with pytest.raises(NoDraft, match="longer than"):
        read_answer("x" * (64 * 1024 * 1024))
    file = '{"path": "a", "content": "x"}'
    many = '{"files": [%s]}'
    with pytest.raises(NoDraft, match="10,000 files; at most 200"):
        read_answer(many % ",".join([file] * 10_000))
    with pytest.raises(NoDraft, match="larger than 3 bytes"):
        read_answer(many % file.replace("x", "wxyz"), Limits(file_bytes=3))
    edit = '{"search": "a", "replace": "b"}'
    edits = f'{{"path": "a", "edits": [{",".join([edit] * 3)}]}}'
    with pytest.raises(NoDraft, match="more than 2 edits"):
        read_answer(many % edits, Limits(edits=2))
    commands = f"{many % file}"[:-1] + ', "commands": ["a", "b"]}'
    with pytest.raises(NoDraft, match="more than 1 commands"):
        read_answer(commands, Limits(commands=1))
    with pytest.raises(NoDraft, match="more than 10,000 parts"):
        read_answer("a.py\n```\n```\n" * 20_000)
