"""Finding the system's OpenBLAS, and no wrong one."""

import os
import sys
from pathlib import Path

import pytest

from mux_tui.core.hardware.openblas import find_openblas, loaded_by

HEAD = b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x03\x00\x3e\x00"
OTHER_MACHINE = HEAD[:18] + b"\xb7\x00"

pytestmark = pytest.mark.usefixtures("on_linux")


@pytest.fixture
def on_linux(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")


@pytest.fixture
def program(tmp_path: Path) -> str:
    path = tmp_path / "python"
    path.write_bytes(HEAD)
    return str(path)


def library(root: Path, name: str, head: bytes = HEAD) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(head)
    return path


@pytest.mark.parametrize(
    "name",
    [
        "usr/lib/x86_64-linux-gnu/libopenblas.so.0",
        "usr/lib/x86_64-linux-gnu/openblas-pthread/libopenblasp-r0.3.21.so",
        "usr/lib64/libopenblaso.so.0",
        "usr/lib/libopenblas.so",
        "opt/OpenBLAS/lib/libopenblas.so.0",
    ],
)
def test_the_usual_places_are_looked_into(
    name: str, tmp_path: Path, program: str
) -> None:
    path = library(tmp_path, name)
    assert find_openblas(tmp_path, program) == path


def test_the_loaders_cache_comes_first(tmp_path: Path, program: str) -> None:
    library(tmp_path, "usr/lib/libopenblas.so.0")
    cached = library(tmp_path, "far/away/libopenblas.so.0")
    cache = b"glibc-ld.so.cache1.1\0libopenblas.so.0\0/far/away/libopenblas.so.0\0/x\0"
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/ld.so.cache").write_bytes(cache)
    assert find_openblas(tmp_path, program) == cached
    cached.unlink()
    found = find_openblas(tmp_path, program)
    assert found == tmp_path / "usr/lib/libopenblas.so.0"


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("libopenblas64.so.0", HEAD),
        ("libopenblasp64_.so.0", HEAD),
        ("libopenblas.so.0", OTHER_MACHINE),
        ("libopenblas.so.0", b"GROUP ( -lopenblas )"),
        ("libopenblas.so.0", b""),
        ("libopenblas.a", HEAD),
    ],
)
def test_what_would_not_work_is_not_found(
    name: str, head: bytes, tmp_path: Path, program: str
) -> None:
    library(tmp_path, f"usr/lib/{name}", head)
    assert find_openblas(tmp_path, program) is None


def test_elsewhere_than_on_linux_there_is_none(
    tmp_path: Path, program: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    library(tmp_path, "usr/lib/libopenblas.so.0")
    monkeypatch.setattr(sys, "platform", "darwin")
    assert find_openblas(tmp_path, program) is None


def test_whether_a_process_has_it_loaded_is_read_from_its_map(tmp_path: Path) -> None:
    folder = tmp_path / "proc/7"
    folder.mkdir(parents=True)
    (folder / "maps").write_text("7f00-7f01 r-xp 0 08:01 5 /lib/libopenblas.so.0\n")
    assert loaded_by(7, tmp_path) is True
    (folder / "maps").write_text("7f00-7f01 r-xp 0 08:01 5 /lib/libc.so.6\n")
    assert loaded_by(7, tmp_path) is False
    assert loaded_by(8, tmp_path) is None
    assert loaded_by(os.getpid(), tmp_path) is None
