"""How long a decision takes, as ratios to counting keywords with `in`.

    python -m bench.decision [--rounds N] [--calls N]

A round times each kind of task call by call, in CPU time, which a busy machine does not
stretch; the table holds the medians over the rounds of their p50 and p99. Reading the
features is part of a decision.
"""

import argparse
import gc
import statistics
import sys
import time
from collections.abc import Callable

from mux_tui.core.config.settings import Cloud, Router
from mux_tui.core.routing.features import features
from mux_tui.core.routing.policy import decide
from mux_tui.core.routing.situation import LocalState, Situation
from mux_tui.core.task import CLOUD_ROUTES, Decision

TARGET_MS = 5.0
ROUTER = Router()
CLOUD = Cloud()
LOCAL = LocalState("ready", "", "starter", 8192, "the model's files")
_CODE = "```python\ndef f(x):\n    return x + 1  # src/a.py, security\n```\n"
_PROSE = "The worker in src/queue/worker.py reads jobs and/or retries, then logs them. "
TASKS = {
    "a sentence": "Say hello in one sentence.",
    "2,000 characters of prose": "Why is it slow? " + _PROSE * 26,
    "16,000 characters, prose and code": (_PROSE * 5 + "\n" + _CODE) * 35,
    "a megabyte of log lines": "12:00:01 INFO app/main.py started in /srv/x\n" * 23_000,
}


def trivial(text: str) -> int:
    """The cheapest rule there is: keywords as substrings."""
    lowered = text.lower()
    return sum(word in lowered for word in ROUTER.keywords)


def decision(text: str) -> Decision:
    """Everything `mux route` does, besides looking at the machine."""
    situation = Situation(
        text,
        features(text, ROUTER),
        LOCAL,
        prompt_tokens=len(text) // 4,
        max_tokens=1200,
        present=CLOUD_ROUTES,
    )
    return decide(situation, ROUTER, CLOUD)


def percentiles(call: Callable[[str], object], text: str, calls: int) -> list[float]:
    """The p50 and p99 of single calls, in milliseconds."""
    call(text)
    times: list[float] = []
    for _ in range(calls):
        started = time.process_time()
        call(text)
        times.append((time.process_time() - started) * 1000)
    cuts = statistics.quantiles(times, n=100, method="inclusive")
    return [cuts[49], cuts[98]]


def medians(
    call: Callable[[str], object], text: str, rounds: int, calls: int
) -> list[float]:
    """The medians of p50 and p99 over some rounds."""
    columns = zip(*(percentiles(call, text, calls) for _ in range(rounds)), strict=True)
    return [statistics.median(column) for column in columns]


def main() -> int:
    """Measure, print a table, return 1 if the target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--calls", type=int, default=300, help="in each round")
    options = parser.parse_args()
    gc.disable()
    print(f"{'task':36} {'p50 ms':>8} {'p99 ms':>8} {'p50':>7} {'p99':>7}   (ratios)")
    slowest = 0.0
    for name, text in TASKS.items():
        base = medians(trivial, text, options.rounds, options.calls)
        ours = medians(decision, text, options.rounds, options.calls)
        slowest = max(slowest, ours[1])
        ratios = [mine / theirs for mine, theirs in zip(ours, base, strict=True)]
        shown = " ".join(f"{ratio:6.1f}x" for ratio in ratios)
        print(f"{name:36} {ours[0]:8.3f} {ours[1]:8.3f} {shown}")
    print(f"slowest p99 {slowest:.2f} ms, target {TARGET_MS:g} ms")
    return int(slowest > TARGET_MS)


if __name__ == "__main__":
    sys.exit(main())
