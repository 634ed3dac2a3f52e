"""Who works for mux is known, whatever its CLI passes on."""

import os
import subprocess
import sys

from mux_tui.core.config.environment import AT_WORK
from mux_tui.core.hardware.ancestry import works_for_mux

ASK = (
    "from mux_tui.core.hardware.ancestry import works_for_mux;"
    "print(works_for_mux(), flush=True)"
)
PASSING_NOTHING_ON = (
    "import subprocess, sys;"
    f"subprocess.run([sys.executable, '-c', {ASK!r}], env={{}}, check=True)"
)


def asked(code: str, **marks: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=dict(os.environ) | marks,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_nobody_works_for_mux_without_the_mark() -> None:
    assert asked(ASK) == "False"
    assert not works_for_mux()


def test_the_mark_is_seen() -> None:
    assert asked(ASK, **{AT_WORK: "1"}) == "True"


def test_a_parent_s_mark_is_seen_when_nothing_is_passed_on() -> None:
    assert asked(PASSING_NOTHING_ON, **{AT_WORK: "1"}) == "True"


def test_a_process_that_is_gone_worked_for_nobody() -> None:
    assert not works_for_mux(2**22 + 1)
