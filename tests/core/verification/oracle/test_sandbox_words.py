"""What a sandbox is told: as text, on every system."""

import sys
from pathlib import Path

import pytest

from mux_tui.core.verification.oracle import bwrap, seatbelt
from mux_tui.core.verification.oracle.environment import tool_environment
from mux_tui.core.verification.oracle.places import hidden_folders, tool_folders
from mux_tui.core.verification.oracle.sandbox import find_sandbox


def test_a_seatbelt_profile_denies_first_and_allows_last(tmp_path: Path) -> None:
    view = seatbelt.View(
        hidden=[tmp_path / "home"],
        tools=[tmp_path / "home/.nvm"],
        writable=[tmp_path / "copy"],
    )
    text = seatbelt.profile(view)
    lines = text.split("\n")
    root = tmp_path.resolve()

    assert lines[0] == "(version 1)"
    assert "(deny network*)" in lines
    assert "(deny file-write*)" in lines
    order = [
        f'(deny file-read* (subpath "{root}/home"))',
        f'(allow file-read* (subpath "{root}/home/.nvm"))',
        f'(allow file-read* file-write* (subpath "{root}/copy"))',
    ]
    places = [lines.index(line) for line in order]
    assert places == sorted(places)
    assert text.count("(") == text.count(")")


def test_a_path_cannot_add_rules_to_a_profile(tmp_path: Path) -> None:
    evil = tmp_path / 'a")) (allow network*) ((x "'
    view = seatbelt.View([], [], [evil])

    assert '\\")) (allow network*) ((x \\"' in seatbelt.profile(view)
    assert "\n(allow network*)" not in seatbelt.profile(view)


def test_later_words_of_bwrap_lie_over_earlier_ones() -> None:
    view = bwrap.View(
        hidden=[Path("/home")],
        secrets=[Path("/etc/shadow")],
        tools=[Path("/home/u/.cargo/bin")],
        private=Path("/tmp/own"),
        scratch=Path("/var/copy"),
        project=Path("/home/u/project"),
        lent=[Path("/home/u/project/.venv")],
    )
    words = bwrap.words("/usr/bin/bwrap", view, "web", ["make", "--", "test"])
    text = " ".join(words)

    order = [
        "--ro-bind / /",
        "--tmpfs /home",
        "--ro-bind /home/u/.cargo/bin /home/u/.cargo/bin",
        "--bind /tmp/own /tmp",
        "--bind /var/copy /home/u/project",
        "--ro-bind /home/u/project/.venv /home/u/project/.venv",
        "--chdir /home/u/project/web",
        "-- make -- test",
    ]
    places = [text.index(part) for part in order]
    assert places == sorted(places)
    assert {"--unshare-net", "--unshare-pid", "--die-with-parent"} < set(words)


def test_a_home_is_hidden_but_for_its_tool_chains(tmp_path: Path) -> None:
    home = tmp_path / "home"
    for folder in (".ssh", ".cargo/bin", ".pyenv", ".config", "project/.venv/bin"):
        (home / folder).mkdir(parents=True)
    program = home / "project/.venv/bin/python"
    program.symlink_to(sys.executable)

    hidden = hidden_folders(home)
    tools = tool_folders(home, hidden, [program], [str(home), "/", str(home / "no")])

    assert home.resolve() in hidden
    assert {home / ".cargo/bin", home / ".pyenv", home / "project/.venv"} <= set(tools)
    assert not {home / ".ssh", home / ".config", home, Path("/")} & set(tools)


async def test_no_program_is_no_sandbox_and_says_so() -> None:
    for platform, name in (("linux", "bwrap"), ("darwin", "sandbox-exec")):
        found = await find_sandbox({"PATH": ""}, platform)
        assert not found.real
        assert f"not sandboxed: {name} is not installed" in found.note


async def test_an_unknown_system_has_no_sandbox() -> None:
    assert not (await find_sandbox({"PATH": "/usr/bin"}, "win32")).real


async def test_a_sandbox_that_does_not_work_here_is_none(tmp_path: Path) -> None:
    program = tmp_path / "bwrap"
    program.write_text("#!/bin/sh\necho 'no namespaces here' >&2\nexit 1\n")
    program.chmod(0o755)

    found = await find_sandbox({"PATH": str(tmp_path)}, "linux")

    assert found.kind == "none"
    assert "does not work here (no namespaces here)" in found.note


async def test_a_sandbox_is_not_looked_for_in_relative_directories(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "bwrap"
    program.write_text("#!/bin/sh\nexit 0\n")
    program.chmod(0o755)
    monkeypatch.chdir(tmp_path)

    assert not (await find_sandbox({"PATH": ".:"}, "linux")).real


def test_credentials_are_not_passed_on(tmp_path: Path) -> None:
    variables = {
        "PATH": "/usr/bin:relative:.",
        "LANG": "C.UTF-8",
        "LC_ALL": "C",
        "HOME": str(tmp_path),
        "AWS_SECRET_ACCESS_KEY": "x",
        "ANTHROPIC_API_KEY": "x",
        "GITHUB_TOKEN": "x",
        "SSH_AUTH_SOCK": "x",
        "HTTPS_PROXY": "http://user:secret@x",
        "MUX_HOME": "x",
        "NODE_OPTIONS": "--require=x",
        "PYTHONSTARTUP": "x",
        "LD_PRELOAD": "x",
    }
    given = tool_environment(
        variables,
        home=tmp_path,
        private=tmp_path / "own",
        imports=None,
        lent=[tmp_path / ".venv", tmp_path / "node_modules"],
    )
    assert "x" not in given.values()
    assert "HTTPS_PROXY" not in given
    assert given["LANG"] == "C.UTF-8"
    assert given["HOME"] == str(tmp_path / "own/home")
    assert given["PATH"].split(":") == [
        str(tmp_path / ".venv/bin"),
        str(tmp_path / "node_modules/.bin"),
        "/usr/bin",
    ]
