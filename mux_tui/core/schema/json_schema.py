"""JSON Schemas out of the types of facts, as `core.events.plain` writes them.

A dataclass or a TypedDict is an object, a Literal one of its words, a path a string;
`Annotated[Row, Extra]` is an object with the fields of both, and `Written` in it says
which fields are written under other names, or not at all.
Docstrings of classes and fields are the descriptions.
"""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Literal,
    NotRequired,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from mux_tui.core.schema.meanings import meaning_of, meaning_of_field

DIALECT = "https://json-schema.org/draft/2020-12/schema"

Schema = dict[str, Any]

_PLAIN: dict[Any, Schema] = {
    str: {"type": "string"},
    Path: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    NoneType: {"type": "null"},
    Any: {},
    object: {},
}
_LISTS = (tuple, list)


@dataclasses.dataclass(frozen=True)
class Written:
    """How an object is written, where not as it is."""

    without: tuple[str, ...] = ()
    """Fields that are left out."""

    prefix: str = ""
    """What some names begin with, and an underscore."""

    prefixed: tuple[str, ...] = ()
    """Those names."""

    def name(self, field: str) -> str:
        """What a field is called."""
        return f"{self.prefix}_{field}" if field in self.prefixed else field


class Schemas:
    """Makes schemas that share what they define."""

    def __init__(self, *, closed: bool = False) -> None:
        """Nothing is defined yet.

        Args:
            closed: Whether an object may have no other fields. Readers are to pass
                over what they do not know, so that only tests want this.
        """
        self._closed = closed
        self.defined: dict[str, Schema] = {}
        """Schemas of classes, by the name that they are referred to with."""

        self._kinds: dict[str, Any] = {}

    def of(self, kind: Any, known: Mapping[Any, Any] | None = None) -> Schema:
        """The schema of values of a type.

        Args:
            kind: The type.
            known: What stands for type variables.

        Raises:
            TypeError: There is no schema for it.
        """
        known = known or {}
        if isinstance(kind, TypeVar):
            return self.of(known[kind])
        if kind in _PLAIN:
            return dict(_PLAIN[kind])

        origin = get_origin(kind)
        if origin is Annotated:
            return self.object_of(*get_args(kind))
        if _is_class(kind) or _is_class(origin):
            return self._reference(kind)
        if origin is Literal:
            return {"enum": list(get_args(kind))}
        if origin is NotRequired:
            return self.of(get_args(kind)[0], known)
        if origin in (Union, UnionType):
            return self._any_of([self.of(one, known) for one in get_args(kind)])
        if origin in _LISTS:
            return self._list(origin, get_args(kind), known)
        if isinstance(origin, type) and issubclass(origin, Mapping):
            inner = self.of(get_args(kind)[1], known)
            return {"type": "object"} | (
                {"additionalProperties": inner} if inner else {}
            )

        raise TypeError(f"no JSON Schema for {kind!r}")

    def object_of(
        self, *kinds: Any, more: Mapping[str, Schema] | None = None
    ) -> Schema:
        """The schema of an object with the fields of all these classes together.

        Args:
            kinds: The classes, later ones before earlier ones; and how it is written.
            more: Properties that come first.
        """
        how = next((one for one in kinds if isinstance(one, Written)), Written())
        properties = dict(more or {})
        optional: set[str] = set()
        for kind in kinds:
            if isinstance(kind, Written):
                continue
            origin, known = get_origin(kind) or kind, _known(kind)
            for field, hint in get_type_hints(origin, include_extras=True).items():
                name = how.name(field)
                if field in how.without:
                    continue
                properties[name] = self._field(origin, field, hint, known)
                if not _is_always_there(origin, field):
                    optional.add(name)
        schema: Schema = {"type": "object", "properties": properties}
        schema["required"] = [name for name in properties if name not in optional]
        return schema | ({"additionalProperties": False} if self._closed else {})

    def _field(
        self, kind: type, name: str, field: Any, known: Mapping[Any, Any]
    ) -> Schema:
        schema = self.of(field, known)
        # What Python calls None is null to who reads JSON.
        meaning = meaning_of_field(kind, name).replace("None", "null")
        return schema | {"description": meaning} if meaning else schema

    def _reference(self, kind: Any) -> Schema:
        name = _name_of(kind)
        if self._kinds.setdefault(name, kind) != kind:
            raise TypeError(f"two classes are called {name}")
        if name not in self.defined:
            # First, for a class may hold itself.
            self.defined[name] = {}
            meaning = meaning_of(get_origin(kind) or kind)
            about = {"description": meaning} if meaning else {}
            self.defined[name] = about | self.object_of(kind)
        return {"$ref": f"#/$defs/{name}"}

    def _list(
        self, origin: Any, inner: tuple[Any, ...], known: Mapping[Any, Any]
    ) -> Schema:
        if origin is tuple and Ellipsis not in inner:
            parts = [self.of(one, known) for one in inner]
            size = {"minItems": len(parts), "maxItems": len(parts)}
            return {"type": "array", "prefixItems": parts} | size

        # Numbers that JSON cannot write are null: log-probabilities may be infinite.
        item = inner[0] | None if inner[0] is float else inner[0]
        schema = self.of(item, known)
        return {"type": "array"} | ({"items": schema} if schema else {})

    def _any_of(self, schemas: list[Schema]) -> Schema:
        types = [one["type"] for one in schemas if set(one) == {"type"}]
        if len(types) == len(schemas):
            return {"type": types}

        return {"anyOf": schemas}


def _is_class(kind: Any) -> bool:
    return is_typeddict(kind) or dataclasses.is_dataclass(kind)


def _known(kind: Any) -> dict[Any, Any]:
    """What stands for the type variables of a class, such as `Fact[str]`."""
    origin = get_origin(kind)
    if origin is None:
        return {}

    return dict(zip(origin.__parameters__, get_args(kind), strict=True))


def _is_always_there(kind: Any, name: str) -> bool:
    return not is_typeddict(kind) or name in kind.__required_keys__


def _name_of(kind: Any) -> str:
    """`Fact[str]` is `Fact_str`; classes of one name in two modules stay apart."""
    origin = get_origin(kind)
    if origin is None:
        module = kind.__module__.rpartition(".")[2]
        return f"{module}.{kind.__name__}"

    return f"{_name_of(origin)}.{'_'.join(map(_short, get_args(kind)))}"


def _short(kind: Any) -> str:
    """`tuple[Core, ...]` is `tuple_Core`."""
    if kind is Ellipsis:
        return ""

    name = getattr(get_origin(kind) or kind, "__name__", "")
    return "_".join(filter(None, (name, *map(_short, get_args(kind)))))


def document_schema(
    id: str,
    *kinds: Any,
    about: str = "",
    first: Mapping[str, Schema] | None = None,
    closed: bool = False,
) -> Schema:
    """The JSON Schema of a whole document.

    Args:
        id: Its title.
        kinds: Its fields are those of all these classes; or one type that is no class.
        about: What it tells; empty: what the first of the classes is.
        first: Properties that come before the fields.
        closed: Whether fields that it does not name are forbidden.
    """
    schemas = Schemas(closed=closed)
    if isinstance(get_origin(kinds[0]), type):
        whole = schemas.of(kinds[0])
    else:
        whole = schemas.object_of(*kinds, more=first)
    told = about or meaning_of(kinds[0])
    head = {"$schema": DIALECT, "title": id, "description": told}
    return head | whole | ({"$defs": schemas.defined} if schemas.defined else {})
