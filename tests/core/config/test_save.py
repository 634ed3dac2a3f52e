"""One setting changes, and not one byte more."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mux_tui.core.config.edit import NotEditable, with_value
from mux_tui.core.config.replace import locked, replace_file
from mux_tui.core.config.save import set_value, unset_value
from mux_tui.core.config.template import starting_text
from mux_tui.core.config.toml_file import parse
from mux_tui.core.errors import ConfigError, EnvironmentProblem
from tests.core.config.conftest import Setup

_OWN = b"""\
# My settings.

[server]  # the server
port   =   1 # mine
autostart = true


# About the router.
[router]
min_confidence = 0.5
keywords = [ 'a',  "b" ] # quotes as I like them
"""


def test_a_missing_file_is_made_for_its_owner_alone(setup: Setup) -> None:
    change = set_value(setup.user, "providers.claude.model", "sonnet")
    assert setup.user.read_bytes() == b'[providers.claude]\nmodel = "sonnet"\n'
    assert (change.before, change.after) == (None, "sonnet")
    assert setup.user.stat().st_mode & 0o777 == 0o600
    assert setup.user.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    "ends", [b"\n", b"\r\n"], ids=["line feed", "carriage return, line feed"]
)
@pytest.mark.parametrize("last", [True, False], ids=["final line end", "none"])
def test_only_the_line_of_the_setting_differs(
    ends: bytes, last: bool, setup: Setup
) -> None:
    own = (_OWN if last else _OWN.rstrip(b"\n")).replace(b"\n", ends)
    setup.write_user(own)
    change = set_value(setup.user, "server.port", "2")
    assert setup.user.read_bytes() == own.replace(b"=   1 #", b"=   2 #")
    assert (change.before, change.after) == (1, 2)
    set_value(setup.user, "server.port", "1")
    assert setup.user.read_bytes() == own


@pytest.mark.parametrize(
    ("before", "key", "raw", "after"),
    [
        (b"server.port = 1\n", "server.port", "2", b"server.port = 2\n"),
        (b"server={port = 1}", "server.port", "2", b"server={port = 2}"),
        (
            b"[server]\r\nport = 1",
            "server.openblas",
            "false",
            b"[server]\r\nport = 1\r\nopenblas = false",
        ),
        (
            b"\xef\xbb\xbf[server]\nport = 1\n",
            "server.port",
            "2",
            b"\xef\xbb\xbf[server]\nport = 2\n",
        ),
        (
            b"[cloud]\norder = [\n  'codex', # x\n]\n# end\n",
            "cloud.order",
            "gemini",
            b'[cloud]\norder = ["gemini"]\n# end\n',
        ),
        (
            b"[server]\nport = 1\n\n[limits]\n",
            "server.openblas",
            "false",
            b"[server]\nport = 1\nopenblas = false\n\n[limits]\n",
        ),
        (
            b"# just a remark",
            "server.port",
            "2",
            b"# just a remark\n[server]\nport = 2",
        ),
    ],
)
def test_the_files_own_layout_is_kept(
    before: bytes, key: str, raw: str, after: bytes, setup: Setup
) -> None:
    setup.write_user(before)
    set_value(setup.user, key, raw)
    assert setup.user.read_bytes() == after


def test_the_same_value_again_writes_nothing(setup: Setup) -> None:
    setup.write_user(_OWN)
    before = setup.user.stat()
    set_value(setup.user, "server.port", "1")
    assert setup.user.stat().st_mtime_ns == before.st_mtime_ns
    assert setup.user.stat().st_ino == before.st_ino


@pytest.mark.parametrize(
    ("key", "raw", "told"),
    [
        ("server.prot", "1", "unknown setting server.prot, nearest is server.port"),
        ("server", "1", "server is a table of settings, not a setting"),
        ("server.port", "x", "server.port must be a whole number from 0 to 65535"),
        ("server.port", "1\nautostart = false", "server.port must be a whole number"),
        ("cloud.order", '["x"]', "cloud.order must be a list of"),
        ("", "1", "unknown setting"),
    ],
)
def test_a_wrong_change_is_refused_and_nothing_is_made(
    key: str, raw: str, told: str, setup: Setup
) -> None:
    with pytest.raises(ConfigError) as caught:
        set_value(setup.user, key, raw)
    assert str(caught.value).startswith(told)
    assert not setup.user.exists()


@pytest.mark.parametrize(
    "own",
    [
        b"[server]\nport = 70000\n",
        b"[server]\nprot = 1\n",
        b"[server\n",
        b"server = 5\n",
        b"[[server]]\nport = 1\n",
        b"\xff",
    ],
)
def test_a_file_that_is_wrong_elsewhere_is_left_alone(own: bytes, setup: Setup) -> None:
    setup.write_user(own)
    with pytest.raises(ConfigError):
        set_value(setup.user, "server.openblas", "false")
    assert setup.user.read_bytes() == own


@pytest.mark.parametrize(
    "own",
    [
        b"[providers.local]\nmodel = 'a'\n[server]\nport = 1\n[providers.claude]\n",
        b"[providers]\n[server]\n[providers.local]\n",
        b"providers.local.model = 'a'\n[providers.claude]\nmodel = 'b'\n",
    ],
)
def test_scattered_tables_keep_their_places(own: bytes, setup: Setup) -> None:
    setup.write_user(own)
    set_value(setup.user, "providers.claude.model", "c")
    assert setup.load().settings.providers.claude.model == "c"
    lines = iter(setup.user.read_bytes().split(b"\n"))
    kept = [line for line in own.split(b"\n") if b"'b'" not in line]
    assert all(line in lines for line in kept), "the order has changed"


_SCATTERED = b"[a.b]\n[a.b.c.d]\n[a.b.c]\n[server]\n[a.b.c.e]\n"
"""Valid TOML that the editing library refuses in some of its versions."""


def test_toml_that_cannot_be_edited_is_left_alone(setup: Setup) -> None:
    setup.write_user(_SCATTERED)
    with pytest.raises(ConfigError) as caught:
        set_value(setup.user, "server.port", "1")
    assert "\n" not in str(caught.value)
    assert setup.user.read_bytes() == _SCATTERED


def test_a_library_that_spoils_the_text_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    content = parse(_OWN)
    for spoilt in (
        "[server]\nport = 2\n",
        _OWN.decode().replace("port   =   1", "port = 2").replace("# My", "# Your"),
        _OWN.decode(),
        "not TOML",
    ):
        monkeypatch.setattr("tomlkit.dumps", Mock(return_value=spoilt))
        with pytest.raises(NotEditable):
            with_value(content, ("server", "port"), 2)


def test_a_link_stays_a_link(setup: Setup, tmp_path: Path) -> None:
    target = tmp_path / "dotfiles" / "mux.toml"
    target.parent.mkdir()
    target.write_bytes(_OWN)
    setup.user.parent.mkdir(parents=True)
    setup.user.symlink_to(Path("../../dotfiles/mux.toml"))
    set_value(setup.user, "server.port", "2")
    assert setup.user.is_symlink()
    assert b"=   2 #" in target.read_bytes()


def test_unset_takes_the_line_out(setup: Setup) -> None:
    setup.write_user(_OWN)
    change = unset_value(setup.user, "server.port")
    assert setup.user.read_bytes() == _OWN.replace(b"port   =   1 # mine\n", b"")
    assert (change.before, change.after) == (1, None)


def test_unset_mends_a_file_with_wrong_names(setup: Setup) -> None:
    setup.write_user(b"[server]\nprot = 1\nport = 2\n[nope]\nx = 1\n")
    unset_value(setup.user, "server.prot")
    assert setup.user.read_bytes() == b"[server]\nport = 2\n[nope]\nx = 1\n"


def test_unset_of_what_is_not_there_changes_nothing(setup: Setup) -> None:
    assert unset_value(setup.user, "server.port").after is None
    assert not setup.user.exists()
    with pytest.raises(ConfigError, match="nearest is server.port"):
        unset_value(setup.user, "server.prot")


def test_unset_does_not_take_out_a_whole_table(setup: Setup) -> None:
    setup.write_user(_OWN)
    with pytest.raises(ConfigError, match="a table of settings"):
        unset_value(setup.user, "server")
    assert setup.user.read_bytes() == _OWN


def test_a_file_changed_meanwhile_is_not_overwritten(setup: Setup) -> None:
    setup.write_user(b"new\n")
    with locked(setup.user), pytest.raises(ConfigError, match="changed on disk"):
        replace_file(setup.user, b"old\n", b"mine\n")
    assert setup.user.read_bytes() == b"new\n"
    assert os.listdir(setup.user.parent) == ["config.toml"]


def test_a_file_made_meanwhile_is_not_overwritten(setup: Setup) -> None:
    setup.write_user(b"new\n")
    with locked(setup.user), pytest.raises(ConfigError, match="changed on disk"):
        replace_file(setup.user, None, b"mine\n")


def test_what_a_killed_save_left_is_removed(setup: Setup) -> None:
    setup.write_user(_OWN)
    old = setup.user.with_name(".config.toml.1.1.tmp")
    young = setup.user.with_name(".config.toml.2.2.tmp")
    for path in (old, young):
        path.write_bytes(b"")
    os.utime(old, (1, 1))
    set_value(setup.user, "server.port", "2")
    assert not old.exists()
    assert young.exists()


def test_a_directory_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EnvironmentProblem, match="not a directory"):
        set_value(tmp_path / "file" / "config.toml", "server.port", "1")


_ON_A_FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from typing import Any
from unittest.mock import Mock
from mux_tui.core.config.save import set_value
from mux_tui.core.errors import EnvironmentProblem
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (16, 16))
try:
    set_value(Path(sys.argv[1]), "server.port", "2")
except EnvironmentProblem as error:
    sys.stdout.write(str(error))
"""


def test_on_a_full_disk_the_old_file_stays_whole(setup: Setup) -> None:
    setup.write_user(_OWN)
    done = _python(_ON_A_FULL_DISK, str(setup.user))
    assert done.startswith(f"cannot save {setup.user}: ")
    assert setup.user.read_bytes() == _OWN
    assert os.listdir(setup.user.parent) == ["config.toml"]


_SAVING = """
import sys
from pathlib import Path
from typing import Any
from unittest.mock import Mock
from mux_tui.core.config.save import set_value
for _ in range(int(sys.argv[3])):
    set_value(Path(sys.argv[1]), sys.argv[2], sys.argv[4])
    set_value(Path(sys.argv[1]), sys.argv[2], sys.argv[5])
"""


def test_two_that_save_at_once_lose_nothing(setup: Setup) -> None:
    setup.write_user(_OWN)
    port = ["server.port", "10", "5", "6"]
    confidence = ["router.min_confidence", "10", "0.8", "0.9"]
    children = [
        subprocess.Popen([sys.executable, "-c", _SAVING, str(setup.user), *words])
        for words in (port, confidence)
    ]
    assert [child.wait(60) for child in children] == [0, 0]
    expected = _OWN.replace(b"=   1 #", b"=   6 #").replace(b"0.5", b"0.9")
    assert setup.user.read_bytes() == expected


@pytest.mark.slow
def test_killed_while_saving_the_file_is_always_whole(setup: Setup) -> None:
    setup.write_user(_OWN)
    whole = {_OWN.replace(b"=   1 #", f"=   {n} #".encode()) for n in range(1, 3)}
    for delay in range(25):
        child = subprocess.Popen(
            [sys.executable, "-c", _SAVING, str(setup.user)]
            + ["server.port", "100000", "2", "1"]
        )
        inode = setup.user.stat().st_ino
        while setup.user.stat().st_ino == inode:
            assert child.poll() is None
        for _ in range(delay * 20):
            assert setup.user.read_bytes() in whole
        child.kill()
        child.wait(10)
        assert setup.user.read_bytes() in whole


@given(
    st.integers(0, 65_535),
    st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=9), max_size=3),
)
def test_any_value_is_saved_as_itself(port: int, words: list[str]) -> None:
    content = parse(with_value(parse(_OWN), ("server", "port"), port))
    content = parse(with_value(content, ("router", "keywords"), words))
    assert content.table["server"]["port"] == port
    assert content.table["router"]["keywords"] == words
    assert content.table["router"]["min_confidence"] == 0.5


def test_a_new_file_to_edit_sets_nothing_and_names_everything(setup: Setup) -> None:
    text = starting_text()
    assert not [value for value in tomllib.loads(text).values() if not _empty(value)]
    setup.write_user(text)
    assert setup.load().settings.server.port == 0
    setup.write_user(text.replace("#port = 0\n", "port = 7\n", 1))
    assert setup.load().settings.server.port == 7


def _empty(table: Any) -> bool:
    return isinstance(table, dict) and all(_empty(part) for part in table.values())  # pyright: ignore[reportUnknownVariableType]


def _python(program: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout
