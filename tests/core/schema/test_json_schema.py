"""Types as JSON Schemas, the way facts are written as JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Generic, Literal, NotRequired, TypedDict, TypeVar

import pytest

from mux_tui.core.schema.json_schema import Schemas, Written

T = TypeVar("T")


@dataclass(frozen=True)
class Inner:
    """Something inside."""

    size: int
    """Bytes; None: not known."""


@dataclass(frozen=True)
class Box(Generic[T]):
    """Holds something."""

    value: T


class Extra(TypedDict):
    """More of it."""

    word: str
    later: NotRequired[str]


@pytest.mark.parametrize(
    ("kind", "schema"),
    [
        (str, {"type": "string"}),
        (Path, {"type": "string"}),
        (Any, {}),
        (int | None, {"type": ["integer", "null"]}),
        (Literal["a", "b"], {"enum": ["a", "b"]}),
        (list[Any], {"type": "array"}),
        (tuple[str, ...], {"type": "array", "items": {"type": "string"}}),
        (
            tuple[float, ...],
            {"type": "array", "items": {"type": ["number", "null"]}},
        ),
        (
            tuple[str, int],
            {
                "type": "array",
                "prefixItems": [{"type": "string"}, {"type": "integer"}],
                "minItems": 2,
                "maxItems": 2,
            },
        ),
        (
            Mapping[str, int],
            {"type": "object", "additionalProperties": {"type": "integer"}},
        ),
        (dict[str, Any], {"type": "object"}),
    ],
)
def test_a_type_is_a_schema(kind: Any, schema: Any) -> None:
    assert Schemas().of(kind) == schema


def test_a_class_is_defined_once_and_referred_to() -> None:
    schemas = Schemas()
    assert schemas.of(Inner) == schemas.of(Inner)
    assert schemas.of(Inner | None)["anyOf"][1] == {"type": "null"}
    (name,) = schemas.defined
    assert schemas.of(Inner) == {"$ref": f"#/$defs/{name}"}
    assert schemas.defined[name] == {
        "description": "Something inside.",
        "type": "object",
        "properties": {
            "size": {"type": "integer", "description": "Bytes; null: not known."}
        },
        "required": ["size"],
    }


def test_what_stands_for_a_type_variable_is_told_apart() -> None:
    schemas = Schemas()
    schemas.of(Box[int])
    schemas.of(Box[tuple[Inner, ...]])
    numbers, many, _ = schemas.defined.values()
    assert numbers["properties"]["value"] == {"type": "integer"}
    assert many["properties"]["value"]["type"] == "array"


def test_fields_of_several_classes_are_one_object() -> None:
    whole = Annotated[Inner, Extra, Written(("later",), "inner", ("size",))]
    schema = Schemas(closed=True).of(whole)
    assert list(schema["properties"]) == ["inner_size", "word"]
    assert schema["additionalProperties"] is False
    both = Schemas().of(Annotated[Inner, Extra])
    assert both["required"] == ["size", "word"]
    assert "later" in both["properties"]
    assert "additionalProperties" not in both


def test_what_has_no_schema_is_an_error() -> None:
    with pytest.raises(TypeError, match="no JSON Schema for"):
        Schemas().of(bytes)
