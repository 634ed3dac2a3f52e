"""Run ids sort by time, are unique, and can be typed."""

import re
import subprocess
import sys
import threading

from mux_tui.core.ledger.run_id import new_run_id


def test_an_id_is_short_and_needs_no_shift_key() -> None:
    assert re.fullmatch(r"[a-z0-9]{9}-[a-z0-9]{8}", new_run_id())


def test_ids_sort_in_the_order_they_were_made() -> None:
    ids = [new_run_id() for _ in range(2000)]
    assert ids == sorted(ids)
    assert len(set(ids)) == len(ids)


def test_ids_of_later_times_sort_after_those_of_earlier_processes() -> None:
    code = (
        "from mux_tui.core.ledger.run_id import new_run_id;"
        "print(new_run_id(lambda: {}))"
    )
    made = [
        subprocess.check_output([sys.executable, "-c", code.format(moment)], text=True)
        for moment in (-5.0, 1.0, 999.0, 1e9, 1.7e9, 1.7e9 + 0.002, 1e13)
    ]
    assert made == sorted(made)


def test_a_clock_that_jumps_back_breaks_neither_order_nor_uniqueness() -> None:
    clock = iter([5e9, 5e9 - 3600, 5e9 - 7200, 0.0, -1.0])
    ids = [new_run_id(lambda: next(clock)) for _ in range(5)]
    assert ids == sorted(set(ids))


def test_the_same_moment_in_two_threads_gives_different_ids() -> None:
    ids: list[str] = []

    def make() -> None:
        ids.extend(new_run_id(lambda: 6e9) for _ in range(500))

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(ids)) == 2000


def test_making_an_id_loads_no_database() -> None:
    code = (
        "import sys, mux_tui.core.ledger.run_id;"
        "print({'aiosqlite', 'sqlite3', 'asyncio'} & set(sys.modules))"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "set()\n"
