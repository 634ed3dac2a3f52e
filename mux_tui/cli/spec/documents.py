"""Every document and line that `--json` prints or a tool returns, with its schema's id.

An id ends in a version. It goes up when a field goes away or comes to mean something
else; fields may be added without, so that readers pass over what they do not know.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

from mux_tui.core.schema.json_schema import Schema, document_schema
from mux_tui.core.schema.meanings import meaning_of


@dataclass(frozen=True)
class Document:
    """One kind of document, or of line."""

    id: str
    commands: tuple[str, ...]
    """What prints it, without the `mux`."""

    kinds: tuple[Any, ...]
    """Its fields are those of all these classes; or one type that is no class."""

    event: str = ""
    """The line's `event`; empty: it is a document, or has none."""

    stamped: bool = True
    """Whether it says its id itself, as `schema`."""

    about: str = ""
    """What it tells; empty: what the first of the classes is."""

    over_mcp: bool = False
    """Whether a tool or a resource of `mux mcp` returns it, and no `--json`."""

    @property
    def meaning(self) -> str:
        """What it tells, in a sentence."""
        return self.about or meaning_of(self.kinds[0])


@cache
def documents() -> tuple[Document, ...]:
    """All of them, in the order of the commands."""
    from mux_tui.cli.spec.registry import REGISTRY

    return REGISTRY


def schema_of(document: Document, *, closed: bool = False) -> Schema:
    """The JSON Schema of a document.

    Args:
        document: Which.
        closed: Whether fields that it does not name are forbidden.
    """
    first: dict[str, Schema] = {}
    if document.stamped:
        first["schema"] = {"const": document.id}
    if document.event:
        first["event"] = {"const": document.event}
    return document_schema(
        document.id, *document.kinds, about=document.about, first=first, closed=closed
    )
