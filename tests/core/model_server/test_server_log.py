"""The server's log stays small, and is safe to show."""

import stat
from pathlib import Path

import pytest

from mux_tui.core.model_server.server_log import (
    PREVIOUS_BYTES,
    explains_memory,
    previous,
    rotate,
    tail,
)


def test_a_new_log_keeps_the_end_of_the_one_before(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    rotate(log)
    assert list(tmp_path.iterdir()) == []
    log.write_text("first\n")
    rotate(log)
    assert not log.exists()
    log.write_text("x" * PREVIOUS_BYTES + "\nlast\n")
    rotate(log)
    assert previous(log).read_text() == "last\n"
    assert stat.S_IMODE(previous(log).stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["server.log.prev"]


def test_an_empty_log_does_not_push_out_the_one_before(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    log.write_text("crash\n")
    rotate(log)
    log.touch()
    rotate(log)
    assert previous(log).read_text() == "crash\n"


def test_the_last_lines_are_safe_to_show(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    log.write_bytes(b"one\n\n\x1b]0;title\x07two\r\nthree \xff\n")
    assert tail(log, 2) == ("␛]0;title␇two", "three �")
    assert tail(log, 0) == ()
    assert tail(tmp_path / "missing", 5) == ()


def test_only_the_end_of_a_huge_log_is_read(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    with log.open("wb") as file:
        file.truncate(8 << 30)
        file.seek(0, 2)
        file.write(b"\nthe end\n")
    assert tail(log, 1) == ("the end",)
    rotate(log)
    assert previous(log).stat().st_size <= PREVIOUS_BYTES


@pytest.mark.parametrize(
    "line",
    [
        "libc++abi: [METAL] Command buffer execution failed: Insufficient Memory",
        "kIOGPUCommandBufferCallbackErrorOutOfMemory",
        "MemoryError",
        "terminate called after throwing an instance of 'std::bad_alloc'",
        "OSError: [Errno 12] Cannot allocate memory",
        "[malloc_or_wait] Unable to allocate 4096 bytes.",
        "[metal::malloc] Attempting to allocate 9 bytes which is greater than",
    ],
)
def test_a_want_of_memory_is_recognised(line: str) -> None:
    assert explains_memory(("Loading", line, "Aborted"))
    assert not explains_memory(("Prompt Cache: 0 sequences, 0.00 GB", "stopping: idle"))
