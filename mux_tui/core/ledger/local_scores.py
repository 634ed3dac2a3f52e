"""How the last local answers were scored, and what another threshold would have kept.

An answer whose confidence is below `router.min_confidence` is not trusted. What was
recorded says what each threshold would have done with it, whatever happened then.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from mux_tui.core.ledger.connection import Connection

_SQL = (
    "SELECT a.confidence, a.verdict, max(a.number) FROM runs r"
    " JOIN attempts a ON a.run = r.id"
    " WHERE r.id IN"
    " (SELECT id FROM runs WHERE replay_of IS NULL ORDER BY id DESC LIMIT ?)"
    " AND a.route = 'local' AND typeof(a.confidence) = 'real' GROUP BY r.id"
)


@dataclass(frozen=True)
class LocalScore:
    """The last local answer of one run."""

    confidence: float
    failed: bool
    """Whether its checks said that it is wrong."""


@dataclass(frozen=True)
class Effect:
    """What a threshold would have done with some answers."""

    threshold: float
    answers: int
    kept: int
    """How many would have been trusted."""

    failed: int
    """How many of those had failed their checks."""

    @property
    def share(self) -> float | None:
        """The part that would have been trusted; None: there are no answers."""
        return self.kept / self.answers if self.answers else None


async def local_scores(reader: Connection, last: int) -> tuple[LocalScore, ...]:
    """The scores of the local answers among the newest `last` runs, without replays."""
    rows = await reader.run(_SQL, (max(last, 0),))
    return tuple(LocalScore(row[0], row[1] == "fail") for row in rows)


def effect_of(threshold: float, scores: Sequence[LocalScore]) -> Effect:
    """What a threshold would have done with these answers."""
    kept = [score for score in scores if score.confidence >= threshold]
    failed = sum(score.failed for score in kept)
    return Effect(threshold, len(scores), len(kept), failed)
