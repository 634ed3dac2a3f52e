"""Places for work directories and archives."""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from mux_tui.core.workspace.archive import Archive


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """An archive that is not there yet."""
    return Archive(tmp_path / "kept" / "changes")


@pytest.fixture
def open_place() -> Iterator[Path]:
    """A directory that other users can reach, unlike pytest's own."""
    place = Path(tempfile.mkdtemp(prefix="mux-test-"))
    place.chmod(0o777)
    yield place
    for folder in [place, *(path for path in place.rglob("*") if path.is_dir())]:
        folder.chmod(0o700)
    shutil.rmtree(place)


@dataclass(frozen=True)
class Full:
    """A place with room for two megabytes."""

    place: Path
    words: str
    """What is said there of a file that is larger."""


_MAY_MOUNT = sys.platform == "linux" and os.geteuid() == 0
_LIMITS = ("file size", "file system") if _MAY_MOUNT else ("file size",)
"""Only root may mount a small file system; a limit on files does as well for others."""


@pytest.fixture(params=_LIMITS)
def full(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Full]:
    """A place that is soon full, in every way that can be had here."""
    place = tmp_path / "small"
    place.mkdir()
    if request.param == "file size":
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (2 << 20, hard))
        yield Full(place, "it is larger than files may be here (EFBIG)")
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        return
    tmpfs = ["mount", "-t", "tmpfs", "-o", "size=2m,mode=777", "tmpfs"]
    subprocess.run([*tmpfs, place], check=True)
    yield Full(place, "no space is left on the device (ENOSPC)")
    subprocess.run(["umount", place], check=True)
