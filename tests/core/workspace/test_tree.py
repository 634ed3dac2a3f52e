"""Nothing but plain files of the work directory itself is read or written."""

import os
import socket
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from mux_tui.core.errors import UsageError
from mux_tui.core.workspace.refused import PathChanged, PathRefused
from mux_tui.core.workspace.seat import Mode
from mux_tui.core.workspace.spelling import alike
from mux_tui.core.workspace.tree import open_tree
from tests.core.workspace.trees import as_nobody, made, snapshot


def _written(root: Path, path: str, content: bytes = b"new\n") -> None:
    with open_tree(root) as tree:
        tree.write(path, content)


def _link(target: str) -> Callable[[Path], None]:
    return lambda work: (work / "x").symlink_to(target)


def _loop(work: Path) -> None:
    (work / "x").symlink_to("y")
    (work / "y").symlink_to("x")


def _linked(work: Path) -> None:
    (work / "x").hardlink_to(work.parent / "outside" / "secret.txt")


def _pipe(work: Path) -> None:
    os.mkfifo(work / "x")


def _nothing(_: Path) -> None:
    pass


def _socket(work: Path) -> None:
    here = os.getcwd()
    os.chdir(work)  # A socket's name may be a hundred bytes long.
    try:
        with socket.socket(socket.AF_UNIX) as server:
            server.bind("x")
    finally:
        os.chdir(here)


@pytest.mark.parametrize(
    ("prepare", "path", "why"),
    [
        (_link("../outside/secret.txt"), "x", "is a symbolic link"),
        (_link("../outside"), "x/secret.txt", "x is a symbolic link"),
        (_link("../outside"), "x/new/er.txt", "x is a symbolic link"),
        (_link("../outside/new.txt"), "x", "is a symbolic link"),
        (_link("keep.txt"), "x", "is a symbolic link"),
        (_link("sub"), "x/ok.txt", "x is a symbolic link"),
        (_loop, "x", "is a symbolic link"),
        (_loop, "x/y/z", "x is a symbolic link"),
        (_linked, "x", "has other names"),
        (_pipe, "x", "is a named pipe"),
        (_pipe, "x/y", "x is no directory"),
        (_socket, "x", "is a socket"),
        (_nothing, "sub", "is a directory"),
        (_nothing, "keep.txt/y", "keep.txt is no directory"),
    ],
)
def test_what_is_no_plain_file_is_refused_and_left_as_it_is(
    tmp_path: Path, prepare: Callable[[Path], None], path: str, why: str
) -> None:
    work = made(tmp_path / "work", {"keep.txt": "keep\n", "sub/ok.txt": "ok\n"})
    made(tmp_path / "outside", {"secret.txt": "secret\n"})
    prepare(work)
    before = snapshot(tmp_path)

    with open_tree(work) as tree:
        with pytest.raises(PathRefused) as refused:
            tree.look(path)
        assert refused.value.refusal.why.startswith(why)
        with pytest.raises(PathRefused) as refused:
            tree.read(path, 99)
        assert refused.value.refusal.why.startswith(why)
        with pytest.raises(PathRefused):
            tree.write(path, b"new\n")
    assert snapshot(tmp_path) == before


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("", "does not name a file"),
        (".", "does not name a file"),
        ("./", "does not name a file"),
        ("a//b", "does not name a file"),
        ("a/", "does not name a file"),
        ("..", "leads through a parent directory"),
        ("../outside/x", "leads through a parent directory"),
        ("sub/../../outside/x", "leads through a parent directory"),
        ("sub/../inside.txt", "leads through a parent directory"),
        ("/etc/passwd", "is not relative to the work directory"),
        ("a\0b", "holds a NUL"),
        ("n" * 300, "its name is too long (ENAMETOOLONG)"),
        ("d/" * 2500 + "f", "is too long"),
        ("\ud800", "is no name that a file can have"),
        (".git/hooks/pre-commit", "belongs to git"),
        ("sub/.GIT/config", "belongs to git"),
        (".git", "belongs to git"),
    ],
)
def test_names_that_mean_something_else_are_refused(
    tmp_path: Path, path: str, why: str
) -> None:
    work = made(tmp_path / "work", {"sub/ok.txt": "ok\n", ".git/config": "[core]\n"})
    before = snapshot(tmp_path)

    with pytest.raises(PathRefused) as refused:
        _written(work, path)

    assert refused.value.refusal.path == path
    assert refused.value.refusal.why == why
    assert "\n" not in str(refused.value)
    assert snapshot(tmp_path) == before


def test_devices_are_refused_without_being_opened() -> None:
    with open_tree(Path("/dev")) as tree, pytest.raises(PathRefused) as refused:
        tree.read("null", 10)

    assert refused.value.refusal.why == "is a device"


def test_other_file_systems_are_not_entered() -> None:
    with open_tree(Path("/")) as tree, pytest.raises(PathRefused) as refused:
        tree.look("dev/null")

    assert refused.value.refusal.why == "dev lies on another file system"


def test_a_name_that_looks_like_an_entry_is_refused(tmp_path: Path) -> None:
    composed, decomposed = "caf\u00e9.txt", "cafe\u0301.txt"
    work = made(tmp_path, {decomposed: "there\n", f"{decomposed}.d/f": "there\n"})

    for path in (composed, f"{composed}.d/f"):
        with pytest.raises(PathRefused) as refused:
            _written(work, path)
        assert "is there already, spelled 'cafe\\u0301" in refused.value.refusal.why
    _written(work, decomposed)

    assert (work / decomposed).read_text() == "new\n"


def test_case_counts_where_the_file_system_takes_it_for_one() -> None:
    names = ["a.txt", "README.md", "Stra\u00dfe"]

    assert alike("readme.MD", names, case=True) == "README.md"
    assert alike("STRASSE", names, case=True) == "Stra\u00dfe"
    assert alike("readme.MD", names, case=False) == ""
    assert alike("b.txt", names, case=True) == ""


def test_another_case_is_another_file_only_where_the_file_system_says_so(
    tmp_path: Path,
) -> None:
    work = made(tmp_path, {"UPPER/f": "old\n"})

    if not (work / "upper").exists():
        _written(work, "upper/f")
        assert (work / "UPPER" / "f").read_text() == "old\n"
        return
    with pytest.raises(PathRefused, match="spelled 'UPPER'"):
        _written(work, "upper/f")


def test_what_is_mux_s_own_is_not_entered(tmp_path: Path) -> None:
    work = made(tmp_path, {"own/objects/x": "kept\n", "f": "old\n"})

    with open_tree(work, closed=(work / "own", work / "missing")) as tree:
        for path in ("own/objects/x", "own/new"):
            with pytest.raises(PathRefused) as refused:
                tree.write(path, b"")
            assert refused.value.refusal.why == "own belongs to mux itself"


def test_permission_denied_is_told(open_place: Path) -> None:
    work = made(open_place / "work", {"closed/f": "old\n", "dark": "old\n"})
    (work / "dark").chmod(0)
    (work / "closed").chmod(0o555)

    with as_nobody(work, work / "dark", work / "closed", work / "closed" / "f"):
        for path in ("closed/f", "closed/new", "closed/sub/new", "dark"):
            with pytest.raises(PathRefused) as refused:
                _written(work, path)
            assert refused.value.refusal.path == path
            assert refused.value.refusal.why.endswith("permission denied (EACCES)")
        assert os.listdir(work / "closed") == ["f"]


def test_a_work_directory_behind_a_link_is_the_one_it_leads_to(tmp_path: Path) -> None:
    work = made(tmp_path / "work", {})
    (tmp_path / "worklink").symlink_to("work")

    _written(tmp_path / "worklink", "in/side.txt")

    assert (work / "in" / "side.txt").read_text() == "new\n"
    with open_tree(tmp_path / "worklink") as tree:
        assert tree.root == work.resolve()


@pytest.mark.parametrize("name", ["missing", "file"])
def test_a_root_that_is_no_directory_is_refused(tmp_path: Path, name: str) -> None:
    made(tmp_path, {"file": ""})

    with pytest.raises(UsageError, match="cannot work in"), open_tree(tmp_path / name):
        pass


@pytest.mark.parametrize(
    ("mode", "executable", "after"),
    [
        (0o640, False, 0o640),
        (0o755, True, 0o755),
        (0o755, False, 0o644),
        (0o644, True, 0o755),
        (0o600, True, 0o700),
        (0o6755, True, 0o755),
        (0o1777, True, 0o777),
        (0o400, False, 0o400),
    ],
)
def test_permissions_stay_but_for_execution_and_power(
    tmp_path: Path, mode: int, executable: bool, after: int
) -> None:
    work = made(tmp_path, {"f": "old\n"})
    (work / "f").chmod(mode)

    with open_tree(work) as tree:
        tree.write("f", b"new\n", executable)

    assert stat.S_IMODE((work / "f").stat().st_mode) == after
    assert os.listdir(work) == ["f"]


@pytest.mark.parametrize(
    ("umask", "executable", "after"),
    [
        (0o022, False, 0o644),
        (0o022, True, 0o755),
        (0o077, True, 0o700),
        (0o000, False, 0o666),
    ],
)
def test_new_files_honour_the_umask(
    tmp_path: Path, umask: int, executable: bool, after: int
) -> None:
    old = os.umask(umask)
    try:
        with open_tree(tmp_path) as tree:
            tree.write("deep/er/f", b"new\n", executable)
    finally:
        os.umask(old)

    assert stat.S_IMODE((tmp_path / "deep/er/f").stat().st_mode) == after
    assert stat.S_IMODE((tmp_path / "deep").stat().st_mode) == 0o777 & ~umask


def test_owner_and_attributes_stay_where_they_can(tmp_path: Path) -> None:
    work = made(tmp_path, {"f": "old\n"})
    if os.geteuid() == 0:
        os.chown(work / "f", 65534, 65534)
    if labelled := hasattr(os, "setxattr"):
        os.setxattr(work / "f", "user.mux", b"label")
    before = (work / "f").stat()

    _written(work, "f")

    after = (work / "f").stat()
    assert (after.st_uid, after.st_gid) == (before.st_uid, before.st_gid)
    assert after.st_ino != before.st_ino
    assert not labelled or os.getxattr(work / "f", "user.mux") == b"label"


def test_an_owner_that_cannot_be_kept_is_told(open_place: Path) -> None:
    work = made(open_place / "work", {"f": "old\n"})
    (work / "f").chmod(0o666)

    with as_nobody(work), open_tree(work) as tree:
        mine = (work / "f").stat().st_uid == os.geteuid()
        staged = tree.stage("f", "waiting", b"new\n", Mode(0o666), [])

    assert staged.note == ("" if mine else "its owner could not be kept")


def test_a_file_is_read_up_to_a_limit(tmp_path: Path) -> None:
    work = made(tmp_path, {"f": "12345"})
    (work / "f").chmod(0o640)

    with open_tree(work) as tree:
        assert tree.read("f", 5) == (b"12345", 0o640)
        assert tree.read("missing", 5) is None
        assert tree.read("missing/too", 5) is None
        with pytest.raises(PathRefused, match="larger than 4 bytes"):
            tree.read("f", 4)


def test_what_changed_meanwhile_is_never_replaced_or_deleted(tmp_path: Path) -> None:
    work = made(tmp_path, {"f": "edited\n"})

    with open_tree(work) as tree:
        tree.stage("f", "waiting", b"new\n", Mode(0o644), [])
        for before in ("", "0" * 64):
            with pytest.raises(PathChanged):
                tree.place("f", "waiting", before)
            with pytest.raises(PathChanged):
                tree.remove("f", before)
        tree.unstage("f", "waiting")

    assert snapshot(work) == {"f": (f"{(work / 'f').stat().st_mode:o}", b"edited\n")}
