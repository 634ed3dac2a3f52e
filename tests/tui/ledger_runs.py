"""A ledger with runs of every kind, at times that the stage's clock knows."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from mux_tui.core.ledger.owner import Owner
from mux_tui.core.ledger.store import Label, Ledger
from mux_tui.core.task import (
    Attempt,
    Check,
    Completion,
    Confidence,
    Decision,
    Factor,
    Outcome,
    Reason,
    Route,
    Status,
    Task,
    Usage,
    Verdict,
)
from tests.tui.stage import NOW

OWNER = Owner(4242, 1_700_000_000.25)
HOSTILE = "[bold]\x1b]52;c;aGk=\x07 \u202e[/bold] [@click=app.quit]x[/] [/usr/bin]"

_PASS = Verdict("pass", "2 of 2 checks passed", (Check("python", "pass", "", 0.5),))
_FAIL = Verdict("fail", "1 of 2 checks failed", (Check("pytest", "fail", "boom", 2.0),))
_ANSWER = """The pointer is null when the **user** is logged out.

```python
def name(user):
    return user.name if user else ""
```

1. It returns early.
2. Nothing else changes.
"""


@dataclass(frozen=True)
class Told:
    """A run in a few words."""

    id: str
    hours_ago: float
    text: str
    status: Status = "done"
    route: Route | None = "local"
    reason: Reason = "local_preferred"
    confidence: float | None = 0.82
    verdict: Verdict | None = _PASS
    seconds: float = 7.4
    cost: float | None = None
    answer: str = _ANSWER
    label: Label | None = None
    said: str = ""
    """The words of the label."""

    replay_of: str = ""


TOLD = (
    Told("1n0a0a001-x", 150, "Explain how the cache works", verdict=None, seconds=6.8),
    Told("1n0a0a002-x", 100, "Write a test for parse()", confidence=0.91),
    Told("1n0a0a003-x", 76, "Rename helper", confidence=0.74, seconds=4.1),
    Told(
        "1n0a0a004-x",
        52,
        "JWT migration to RS256, keep old tokens valid for 30 days",
        route="claude",
        reason="low_confidence",
        confidence=None,
        seconds=31.0,
        cost=0.19,
    ),
    Told("1n0a0a005-x", 51, "Sort imports", seconds=2.2),
    Told(
        "1n0a0a006-x",
        27,
        "Refactor the cache",
        status="failed",
        reason="verification_failed",
        confidence=0.66,
        verdict=_FAIL,
        seconds=9.0,
        label="bad",
        said="it forgot the tests",
    ),
    Told(
        "1n0a0a007-x",
        26,
        "Fix flaky test",
        route="codex",
        reason="local_unavailable",
        confidence=None,
        seconds=18.4,
        cost=0.04,
    ),
    Told("1n0a0a008-x", 3, "Fix the null pointer in UserService", label="good"),
    Told(
        "1n0a0a009-x",
        2,
        "Send the logs to the cloud",
        status="declined",
        route=None,
        reason="cloud_not_allowed",
        confidence=None,
        verdict=None,
        seconds=0.4,
        answer="",
    ),
    Told("1n0a0a010-x", 1, HOSTILE, confidence=0.5, answer=HOSTILE),
    Told(
        "1n0a0a011-x",
        0.02,
        "Summarise the README",
        status="running",
        route=None,
        confidence=None,
        verdict=None,
    ),
)


REPLAYS = (
    Told(
        "1n0a0a012-x",
        0.9,
        "Refactor the cache",
        route="claude",
        seconds=21.0,
        cost=0.11,
        replay_of="1n0a0a006-x",
    ),
    Told(
        "1n0a0a013-x",
        0.8,
        "Refactor the cache",
        status="failed",
        reason="verification_failed",
        confidence=0.7,
        verdict=_FAIL,
        seconds=8.1,
        replay_of="1n0a0a006-x",
    ),
    Told(
        "1n0a0a014-x",
        0.7,
        "Refactor the cache",
        status="interrupted",
        route=None,
        verdict=None,
        confidence=None,
        replay_of="1n0a0a006-x",
    ),
    Told(
        "1n0a0a015-x",
        0.6,
        "A task of long ago",
        replay_of="1m0a0a001-x",
        label="note",
        said="the original was pruned",
    ),
)
"""Runs that repeat others: better, the same, cut off; and one without its original."""


async def fill_with_replays(ledger: Ledger) -> None:
    """Record all of `TOLD`, and the replays."""
    for told in (*TOLD, *REPLAYS):
        await record(ledger, told)


async def fill_ledger(ledger: Ledger) -> None:
    """Record all of them."""
    for told in TOLD:
        await record(ledger, told)


async def record(ledger: Ledger, told: Told, cwd: Path = Path("/code/shop")) -> None:
    """Record a run as it would have been recorded then, in a directory.

    The repository around it is always the same, for pictures.
    """
    task = Task(
        *(told.text, cwd, told.id),
        door="cli",
        replay_of=told.replay_of,
    )
    await ledger.begin(task, OWNER, "/code/shop")
    await ledger.decided(told.id, _decision())
    if told.status != "running":
        await ledger.finish(_outcome(told))
    if told.label:
        await ledger.label(told.id, told.label, told.said)
    with closing(sqlite3.connect(ledger.path)) as connection, connection:
        connection.execute(
            "UPDATE runs SET started_at = ?, mux_version = '0' WHERE run_id = ?",
            (NOW - told.hours_ago * 3600, told.id),
        )
        connection.execute(
            "UPDATE runs SET ended_at = started_at + duration,"
            " labelled_at = iif(label IS NULL, NULL, started_at + 60)"
            " WHERE run_id = ?",
            (told.id,),
        )


def _decision() -> Decision:
    return Decision(
        "local",
        "local_preferred",
        "Nothing speaks against the local model.",
        inputs=(
            Factor("keywords", 0, threshold=1, leans="local", note="No hard word."),
            Factor("context", 6200, threshold=24000, leans="local", note="It fits."),
            Factor("local_model", "ready", note=f"qwen2.5-coder-7b {HOSTILE}"),
        ),
        flips=("One hard word would send it to the cloud.",),
        fallbacks=("claude", "codex"),
    )


def _outcome(told: Told) -> Outcome:
    attempts = _attempts(told)
    confidence = Confidence(told.confidence) if told.confidence else None
    return Outcome(
        told.id,
        told.status,
        told.reason,
        "The answer was taken." if told.status == "done" else "It did not work out.",
        route=told.route,
        backend="chat_completions" if told.route == "local" else told.route or "",
        model="qwen2.5-coder-7b" if told.route == "local" else "",
        output=told.answer,
        confidence=confidence,
        verdict=told.verdict,
        usage=Usage(6200, 248, 6000, None, told.cost),
        attempts=attempts,
        files=("auth/keys.py", "auth/jwt.py") if told.cost else (),
        seconds=told.seconds,
        next_step="" if told.status == "done" else "Ask again in other words",
    )


def _attempts(told: Told) -> tuple[Attempt, ...]:
    if told.route is None:
        return ()

    factors = (
        Factor("finish_reason", "stop", weight=1.1, leans="local", note="It ended."),
        Factor("logprobs", 0.81, threshold=0.6, weight=0.4, leans="local"),
    )
    local = Attempt(
        1,
        "local",
        "chat_completions",
        "qwen2.5-coder-7b",
        Completion(told.answer, "stop", usage=Usage(6200, 248), notes=("1 skipped",)),
        Confidence(told.confidence or 0.41, factors),
        told.verdict,
        seconds=told.seconds,
    )
    if told.route == "local":
        return (local,)

    cloud = replace(
        local, number=2, route=told.route, backend=told.route, confidence=None
    )
    failed = replace(
        local, completion=None, fault="stalled", error=f"Nothing came {HOSTILE}"
    )
    return (failed, cloud)
