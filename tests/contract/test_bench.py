"""Every bench can be started, and says what it does."""

import subprocess
import sys
from pathlib import Path

import pytest

_PROJECT = Path(__file__).resolve().parents[2]
_PROGRAMS = sorted(
    ".".join(file.relative_to(_PROJECT).with_suffix("").parts)
    for file in (_PROJECT / "bench").rglob("*.py")
    if '__name__ == "__main__"' in file.read_text(encoding="utf-8")
)


def test_there_are_benches() -> None:
    assert {"bench.startup", "bench.prefix", "bench.proxy.__main__"} <= set(_PROGRAMS)


@pytest.mark.parametrize("program", _PROGRAMS)
def test_a_bench_explains_itself(program: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", program, "--help"],
        cwd=_PROJECT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("usage: ")
