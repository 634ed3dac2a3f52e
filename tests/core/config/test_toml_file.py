"""A file that is no settings file is refused with its reason, and quickly."""

import os
import socket
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mux_tui.core.config.settings import Settings
from mux_tui.core.config.toml_file import Unreadable, parse, read_toml
from tests.core.config.conftest import Setup


@pytest.mark.parametrize(
    "content", [b"", b"\n\n", b"# only a comment", b"\xef\xbb\xbf"]
)
def test_a_file_without_settings_is_no_error(content: bytes, setup: Setup) -> None:
    setup.write_user(content)
    assert setup.load().settings == Settings()


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf[server]\nport = 7\n",
        b"[server]\r\nport = 7\r\n",
        b"[server]\nport = 7",
        b"server = {port = 7}",
        b"server.port = 7",
        b"[server]\nport = 0x7 # hex",
    ],
)
def test_every_way_of_writing_toml_is_read(content: bytes, setup: Setup) -> None:
    setup.write_user(content)
    assert setup.load().settings.server.port == 7


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"[server]\nport = \n", ":2: is not TOML: Invalid value"),
        (b"[server]\nport = 1\nport = 2\n", ":3: is not TOML: the same key twice"),
        (b"[server]\n\n[server]\n", ":3: is not TOML: "),
        (b'[server]\nx = "open\n', ":2: is not TOML: "),
        (b"[router]\nkeywords = [\n", ":2: is not TOML: "),
        (b"[server]\nport = \xff\n", ":2: is not UTF-8"),
        (b"[server]\0\n", ":1: is not TOML: "),
        (b"x = " + b"9" * 5000, ": is not TOML: "),
        (b"x = " + b"[" * 3000, ": is nested too deeply"),
        (b"\n" + b"a." * 20_000 + b"a = 1", ":2: is nested too deeply"),
        (b"[" + b"'a' . " * 20_000 + b"a]", ":1: is nested too deeply"),
        (b"#" * 300_000, ": is larger than 262,144 bytes"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_wrong_text_is_one_line_that_says_where(
    content: bytes, told: str, setup: Setup
) -> None:
    setup.write_user(content)
    began = time.process_time()
    (problem,) = setup.problems()
    assert time.process_time() - began < 1
    assert problem.startswith(f"{setup.user}{told}")
    assert len(problem) < len(str(setup.user)) + 200


def test_a_directory_is_no_settings_file(setup: Setup) -> None:
    setup.user.mkdir(parents=True)
    assert setup.problems() == (f"{setup.user}: is not a regular file",)


def test_a_named_pipe_does_not_keep_mux_waiting(setup: Setup) -> None:
    setup.user.parent.mkdir(parents=True)
    os.mkfifo(setup.user)
    assert setup.problems() == (f"{setup.user}: is not a regular file",)


def test_a_device_without_end_is_not_read(setup: Setup) -> None:
    setup.user.parent.mkdir(parents=True)
    setup.user.symlink_to("/dev/zero")
    assert setup.problems() == (f"{setup.user}: is not a regular file",)


def test_a_huge_file_is_not_read_to_its_end(setup: Setup) -> None:
    setup.write_user(b"")
    os.truncate(setup.user, 100 * 1024 * 1024)
    assert setup.problems() == (f"{setup.user}: is larger than 262,144 bytes",)


def test_a_link_in_a_circle_is_one_line(setup: Setup) -> None:
    setup.user.parent.mkdir(parents=True)
    setup.user.symlink_to(setup.user)
    (problem,) = setup.problems()
    assert problem.startswith(f"{setup.user}: cannot be read: ")


def test_a_socket_is_one_line(
    tmp_path: Path, setup: Setup, monkeypatch: pytest.MonkeyPatch
) -> None:
    setup.user.parent.mkdir(parents=True)
    monkeypatch.chdir(setup.user.parent)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(setup.user.name)
        assert len(setup.problems()) == 1


def test_a_link_is_followed(setup: Setup, tmp_path: Path) -> None:
    target = tmp_path / "dotfiles.toml"
    target.write_text("[server]\nport = 7\n")
    setup.user.parent.mkdir(parents=True)
    setup.user.symlink_to(target)
    assert setup.load().settings.server.port == 7


def test_a_link_to_nothing_is_no_file(setup: Setup) -> None:
    setup.user.parent.mkdir(parents=True)
    setup.user.symlink_to("nowhere")
    assert setup.load().settings == Settings()


def test_a_projects_file_is_read_with_the_same_care(setup: Setup) -> None:
    os.mkfifo(setup.project / ".mux.toml")
    assert setup.problems() == (
        f"{setup.project / '.mux.toml'}: is not a regular file",
    )


def test_a_missing_directory_is_a_missing_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert read_toml(tmp_path / "none" / "config.toml") is None
    assert read_toml(tmp_path / "file" / "config.toml") is None


@given(st.binary(max_size=200))
def test_any_bytes_are_a_table_or_one_reason(raw: bytes) -> None:
    why = _reason(raw)
    assert why is None or why


@given(st.text(st.sampled_from("[]{}=.,'\"\\\n ab1#"), max_size=60))
def test_any_text_of_toml_marks_is_a_table_or_one_reason(text: str) -> None:
    why = _reason(text.encode())
    assert why is None or (why and "\n" not in why)


def _reason(raw: bytes) -> str | None:
    """Why it is no TOML; None: it is."""
    try:
        parse(raw)
    except Unreadable as error:
        return error.why

    return None
