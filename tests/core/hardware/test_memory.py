"""The smaller of the machine's memory and our limit is what there is."""

from pathlib import Path

import psutil
import pytest

from mux_tui.core.hardware.memory import free_disk, memory

GB = 1 << 30


def write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def test_without_a_limit_the_machine_counts(tmp_path: Path) -> None:
    found = memory(tmp_path)
    assert found.total == psutil.virtual_memory().total
    assert 0 < found.available <= found.total
    assert not found.limited


def test_the_tightest_group_around_us_wins(tmp_path: Path) -> None:
    group = "sys/fs/cgroup/user.slice"
    root = write(
        tmp_path,
        {
            "proc/self/cgroup": "0::/user.slice/job\n",
            "sys/fs/cgroup/memory.max": "max\n",
            f"{group}/memory.max": f"{GB}\n",
            f"{group}/memory.current": f"{GB // 2}\n",
            f"{group}/memory.stat": f"anon 5\ninactive_file {GB // 4}\n",
            f"{group}/job/memory.max": f"{2 * GB}\n",
            f"{group}/job/memory.current": "0\n",
        },
    )
    found = memory(root)
    assert (found.total, found.available) == (GB, 3 * GB // 4)
    assert found.limited


def test_groups_of_the_first_kind_count_too(tmp_path: Path) -> None:
    root = write(
        tmp_path,
        {
            "proc/self/cgroup": "7:cpu,cpuacct:/x\n5:memory:/x\n",
            "sys/fs/cgroup/memory/x/memory.limit_in_bytes": f"{GB}",
            "sys/fs/cgroup/memory/x/memory.usage_in_bytes": f"{2 * GB}",
            "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712",
        },
    )
    found = memory(root)
    assert (found.total, found.available) == (GB, 0)


def test_inside_a_container_the_mount_is_our_own(tmp_path: Path) -> None:
    root = write(
        tmp_path,
        {
            "proc/self/cgroup": "0::/docker/0123456789\n",
            "sys/fs/cgroup/memory.max": f"{GB}",
        },
    )
    assert memory(root).total == GB


@pytest.mark.parametrize("text", ["", "garbage", "-5", "9" * 40, "12 34"])
def test_a_limit_that_makes_no_sense_is_none(text: str, tmp_path: Path) -> None:
    root = write(
        tmp_path,
        {"proc/self/cgroup": "0::/\nx\n", "sys/fs/cgroup/memory.max": text},
    )
    assert not memory(root).limited


def test_free_disk_of_what_is_not_there_yet(tmp_path: Path) -> None:
    there = free_disk(tmp_path)
    assert there is not None
    assert there > 0
    assert free_disk(tmp_path / "a" / "b") is not None
