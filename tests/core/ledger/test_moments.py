"""Times as people type them, counted from a moment that the caller tells."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from mux_tui.core.ledger.moments import readable, seconds
from mux_tui.core.ledger.query import Moment

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC).timestamp()


def at(*parts: int) -> float:
    return datetime(*parts, tzinfo=UTC).timestamp()  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("key", "text", "moment"),
    [
        ("since", "30m", at(2026, 11, 20, 11, 30)),
        ("until", "12h", at(2026, 11, 20, 0, 0)),
        ("since", "7d", at(2026, 11, 13, 12, 0)),
        ("since", "2w", at(2026, 11, 6, 12, 0)),
        ("since", "2026-11-01", at(2026, 11, 1)),
        ("until", "2026-11-01", at(2026, 11, 2)),
        ("until", "2026-12-31", at(2027, 1, 1)),
        ("since", "2026-11-01T09:30", at(2026, 11, 1, 9, 30)),
        ("until", "2026-11-01T09:30:15", at(2026, 11, 1, 9, 30, 15)),
        ("since", "today", at(2026, 11, 20)),
        ("until", "today", at(2026, 11, 21)),
        ("since", "yesterday", at(2026, 11, 19)),
        ("until", "yesterday", at(2026, 11, 20)),
    ],
)
def test_a_time_is_counted_from_now_and_days_are_whole(
    key: str, text: str, moment: float
) -> None:
    assert readable(text)
    assert seconds(Moment(key, text), NOW, UTC) == moment


def test_a_day_is_the_day_of_the_zone() -> None:
    east = timezone(timedelta(hours=10))
    assert seconds(Moment("since", "today"), NOW, east) == at(2026, 11, 19, 14)


def test_a_day_on_which_the_clocks_change_is_whole() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    began = seconds(Moment("since", "2026-10-25"), NOW, berlin)
    ended = seconds(Moment("until", "2026-10-25"), NOW, berlin)
    assert ended - began == 25 * 3600


@pytest.mark.parametrize(
    "text", ["", "7", "d", "7y", "1234567d", "soon", "2026-2-1", "20261101", "2026-11"]
)
def test_what_is_no_time_is_not_readable(text: str) -> None:
    assert not readable(text)
