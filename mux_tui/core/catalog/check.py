"""What an entry of a model table must look like; everything wrong is told at once."""

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast, get_args

from mux_tui.core.catalog.check_lists import scores_of, seen_of
from mux_tui.core.catalog.model import CatalogModel, Number, Origin
from mux_tui.core.catalog.wrong import Wrong
from mux_tui.core.text import one_line

MOST_MODELS = 500
_ID = re.compile(r"[\w.-]{1,96}(/[\w.-]{1,96})?")
_NUMBERS: tuple[str, ...] = get_args(Number)


@dataclass(frozen=True)
class _Range:
    low: float
    high: float
    example: float
    whole: bool = True
    needed: bool = False


_RANGES = {
    "bytes": _Range(1, 1 << 44, 5_000_000_000, needed=True),
    "parameters": _Range(0.001, 10_000, 8.5, whole=False, needed=True),
    "active": _Range(0.001, 10_000, 3.3, whole=False),
    "layers": _Range(1, 1000, 36, needed=True),
    "kv_layers": _Range(0, 1000, 9),
    "kv_heads": _Range(1, 1024, 8, needed=True),
    "head_dim": _Range(1, 4096, 128, needed=True),
    "context": _Range(256, 1 << 24, 40_960, needed=True),
    "bits": _Range(1, 32, 4),
    "window_layers": _Range(0, 1000, 12),
    "window": _Range(0, 1 << 24, 1024),
    "kv_width": _Range(0, 1 << 20, 576),
    "kv_value_bytes": _Range(1, 4, 2),
    "rank": _Range(0, 100, 50),
    "classic": _Range(0, 4096, 32),
}
_TEXTS = {"id": True, "name": False, "licence": False, "tools": False, "note": False}
"""Which texts there are, and whether they are needed."""

_EXAMPLES = {"id": "owner/name", "tools": "qwen3_coder", "licence": "Apache-2.0"}
_OTHERS = ("estimated", "sources", "starter", "scores", "seen")
_KEYS = (*_RANGES, *_TEXTS, *_OTHERS)


def models_of(
    table: Mapping[str, Any], origin: Origin
) -> tuple[tuple[CatalogModel, ...], tuple[str, ...]]:
    """The models of a parsed table, and one clause for each entry that is wrong.

    Args:
        table: As `tomllib` read it.
        origin: Whose table it is.
    """
    models: list[CatalogModel] = []
    problems = [
        f"unknown key {one_line(key, 60)}; entries are called [[model]]"
        for key in table
        if key != "model"
    ]
    entries = _entries(table.get("model", []), problems)
    for number, entry in enumerate(entries[:MOST_MODELS], 1):
        try:
            models.append(_model(entry, origin))
        except Wrong as wrong:
            problems.append(f"model {number}{_called(entry)}: {wrong}")
    if len(entries) > MOST_MODELS:
        problems.append(f"more than {MOST_MODELS} models: the rest is not read")

    return tuple(models), tuple(problems)


def _entries(raw: Any, problems: list[str]) -> list[Mapping[str, Any]]:
    if not isinstance(raw, list) or not all(
        isinstance(entry, dict) for entry in cast("list[Any]", raw)
    ):
        problems.append("`model` must be a list of tables: write [[model]]")
        return []

    return cast("list[Mapping[str, Any]]", raw)


def _called(entry: Mapping[str, Any]) -> str:
    name = entry.get("id")
    return f" ({one_line(name, 80)})" if isinstance(name, str) else ""


def _model(entry: Mapping[str, Any], origin: Origin) -> CatalogModel:
    for key in entry:
        if key not in _KEYS:
            near = difflib.get_close_matches(key, _KEYS, 1)
            guess = f", nearest is {near[0]}" if near else ""
            raise Wrong(
                f"unknown key {one_line(key, 60)}{guess}", "rename it, or take it out"
            )

    numbers = dict(_read_numbers(entry))
    texts = dict(_read_texts(entry))
    if not _ID.fullmatch(texts["id"]):
        raise Wrong("id must be a repository", 'write id = "owner/name"')
    numbers.setdefault("active", numbers["parameters"])
    numbers.setdefault("kv_layers", numbers["layers"] - numbers.get("window_layers", 0))
    _agree(numbers)
    texts.setdefault("name", texts["id"].rpartition("/")[2])
    return CatalogModel(
        **texts,
        **numbers,
        starter=_flag(entry),
        estimated=_estimated(entry),
        sources=_sources(entry),
        origin=origin,
        scores=scores_of(entry),
        seen=seen_of(entry),
    )


def _agree(numbers: Mapping[str, Any]) -> None:
    if numbers["active"] > numbers["parameters"]:
        raise Wrong(
            "active must not be more than parameters",
            "leave it out, if every token uses all of them",
        )
    if numbers["kv_layers"] + numbers.get("window_layers", 0) > numbers["layers"]:
        raise Wrong(
            "kv_layers and window_layers must not be more than layers",
            "leave kv_layers out, if every layer remembers",
        )
    if numbers.get("window_layers") and not numbers.get("window"):
        raise Wrong("window_layers needs window", "write window = 1024")


def _read_numbers(entry: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, allowed in _RANGES.items():
        raw = entry.get(key)
        if raw is None:
            if allowed.needed:
                raise Wrong(f"{key} is missing", _write(key))
            continue

        kinds = (int,) if allowed.whole else (int, float)
        # Not a number is within no bounds.
        if type(raw) not in kinds or not allowed.low <= raw <= allowed.high:
            kind = "a whole number" if allowed.whole else "a number"
            bounds = f"from {allowed.low:g} to {allowed.high:g}"
            raise Wrong(f"{key} must be {kind} {bounds}", _write(key))
        yield key, raw if allowed.whole else float(raw)


def _read_texts(entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key, needed in _TEXTS.items():
        raw = entry.get(key)
        if raw is None:
            if needed:
                raise Wrong(f"{key} is missing", _write(key))
            continue

        if not isinstance(raw, str) or not raw.strip() or len(raw) > 500:
            raise Wrong(f"{key} must be a text of at most 500 characters", _write(key))
        yield key, one_line(raw, 500)


def _write(key: str) -> str:
    """What a value of this key could look like."""
    if key in _RANGES:
        return f"write {key} = {_RANGES[key].example:.10g}"

    return f'write {key} = "{_EXAMPLES.get(key, "…")}"'


def _flag(entry: Mapping[str, Any]) -> bool:
    raw = entry.get("starter", False)
    if not isinstance(raw, bool):
        raise Wrong("starter must be true or false", "take it out")

    return raw


def _estimated(entry: Mapping[str, Any]) -> tuple[Number, ...]:
    raw = entry.get("estimated", [])
    names = cast("list[Any]", raw) if isinstance(raw, list) else [raw]
    if any(name not in _NUMBERS for name in names):
        all_of_them = ", ".join(_NUMBERS)
        raise Wrong(
            f"estimated must be a list of {all_of_them}", 'write estimated = ["bytes"]'
        )

    return tuple(names)


def _sources(entry: Mapping[str, Any]) -> Mapping[str, str]:
    raw = entry.get("sources", {})
    found = cast("dict[str, Any]", raw) if isinstance(raw, dict) else {"": raw}
    for key, text in found.items():
        if key not in _NUMBERS or not isinstance(text, str):
            raise Wrong(
                f"sources must be a table of texts under {', '.join(_NUMBERS)}",
                'write sources = {bytes = "its repository"}',
            )

    return {key: one_line(text, 300) for key, text in found.items()}
