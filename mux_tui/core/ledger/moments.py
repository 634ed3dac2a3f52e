"""Times as they are typed: `30m`, `7d`, `today`, `2026-11-01`, `2026-11-01T09:30`."""

import re
from datetime import datetime, time, timedelta, tzinfo

from mux_tui.core.ledger.query import Moment

EXAMPLES = "30m, 12h, 7d, 2w, today, yesterday or a date such as 2026-11-01"

_AGO = re.compile(r"(\d{1,6})([mhdw])")
_SECONDS = {"m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
_DATE = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?)?")
_DAYS = {"today": 0, "yesterday": 1}
_YEARS = range(1971, 9999)
"""Those whose days have seconds on every system, in every zone."""


def readable(text: str) -> bool:
    """Whether `text` is a time."""
    if text in _DAYS or _AGO.fullmatch(text):
        return True

    return _moment(text) is not None


def seconds(moment: Moment, now: float, zone: tzinfo | None = None) -> float:
    """The time in seconds since 1970.

    A day begins at its midnight for `since` and ends at the next one for `until`, so
    that `since:D until:D` are the runs of that day.

    Args:
        moment: A readable one.
        now: Seconds since 1970.
        zone: Whose days are meant; None: this machine's.
    """
    text = moment.value
    if found := _AGO.fullmatch(text):
        return now - int(found[1]) * _SECONDS[found[2]]

    if text in _DAYS:
        today = datetime.fromtimestamp(now, zone).date()
        day = datetime.combine(today - timedelta(days=_DAYS[text]), time())
    else:
        day = _moment(text) or datetime.max
    if moment.key == "until" and "T" not in text:
        day += timedelta(days=1)
    return day.replace(tzinfo=zone).timestamp()


def _moment(text: str) -> datetime | None:
    if not _DATE.fullmatch(text) or not text.isascii():
        return None

    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None

    return moment if moment.year in _YEARS else None
