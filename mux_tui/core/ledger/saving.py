"""What the local model has saved, against two baselines that are said with it.

Neither is a fact: nobody knows what a cloud model would have made of the same task. The
first asks what the same tokens cost at a model's price; a stronger model may need more
of them, or fewer. The second takes every local run for as dear as the mean of the runs
that the cloud did; harder tasks go there.
"""

from dataclasses import dataclass

_MILLION = 1_000_000


@dataclass(frozen=True)
class LocalTokens:
    """What the local model read and wrote for runs that are done."""

    runs: int
    uncounted: int
    """Runs of which nobody knows the tokens; they are not in these sums."""

    read: int
    cached: int
    """Of `read`."""

    written: int
    cost_usd: float
    """What these runs cost all the same, a review in the cloud for instance."""


@dataclass(frozen=True)
class Prices:
    """US dollars for a million tokens of one model."""

    model: str
    read: float
    cached: float
    written: float

    @property
    def sentence(self) -> str:
        """What is compared with what."""
        return (
            f"the same tokens at the prices of {self.model}: ${self.read:g} read,"
            f" ${self.cached:g} from a cache, ${self.written:g} written, a million each"
        )


@dataclass(frozen=True)
class Saving:
    """What local runs would have cost, less what they did."""

    baseline: str
    """The first baseline, in words."""

    saved_usd: float
    runs: int
    """Local runs it is about."""

    uncounted: int
    """Local runs that are not in it: nobody knows their tokens."""

    mean_cloud_usd: float | None
    """The second baseline: what a run of the cloud did cost; None: none has a price."""

    cloud_runs: int
    """How many that is the mean of."""

    saved_by_mean_usd: float | None
    """What all local runs would have cost at that mean, less what they did."""


def saving(local: LocalTokens, prices: Prices, cloud_runs: int, cost: float) -> Saving:
    """What was saved.

    Args:
        local: What the local model did.
        prices: Those of the first baseline.
        cloud_runs: Runs that the cloud did, of which the cost is known.
        cost: What these cost together, in US dollars.
    """
    fresh = max(local.read - local.cached, 0)
    there = fresh * prices.read + local.cached * prices.cached
    there += local.written * prices.written
    mean = cost / cloud_runs if cloud_runs else None
    every = local.runs + local.uncounted
    return Saving(
        prices.sentence,
        there / _MILLION - local.cost_usd,
        local.runs,
        local.uncounted,
        mean,
        cloud_runs,
        None if mean is None else mean * every - local.cost_usd,
    )
