"""A process is known by more than its number."""

import os
import socket
import subprocess
import sys
import time
import uuid

from mux_tui.core.hardware.processes import (
    alive,
    boot_time,
    family,
    find,
    identity,
    is_same,
    port_owner,
    resident_bytes,
)

SLEEP = "import time; time.sleep(60)"


def test_a_process_is_recognised_by_number_start_and_argument() -> None:
    token = uuid.uuid4().hex
    child = subprocess.Popen([sys.executable, "-S", "-c", SLEEP, token])
    try:
        # While it is being replaced by its program, a process has no command line.
        while not (found := identity(child.pid)) or not found.command:
            time.sleep(0.001)
        assert found.command[-1] == token
        assert alive(child.pid, found.started)
        assert not alive(child.pid, found.started + 1)
        assert is_same(child.pid, found.started, token)
        assert not is_same(child.pid, found.started, token[:9])
        assert not is_same(child.pid, found.started - 1, token)
        assert find(token) == found
        assert (resident_bytes(child.pid) or 0) > 100_000
    finally:
        child.kill()
        # Not collected yet: it is a zombie for a while, and gone all the same.
        while identity(child.pid) is not None:
            time.sleep(0.01)
        child.wait()
    assert find(token) is None
    assert not is_same(child.pid, found.started, token)
    assert resident_bytes(child.pid) is None


def test_numbers_that_name_nobody() -> None:
    for pid in (-1, 0, 2**22 + 5, 2**31 - 1):
        assert identity(pid) is None
        assert family(pid) == ()


def test_the_start_of_a_process_reads_the_same_every_time() -> None:
    own = identity(os.getpid())
    assert own is not None
    assert all(identity(os.getpid()) == own for _ in range(5))
    assert 0 < boot_time() < time.time()


def test_a_family_holds_what_left_for_a_session_of_its_own() -> None:
    code = (
        "import subprocess, sys\n"
        f"subprocess.Popen([sys.executable, '-S', '-c', {SLEEP!r}],"
        " start_new_session=True)\n"
        f"subprocess.Popen([sys.executable, '-S', '-c', {SLEEP!r}])\n"
        "print('up', flush=True)\n" + SLEEP
    )
    leader = subprocess.Popen(
        [sys.executable, "-S", "-c", code],
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert leader.stdout is not None
    try:
        leader.stdout.readline()
        members = family(leader.pid)
        assert len(members) == 3
        assert members[0].pid == leader.pid
    finally:
        for member in family(leader.pid):
            os.kill(member.pid, 9)
        leader.wait()
        leader.stdout.close()


def test_the_owner_of_a_port_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        owner = port_owner(port)
        assert owner is not None
        assert owner.pid == os.getpid()
        assert owner.name
    assert port_owner(port) is None
