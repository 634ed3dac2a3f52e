"""What `--json` prints, held against the schemas that `mux spec` publishes."""

from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

from mux_tui.cli.spec.documents import Document, documents, schema_of


@cache
def validator(document: Document) -> Draft202012Validator:
    """What checks a document, and wants no other fields in it either."""
    return Draft202012Validator(schema_of(document, closed=True))


def meant(value: Any, command: str = "") -> list[Document]:
    """The kinds of document that a value can be, by what it says of itself."""
    known = [one for one in documents() if not command or command in one.commands]
    if "schema" in value:
        return [one for one in known if one.stamped and one.id == value["schema"]]
    if "event" in value:
        return [one for one in known if one.event == value["event"]]

    return [one for one in known if not (one.stamped or one.event)]


def problems(value: Any, command: str = "") -> list[str]:
    """What a value has wrong; empty: it is as one of the schemas says.

    Args:
        value: A document, or a line.
        command: Who has printed it, without the `mux`; empty: somebody.
    """
    kinds = meant(value, command)
    if not kinds:
        return [f"no schema is published for {str(value)[:200]}"]

    found: list[str] = []
    for kind in kinds:
        checking: Any = validator(kind)
        errors: list[Any] = list(checking.iter_errors(value))
        if not errors:
            return []
        found += [f"{kind.id}: {e.json_path}: {e.message[:300]}" for e in errors[:5]]
    return found


def kept(value: Any) -> Any:
    """The value, once it is known to be as a schema says."""
    found = problems(value)
    assert not found, "\n".join(found)
    return value
