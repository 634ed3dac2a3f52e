"""What scores and measured speeds of an entry must look like."""

from collections.abc import Mapping
from typing import Any, cast, get_args

from mux_tui.core.catalog.model import Judge, Score, Seen
from mux_tui.core.catalog.wrong import Wrong
from mux_tui.core.text import one_line

_MOST = 20
_FASTEST = 1_000_000.0
_TEXT = 200
_JUDGES: tuple[Judge, ...] = get_args(Judge)

_SCORE = 'write {test = "SWE-bench", percent = 70.6, by = "vendor", source = "…"}'
_SEEN = 'write {machine = "M4 Max", reading = 800, writing = 66, source = "…"}'


def scores_of(entry: Mapping[str, Any]) -> tuple[Score, ...]:
    """The scores of an entry.

    Raises:
        Wrong: One is no score.
    """
    return tuple(_score(row) for row in _rows(entry, "scores", _SCORE))


def seen_of(entry: Mapping[str, Any]) -> tuple[Seen, ...]:
    """The measured speeds of an entry.

    Raises:
        Wrong: One is no speed.
    """
    return tuple(_seen(row) for row in _rows(entry, "seen", _SEEN))


def _rows(entry: Mapping[str, Any], name: str, example: str) -> list[dict[str, Any]]:
    raw = entry.get(name, [])
    rows = cast("list[Any]", raw) if isinstance(raw, list) else [raw]
    if len(rows) > _MOST or not all(isinstance(row, dict) for row in rows):
        raise Wrong(f"{name} must be a list of at most {_MOST} tables", example)

    return cast("list[dict[str, Any]]", rows)


def _score(row: Mapping[str, Any]) -> Score:
    by = row.get("by")
    percent = _number(row.get("percent"), 100)
    strange = set(row) - {"test", "percent", "by", "source"}
    if strange or percent is None or by not in _JUDGES:
        raise Wrong(
            f"a score needs test, percent, source and by ({' or '.join(_JUDGES)})",
            _SCORE,
        )

    return Score(_text(row, "test", _SCORE), percent, by, _text(row, "source", _SCORE))


def _seen(row: Mapping[str, Any]) -> Seen:
    rates = {name: row[name] for name in ("reading", "writing") if name in row}
    good = {name: _number(rate, _FASTEST) for name, rate in rates.items()}
    strange = set(row) - {"machine", "reading", "writing", "source"}
    if strange or not good or None in good.values():
        raise Wrong("a speed needs machine, source, and reading or writing", _SEEN)

    return Seen(_text(row, "machine", _SEEN), _text(row, "source", _SEEN), **good)


def _number(raw: object, most: float) -> float | None:
    if isinstance(raw, bool) or not isinstance(raw, (int, float)):
        return None

    # Not a number is within no bounds.
    return float(raw) if 0 < raw <= most else None


def _text(row: Mapping[str, Any], name: str, example: str) -> str:
    raw = row.get(name)
    if not isinstance(raw, str) or not raw.strip() or len(raw) > _TEXT:
        raise Wrong(f"{name} must be a text of at most {_TEXT} characters", example)

    return one_line(raw, _TEXT)
