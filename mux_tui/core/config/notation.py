"""Values as TOML text, and text from a person as values.

Variables, `--set` and `mux config set` all give text. The setting's type says how it
is read: as TOML, except that plain text may stand without quotes.
"""

import tomllib
from typing import Any

from mux_tui.core.config.keys import Key


def written(value: Any) -> str:
    """The value as TOML writes it: `true`, `0.6`, `"text"`, `["a", "b"]`.

    What is no setting's value (a table, a date) is named instead.
    """
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return _number(value)
        case str():
            import json  # Late: the defaults need none.

            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case list() | tuple():
            return f"[{', '.join(map(written, value))}]"  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
        case dict():
            return "a table"
        case _:
            return f"a {type(value).__name__}"


def _number(value: float) -> str:
    try:
        return repr(value)
    except ValueError:
        # Python refuses to write integers of more than 4,300 digits.
        return "a huge number"


def read_value(key: Key, text: str) -> Any:
    """What `text` says for this setting; not checked yet.

    - text: as it stands; in quotes, it is read as a TOML string;
    - a list: a TOML array, or plain text as a list of that one item; empty: `[]`;
    - numbers, true and false: TOML. What is no TOML is handed on as text, for the
      check to refuse.
    """
    stripped = text.strip()
    if key.many:
        if not stripped:
            return []
        return _toml(stripped, stripped) if stripped[0] == "[" else [_text(text)]
    if key.kind == "text":
        return _text(text)

    return _toml(stripped, stripped)


def _text(text: str) -> Any:
    stripped = text.strip()
    quoted = len(stripped) > 1 and stripped[0] == stripped[-1] and stripped[0] in "\"'"
    return _toml(stripped, text) if quoted else text


def _toml(text: str, otherwise: str) -> Any:
    try:
        table = tomllib.loads(f"value = {text}")
    except (ValueError, RecursionError):
        return otherwise

    # A line end in the text could have smuggled in a second key.
    return table["value"] if len(table) == 1 else otherwise
