"""The settings as a JSON Schema, with which editors check a file while it is written.

It knows names, types, words and bounds. What a setting means beyond them (an address
that must be one, two settings that exclude each other) `mux config validate` says.
"""

from typing import Any

from mux_tui.core.config.keys import Key
from mux_tui.core.config.manual import Entry, manual
from mux_tui.core.schema.json_schema import DIALECT, Schema

_TYPES = {"bool": "boolean", "int": "integer", "float": "number", "text": "string"}


def settings_schema() -> Schema:
    """The schema of a settings file."""
    whole = _table("The settings of mux; what a file leaves out keeps its default.")
    for section in manual():
        inner = whole
        for name in section.name.split("."):
            inner = inner["properties"].setdefault(name, _table())
        inner["description"] = section.meaning
        inner["properties"] |= {one.name: _setting(one) for one in section.entries}
    head = {"$schema": DIALECT, "title": "mux settings"}
    return head | whole


def _table(meaning: str = "") -> Schema:
    about = {"description": meaning} if meaning else {}
    return {
        "type": "object",
        **about,
        "properties": {},
        "additionalProperties": False,
    }


def _setting(entry: Entry) -> Schema:
    key = entry.key
    value = _value(key)
    whole: Schema = {"type": "array", "items": value} if key.many else value
    default: Any = list(key.default) if key.many else key.default
    return {"description": entry.meaning, "default": default} | whole


def _value(key: Key) -> Schema:
    if key.choices:
        return {"enum": list(key.choices)}

    bounds = {"minimum": key.low, "maximum": key.high}
    known = {name: bound for name, bound in bounds.items() if bound is not None}
    return {"type": _TYPES[key.kind]} | known
