"""Every document and every line that `--json` prints, with its schema's id.

An id ends in a version. It goes up when a field goes away or comes to mean something
else; fields may be added without, so that readers pass over what they do not know.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any, get_origin

from mux_tui.cli.spec.json_schema import DIALECT, Schema, Schemas
from mux_tui.cli.spec.meanings import meaning_of


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
    schemas = Schemas(closed=closed)
    first: dict[str, Schema] = {}
    if document.stamped:
        first["schema"] = {"const": document.id}
    if document.event:
        first["event"] = {"const": document.event}
    if isinstance(get_origin(document.kinds[0]), type):
        whole = schemas.of(document.kinds[0])
    else:
        whole = schemas.object_of(*document.kinds, more=first)
    head = {"$schema": DIALECT, "title": document.id, "description": document.meaning}
    defined = {"$defs": schemas.defined} if schemas.defined else {}
    return head | whole | defined
