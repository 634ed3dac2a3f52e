"""The JSON form: `{"files": [...], "summary": "...", "commands": [...]}`.

Each file has a `path` and exactly one of `content`, `edits` and `"delete": true`.
"""

from typing import cast

from mux_tui.core.text import one_line
from mux_tui.core.workspace.answer.draft import (
    DeletedFile,
    Draft,
    EditedFile,
    FileEdit,
    NoDraft,
    Replacement,
    WholeFile,
)
from mux_tui.core.workspace.answer.json_text import BadJson, decode, decode_start
from mux_tui.core.workspace.answer.mend import mend

_KEYS = ("files", "summary", "commands")
_FILE_KEYS = ("path", "content", "edits", "delete")


def read_json(text: str) -> Draft:
    """Read a text that is all JSON, mending small faults.

    Raises:
        NoDraft: It is none, or asks for something else.
    """
    try:
        return draft_of(decode(text))
    except BadJson as error:
        mended = mend(text)
        if mended is None:
            raise NoDraft(f"its JSON cannot be read: {error}") from error

    return draft_of(mended.value, (f"its JSON was mended: {mended.how}",))


def read_json_start(text: str) -> tuple[Draft, str]:
    """Read the JSON that a text begins with.

    Returns:
        The draft, and the text behind it.

    Raises:
        NoDraft: It begins with none.
    """
    try:
        value, end = decode_start(text)
    except BadJson:
        # A fault can be mended only where the object's end is known.
        last = text.rfind("}") + 1
        return read_json(text[:last] or text), text[last:]

    return draft_of(value), text[end:]


def draft_of(value: object, notes: tuple[str, ...] = ()) -> Draft:
    """Check what a JSON document asks for.

    Raises:
        NoDraft: A value of it is none that the form has.
    """
    if not isinstance(value, dict):
        raise NoDraft("its JSON is no object with a list `files`")
    given = cast(dict[str, object], value)
    if "files" not in given:
        raise NoDraft("its JSON object has no list `files`")

    files = _list(given["files"], "`files`")
    if not files:
        raise NoDraft("its list `files` is empty")
    edits = tuple(_file(item, f"file {n}") for n, item in enumerate(files, start=1))
    summary = given.get("summary") or ""
    if not isinstance(summary, str):
        raise NoDraft("`summary` is no text")
    commands = tuple(
        _text(item, f"command {n}")
        for n, item in enumerate(
            _list(given.get("commands") or [], "`commands`"), start=1
        )
    )
    return Draft("json", edits, summary, commands, notes + _unknown(given, _KEYS))


def _unknown(given: dict[str, object], known: tuple[str, ...]) -> tuple[str, ...]:
    strange = [key for key in given if key not in known]
    if not strange:
        return ()

    return (f"not used: {one_line(', '.join(strange[:5]), 100)}",)


def _file(value: object, which: str) -> FileEdit:
    if not isinstance(value, dict):
        raise NoDraft(f"{which} is no object")
    given = cast(dict[str, object], value)
    path = given.get("path")
    if not isinstance(path, str):
        raise NoDraft(f"{which} has no `path` that is a text")
    if strange := [key for key in given if key not in _FILE_KEYS]:
        # Such as `contents`: a slip of the pen that would lose what it holds.
        names = one_line(", ".join(strange[:5]), 100)
        raise NoDraft(f"{which} has keys that the form does not have: {names}")

    return _change(path, given, which)


def _change(path: str, given: dict[str, object], which: str) -> FileEdit:
    delete = given.get("delete", False)
    if not isinstance(delete, bool):
        raise NoDraft(f"`delete` of {which} is neither true nor false")
    if ("content" in given) + ("edits" in given) + delete != 1:
        raise NoDraft(f"{which} needs one of `content`, `edits` and `delete`: true")

    if delete:
        return DeletedFile(path)
    if "content" in given:
        return WholeFile(path, _text(given["content"], f"`content` of {which}"))
    edits = _list(given["edits"], f"`edits` of {which}")
    if not edits:
        raise NoDraft(f"`edits` of {which} is empty")

    return EditedFile(
        path,
        tuple(
            _replacement(item, f"edit {n} of {which}")
            for n, item in enumerate(edits, start=1)
        ),
    )


def _replacement(value: object, which: str) -> Replacement:
    if not isinstance(value, dict):
        raise NoDraft(f"{which} is no object")
    given = cast(dict[str, object], value)
    if set(given) != {"search", "replace"}:
        raise NoDraft(f"{which} needs `search` and `replace`, and nothing else")
    search = _text(given["search"], f"`search` of {which}")
    replace = _text(given["replace"], f"`replace` of {which}")
    return Replacement(search, replace, within_line=True)


def _text(value: object, which: str) -> str:
    if not isinstance(value, str):
        raise NoDraft(f"{which} is no text")

    return value


def _list(value: object, which: str) -> list[object]:
    if not isinstance(value, list):
        raise NoDraft(f"{which} is no list")

    return cast(list[object], value)
