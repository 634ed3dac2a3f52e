"""Many runs at once, with every fact that queries speak of."""

import json
import random
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from mux_tui.core.ledger.migrations import MIGRATIONS, statements

NOW = 1_800_000_000.0
HOUR = 3600.0


@dataclass(frozen=True)
class Stored:
    """A run, by the names of its columns."""

    run_id: str = "01a-x"
    started_at: float = NOW - HOUR
    duration: float | None = 2.0
    door: str = "cli"
    cwd: str = "/code/shop"
    repository: str | None = None
    task: str | None = "fix it"
    task_length: int = 6
    kind: str | None = "advisory"
    route_requested: str = "auto"
    decided_route: str | None = "local"
    status: str = "done"
    reason: str | None = "local_preferred"
    route: str | None = "local"
    gen_ai_response_model: str | None = "qwen3-coder-30b"
    confidence: float | None = 0.75
    verdict: str | None = "pass"
    retries: int | None = 0
    gen_ai_usage_input_tokens: int | None = 100
    gen_ai_usage_output_tokens: int | None = 20
    cost_usd: float | None = 0.0
    output: str | None = "done"
    files: str | None = "[]"
    mux_version: str = "0"
    owner_pid: int = 1
    owner_started: float = 1.5
    applied: int | None = None
    label: str | None = None
    replay_of: str | None = None
    changed: tuple[str, ...] = ()
    """Paths of its changes: rows of their own."""


_COLUMNS = tuple(name for name in Stored.__dataclass_fields__ if name != "changed")
_OF_RUN = (
    "INSERT INTO files (run, number, path, kind, before, after, added, removed, hunks,"
    " executable, confidence) SELECT id, ?, ?, 'modify', '', '', 1, 0, 1, 0, 1.0"
    " FROM runs WHERE run_id = ?"
)


def store(path: Path, runs: Iterable[Stored]) -> None:
    """Write runs into a ledger as it would have been written, in their order."""
    path.parent.mkdir(exist_ok=True)
    fresh = not path.exists()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        if fresh:
            connection.execute("PRAGMA journal_mode = WAL")
            for sql in statements(0, MIGRATIONS):
                connection.execute(sql)
        runs = list(runs)
        names = ", ".join(_COLUMNS)
        marks = ", ".join("?" for _ in _COLUMNS)
        connection.execute("BEGIN")
        connection.executemany(
            f"INSERT INTO runs ({names}) VALUES ({marks})",
            [tuple(getattr(run, name) for name in _COLUMNS) for run in runs],
        )
        for run in runs:
            for number, name in enumerate(run.changed):
                connection.execute(_OF_RUN, (number, name, run.run_id))
        connection.execute("COMMIT")


def random_runs(count: int, seed: int = 1) -> list[Stored]:
    """Runs of every kind, by a clock that jumps back now and then."""
    chance = random.Random(seed)
    pick = chance.choice
    other = random.Random(seed + 1)
    labels = random.Random(seed + 2)
    words = ["null", "pointer", "café", "Rename", "it", "fix_me", "naïve", "x1"]
    return [
        Stored(
            run_id=f"01{number:05}-x",
            started_at=NOW - (count - number) * HOUR - pick((0, 0, 0, 50 * HOUR)),
            duration=pick((None, chance.random() * 30)),
            door=pick(("cli", "tui", "mcp")),
            cwd=pick(("/code/shop", "/code/Other")),
            repository=pick((None, "/code/Shop")),
            task=pick((None, " ".join(chance.choices(words, k=5)))),
            kind=pick((None, "advisory", "files")),
            route_requested=pick(("auto", "local", "claude")),
            decided_route=pick((None, "local", "codex")),
            status=pick(("running", "done", "done", "failed", "declined")),
            reason=pick((None, "low_confidence", "cloud_failed")),
            route=pick((None, "local", "local", "claude", "codex")),
            gen_ai_response_model=pick((None, "Qwen3", "opus-4")),
            confidence=pick((None, chance.random())),
            verdict=pick((None, "pass", "fail", "unknown")),
            retries=pick((None, 0, 1, 2)),
            gen_ai_usage_input_tokens=pick((None, 0, 100, 5000)),
            gen_ai_usage_output_tokens=pick((None, 20)),
            cost_usd=pick((None, 0.0, 0.05)),
            output=pick((None, " ".join(chance.choices(words, k=3)))),
            files=pick((None, "[]", "no json", json.dumps(["src/Auth.py", "b.py"]))),
            applied=other.choice((None, 0, 1)),
            label=labels.choice((None, None, "good", "bad", "note")),
            changed=other.choice(((), (), ("src/Auth.py",), ("a[1]/b.py", "c.txt"))),
        )
        for number in range(count)
    ]
