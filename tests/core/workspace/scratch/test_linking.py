"""Lending a copy what was left out: only while it is needed, and only links."""

from pathlib import Path

import pytest

from mux_tui.core.change import FileChange
from mux_tui.core.workspace.refused import PathRefused
from mux_tui.core.workspace.scratch import (
    ScratchOptions,
    changes_in,
    linked,
    put,
    scratch_copy,
)


@pytest.fixture
def packages(root: Path) -> Path:
    """Installed packages of the project, at its top and further down."""
    for folder in (root, root / "web"):
        (folder / "node_modules" / "p").mkdir(parents=True)
        (folder / "node_modules" / "p" / "index.js").write_text("x")
    (root / "web" / "page.js").write_text("y")
    return root / "node_modules"


async def test_packages_are_lent_and_taken_back(
    root: Path, place: Path, options: ScratchOptions, packages: Path
) -> None:
    async with scratch_copy(root, place, options) as copy:
        assert copy.lendable == ("node_modules", "web/node_modules")
        with linked(copy, copy.lendable) as lent:
            assert lent == (packages, root / "web" / "node_modules")
            for folder in ("", "web/"):
                module = copy.path / f"{folder}node_modules" / "p" / "index.js"
                assert module.read_text() == "x"
            assert (await changes_in(copy)).changes.changes == ()
            assert (await changes_in(copy)).changes.refused == ()
        assert not (copy.path / "node_modules").is_symlink()
        assert not (copy.path / "web" / "node_modules").is_symlink()

    assert (packages / "p" / "index.js").read_text() == "x"


async def test_a_draft_is_not_written_through_what_is_lent(
    root: Path, place: Path, options: ScratchOptions, packages: Path
) -> None:
    async with scratch_copy(root, place, options) as copy:
        with linked(copy, ["node_modules"]):
            for change in (
                FileChange("node_modules/p/index.js", b"x", b"evil"),
                FileChange("node_modules/new.js", None, b"evil"),
            ):
                with pytest.raises(PathRefused, match="link"):
                    put(copy, [change])

    assert [path.name for path in packages.iterdir()] == ["p"]


async def test_cleaning_up_leaves_what_was_lent_alone(
    root: Path, place: Path, options: ScratchOptions, packages: Path
) -> None:
    """Even if the links are still there when the copy goes."""
    async with scratch_copy(root, place, options) as copy:
        (copy.path / "node_modules").symlink_to(packages)

    assert (packages / "p" / "index.js").exists()


async def test_only_what_was_left_out_is_lent_and_nothing_is_replaced(
    root: Path, place: Path, options: ScratchOptions, packages: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    async with scratch_copy(root, place, options) as copy:
        (copy.path / "node_modules").mkdir()
        (copy.path / "web" / "page.js").unlink()
        (copy.path / "web").rmdir()
        (copy.path / "web").symlink_to(outside)
        names = ["node_modules", "web/node_modules", "src", "../x", "/etc", "missing"]
        with linked(copy, names) as lent:
            assert lent == ()
        assert (copy.path / "node_modules").is_dir()

    assert list(outside.iterdir()) == []


async def test_an_empty_directory_where_packages_were_mounted_is_no_news(
    root: Path, place: Path, options: ScratchOptions, packages: Path
) -> None:
    async with scratch_copy(root, place, options) as copy:
        (copy.path / "node_modules").mkdir()
        assert (await changes_in(copy)).left_behind == ()
        (copy.path / "node_modules" / "new").mkdir()
        left = (await changes_in(copy)).left_behind
        assert [one.path for one in left] == ["node_modules"]
