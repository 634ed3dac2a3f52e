"""A run, the one it repeats, and those that repeat that one."""

from typing import TYPE_CHECKING

from mux_tui.core.ledger.rows import RunDetail
from mux_tui.tui.widgets.ledger.replay_table import Member

if TYPE_CHECKING:
    from mux_tui.core.ledger.store import Ledger

_MOST = 20
"""Replays shown, the newest ones."""

_KINDS = {"better": "pass", "worse": "fail", "unknown": "soft"}


async def family_of(ledger: "Ledger", run: RunDetail) -> tuple[Member, ...]:
    """The original first, then its replays, oldest first; empty: it has none.

    Raises:
        LedgerError: They could not be read.
    """
    if not run.replay_of and not run.replays:
        return ()

    original = await ledger.get(run.replay_of) if run.replay_of else run
    ids = original.replays if original else (run.run_id,)
    found = [await ledger.get(id) for id in ids[-_MOST:]]
    replays = [one for one in found if one is not None]
    return members_of(run, original, replays)


def members_of(
    shown: RunDetail, original: RunDetail | None, replays: list[RunDetail]
) -> tuple[Member, ...]:
    """The same of runs that are read; without the original nothing is compared."""
    members = [_replay(one, original, one.run_id == shown.run_id) for one in replays]
    if original is not None:
        members.insert(0, Member(original, "original", original == shown))
    return tuple(members)


def _replay(run: RunDetail, original: RunDetail | None, shown: bool) -> Member:
    if original is None:
        return Member(run, "replay", shown, "no original", "soft")

    from mux_tui.core.replay.comparison import compared, side_of_row

    word = compared(side_of_row(original), side_of_row(run)).word
    return Member(run, "replay", shown, word, _KINDS.get(word, ""))
