"""Torture for a ledger: killed writers, many writers, a full disk, damaged files.

    python -m tests.ledger_torture kill --rounds 200 --writers 3
    python -m tests.ledger_torture contend --writers 8 --seconds 60
    python -m tests.ledger_torture full            (needs root: mounts a small tmpfs)
    python -m tests.ledger_torture damage

The ledger is only driven from outside: a writer (`tests.ledger_writer`) prints the id
of each run after its outcome is committed; what it printed is an acknowledgement, and
every acknowledged run must be found again, finished and with its attempt. Prints a
report as JSON; exit code 1: a promise was broken.
"""

import argparse
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

KEPT = """
SELECT count(*) FROM runs JOIN attempts ON attempts.run = runs.id
WHERE runs.status = 'done' AND runs.run_id IN (SELECT value FROM json_each(?))
"""

PAGE = 4096


class Writer:
    """A process that records runs until it is killed or out of time."""

    def __init__(self, ledger: Path, *options: str) -> None:
        # Files, unlike pipes, can be looked at while the writer writes.
        self._out, self._err = (
            tempfile.TemporaryFile("w+"),
            tempfile.TemporaryFile("w+"),
        )
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.ledger_writer", str(ledger), *options],
            cwd=Path(__file__).parent.parent,
            stdout=self._out,
            stderr=self._err,
            start_new_session=True,
        )

    def wait_for_output(self) -> None:
        """Wait until the writer has acknowledged something, or ended."""
        while not os.fstat(self._out.fileno()).st_size:
            if self._process.poll() is not None:
                return
            time.sleep(0.002)

    def kill(self) -> None:
        """End the writer at once, wherever it is."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def ended(self, seconds: float = 120) -> tuple[int, list[str], str]:
        """Wait for its end; exit code, whole lines of stdout, and stderr."""
        code = self._process.wait(seconds)
        with self._out, self._err:
            self._out.seek(0)
            self._err.seek(0)
            # A line without its end was cut by the kill.
            return code, self._out.read().split("\n")[:-1], self._err.read().strip()


def lost(ledger: Path, acknowledged: Sequence[str]) -> int:
    """How many acknowledged runs are not in the ledger, whole."""
    with closing(sqlite3.connect(ledger, timeout=30)) as connection:
        row = connection.execute(KEPT, (json.dumps(list(acknowledged)),)).fetchone()
    return len(acknowledged) - int(row[0])


def integrity_of(ledger: Path) -> str:
    """What SQLite says of the whole file: `ok`, or what is wrong."""
    with closing(sqlite3.connect(ledger, timeout=30)) as connection:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])


@dataclass
class Killed:
    """What became of writers that were killed at random moments."""

    rounds: int
    writers: int
    acknowledged: int = 0
    lost: int = 0
    silent_rounds: int = 0
    """Rounds that were over before anything was acknowledged."""

    damage: list[str] = field(default_factory=list[str])
    errors: list[str] = field(default_factory=list[str])

    @property
    def ok(self) -> bool:
        return not (self.lost or self.damage or self.errors) and self.acknowledged > 0


def kill(
    ledger: Path, rounds: int, writers: int, seed: int = 1, longest: float = 0.3
) -> Killed:
    """Start writers and kill all of them at a random moment, again and again.

    In every other round the clock starts with the first acknowledgement, in the others
    with the processes, which also hits the opening of the ledger.
    """
    report = Killed(rounds, writers)
    chance = random.Random(seed)
    for number in range(rounds):
        started = [Writer(ledger) for _ in range(writers)]
        if number % 2 == 0:
            started[0].wait_for_output()
        time.sleep(chance.uniform(0, longest))
        for writer in started:
            writer.kill()
        acknowledged: list[str] = []
        for writer in started:
            _, ids, error = writer.ended()
            acknowledged += ids
            report.errors += [error[-500:]] if error else []
        report.acknowledged += len(acknowledged)
        report.silent_rounds += not acknowledged
        report.lost += lost(ledger, acknowledged) if acknowledged else 0
        if ledger.exists() and (number == rounds - 1 or number % 25 == 24):
            verdict = integrity_of(ledger)
            report.damage += [] if verdict == "ok" else [verdict]

    return report


@dataclass
class Contended:
    """What became of writers that worked at the same time."""

    writers: int
    seconds: float
    acknowledged: int
    lost: int
    integrity: str
    longest_commit: float
    errors: list[str]

    @property
    def ok(self) -> bool:
        return not (self.lost or self.errors) and self.integrity == "ok"


def contend(ledger: Path, writers: int, seconds: float) -> Contended:
    """Let writers work at the same time, each until its time is over."""
    started = [Writer(ledger, "--seconds", str(seconds)) for _ in range(writers)]
    acknowledged: list[str] = []
    errors: list[str] = []
    longest = 0.0
    for writer in started:
        code, lines, error = writer.ended(seconds + 120)
        if code:
            errors.append(f"exit {code}: {error[-500:]}")
            acknowledged += lines
        else:
            acknowledged += lines[:-1]
            longest = max(longest, float(lines[-1]))
    return Contended(
        writers,
        seconds,
        len(acknowledged),
        lost(ledger, acknowledged),
        integrity_of(ledger),
        round(longest, 3),
        errors,
    )


@dataclass
class Filled:
    """What became of a writer whose disk ran full."""

    before: int
    """Runs acknowledged until then."""

    lost: int
    integrity: str
    exit_code: int
    error: str
    after: int
    """Runs acknowledged by the next writer, after space was made."""

    @property
    def ok(self) -> bool:
        clear = "disk full" in self.error and "Traceback" not in self.error
        whole = not self.lost and self.integrity == "ok"
        return clear and whole and self.before > 0 and self.after > 0


def fill(kibibytes: int = 600) -> Filled:
    """Fill a tmpfs with a ledger, then enlarge it and go on."""
    with tempfile.TemporaryDirectory() as place:
        size = f"size={kibibytes}k"
        subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", place], check=True)
        try:
            ledger = Path(place) / "ledger.db"
            code, ids, error = Writer(ledger).ended()
            missing, verdict = lost(ledger, ids), integrity_of(ledger)
            more = f"remount,size={kibibytes * 8}k"
            subprocess.run(["mount", "-o", more, place], check=True)
            _, later, _ = Writer(ledger, "--seconds", "1").ended()
            after = max(len(later) - 1, 0)
            return Filled(len(ids), missing, verdict, code, error, after)
        finally:
            subprocess.run(["umount", "-l", place], check=True)


def damages(whole: bytes, seed: int = 1) -> dict[str, bytes]:
    """The bytes of a ledger, damaged in several ways."""
    noise = random.Random(seed).randbytes(PAGE)
    middle = len(whole) // 2 // PAGE * PAGE
    return {
        "garbage": b"this is not a database\n" * 200,
        "truncated to half": whole[: len(whole) // 2],
        "truncated to 100 bytes": whole[:100],
        "header flipped": b"XXXX" + whole[4:],
        "first page overwritten": whole[:100] + noise[:900] + whole[1000:],
        "middle page overwritten": whole[:middle] + noise + whole[middle + PAGE :],
    }


@dataclass
class Damaged:
    """What a command made of one damaged ledger."""

    damage: str
    exit_code: int
    says: str
    kept: bool
    """Whether the damaged file is still there, byte for byte."""

    @property
    def ok(self) -> bool:
        clear = "Traceback" not in self.says and len(self.says.splitlines()) <= 1
        return self.kept and clear and self.exit_code in (0, 1, 2, 3)


def damage(ledger: Path, command: Sequence[str] = ()) -> list[Damaged]:
    """Let a command read each damaged copy of the ledger; `{}` stands for its path."""
    if not ledger.exists():
        Writer(ledger, "--seconds", "1").ended()
    reports: list[Damaged] = []
    probe = command or [sys.executable, "-m", "mux_tui", "ledger", "export", "--jsonl"]
    probe = probe if command else [*probe, "--set", "ledger.path={}"]
    for name, content in damages(ledger.read_bytes()).items():
        with tempfile.TemporaryDirectory() as place:
            copy = Path(place) / "ledger.db"
            copy.write_bytes(content)
            line = [word.replace("{}", str(copy)) for word in probe]
            done = subprocess.run(line, capture_output=True, text=True, timeout=60)
            kept = copy.read_bytes() == content
            reports.append(Damaged(name, done.returncode, done.stderr.strip(), kept))

    return reports


def main() -> int:
    """Run one kind of torture from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("kill", "contend", "full", "damage"))
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--writers", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        ledger = Path(place) / "ledger.db"
        reports: Sequence[Killed | Contended | Filled | Damaged]
        match options.what:
            case "kill":
                reports = [kill(ledger, options.rounds, options.writers, options.seed)]
            case "contend":
                reports = [contend(ledger, options.writers, options.seconds)]
            case "full":
                reports = [fill()]
            case _:
                reports = damage(ledger)
    for report in reports:
        sys.stdout.write(
            json.dumps(asdict(report) | {"ok": report.ok}, indent=1) + "\n"
        )
    return 0 if all(report.ok for report in reports) else 1


if __name__ == "__main__":
    sys.exit(main())
