"""Forgetting old changes, so that the archive stays small."""

import time
from dataclasses import dataclass

from mux_tui.core.workspace.archive import Archive

_DAY = 86_400.0


@dataclass(frozen=True)
class Pruned:
    """What has been forgotten."""

    runs: tuple[str, ...]
    """Runs that cannot be taken back any more, the newest first."""

    freed: int
    """Bytes on the disk."""


def prune(
    archive: Archive, keep_days: float, keep_bytes: int, now: float | None = None
) -> Pruned:
    """Forget runs that are old, or beyond the space; the newest ones stay longest.

    It blocks: call it in a thread. The newest run that is not too old stays, however
    large it is; so does whatever a transition needs that has not ended.

    Args:
        archive: What mux remembers.
        keep_days: Age in days, beyond which a run is forgotten.
        keep_bytes: Space for the contents.
        now: Seconds since the epoch; None: the clock's.

    Raises:
        EnvironmentProblem: The archive cannot be read or written, or is in use.
    """
    now = time.time() if now is None else now
    with archive.held():
        pending = archive.pending()
        sizes = archive.store.sizes()
        kept = {name for transition in pending for name in transition.digests}
        used = sum(sizes.get(name, 0) for name in kept)
        forgotten: list[str] = []
        for number, record in enumerate(archive.records()):
            more = sum(sizes.get(name, 0) for name in record.digests - kept)
            too_much = number > 0 and used + more > keep_bytes
            if too_much or now - record.when > keep_days * _DAY:
                archive.drop_record(record.run_id)
                forgotten.append(record.run_id)
            else:
                kept |= record.digests
                used += more
        archive.store.drop_all_but(kept)
        archive.sweep(now)

    return Pruned(tuple(forgotten), sum(sizes.values()) - used)
