"""`mux completion`: scripts that shells take, and that know every command."""

import shutil
import subprocess
from pathlib import Path

import pytest

from mux_tui.__main__ import main
from mux_tui.cli.commands.completion import SHELLS
from mux_tui.cli.completing import completion_script
from mux_tui.cli.diagnostics import ExitCode
from mux_tui.cli.parser import NAMES
from mux_tui.cli.spec.commands import commands

ASK = """
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}
function=$(complete -p mux | sed 's/.*-F \\([^ ]*\\).*/\\1/')
"$function" mux "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the scripts of all shells are."""
    made = tmp_path_factory.mktemp("scripts")
    for shell in SHELLS:
        (made / shell).write_text(completion_script(shell), encoding="utf-8")
    return made


def completed(folder: Path, *words: str) -> list[str]:
    """What bash offers for the last of these words."""
    command = ["bash", "--norc", "-c", ASK, "bash", str(folder / "bash"), *words]
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=folder, timeout=30, check=True
    )
    assert done.stderr == ""
    return done.stdout.split()


def parsed_by(shell: str, script: Path) -> None:
    """Have the shell itself read the script, where it is installed."""
    if program := shutil.which(shell):
        subprocess.run([program, "-n", str(script)], check=True, timeout=30)


@pytest.mark.parametrize("shell", SHELLS)
def test_the_command_prints_the_script_as_it_is(
    shell: str, capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    assert main(["completion", shell]) == ExitCode.OK
    assert capsys.readouterr().out == (folder / shell).read_text(encoding="utf-8")


@pytest.mark.parametrize("shell", SHELLS)
def test_a_script_knows_every_command_and_option(shell: str, folder: Path) -> None:
    script = (folder / shell).read_text(encoding="utf-8")
    words = {word.strip("()[]{}'\",:=*") for word in script.split()}
    words |= {word.split("[")[0] for word in words} | {
        word.split(":")[0] for word in words
    }
    missing = {
        option
        for command in commands()
        for argument in command.arguments
        for option in argument.names
        if option not in script and option.lstrip("-") not in words
    }
    assert missing == set()
    assert [name for name in NAMES if name not in script] == []
    # Nobody is to give it.
    assert "--instance" not in script
    parsed_by(shell, folder / shell)


def test_bash_takes_the_script(folder: Path) -> None:
    subprocess.run(["bash", "-n", str(folder / "bash")], check=True, timeout=30)


def test_bash_completes_commands_options_and_words(folder: Path) -> None:
    assert {*completed(folder, "mux", "")} >= set(NAMES)
    assert completed(folder, "mux", "led") == ["ledger"]
    assert {"list", "show", "undo"} <= {*completed(folder, "mux", "ledger", "")}
    assert completed(folder, "mux", "run", "--rou") == ["--route"]
    routes = completed(folder, "mux", "run", "--route", "")
    assert routes == ["auto", "local", "claude", "codex", "gemini"]
    assert completed(folder, "mux", "completion", "f") == ["fish"]
    assert completed(folder, "mux", "mcp", "install", "c") == ["claude", "codex"]


def test_bash_completes_settings_files_and_directories(folder: Path) -> None:
    (folder / "some-work").mkdir(exist_ok=True)
    (folder / "some.toml").touch()
    keys = completed(folder, "mux", "config", "get", "server.po")
    assert keys == ["server.port"]
    places = completed(folder, "mux", "run", "--cwd", "some")
    assert places == ["some-work"]
    files = completed(folder, "mux", "config", "validate", "some")
    assert set(files) == {"some-work", "some.toml"}


def test_zsh_gets_a_function_that_completes_mux(folder: Path) -> None:
    script = (folder / "zsh").read_text(encoding="utf-8")
    assert script.startswith("#compdef mux\n")
    assert script.count("{") == script.count("}")
    for line in ("run:'Do one task", "_files -/", "(auto local claude codex gemini)"):
        assert line in script


def test_fish_gets_complete_commands_that_it_understands(folder: Path) -> None:
    script = (folder / "fish").read_text(encoding="utf-8")
    lines = [line for line in script.splitlines() if line.startswith("complete ")]
    assert len(lines) > 100
    assert all("mux" in line for line in lines)
    if fish := shutil.which("fish"):
        ask = f"source {folder / 'fish'}; complete -C 'mux run --route '"
        done = subprocess.run(
            [fish, "--no-config", "-c", ask], capture_output=True, text=True, timeout=30
        )
        offered = [line.split("\t")[0] for line in done.stdout.splitlines()]
        assert offered == ["auto", "local", "claude", "codex", "gemini"]


def test_another_shell_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", "tcsh"]) == ExitCode.USAGE
    assert "invalid choice: 'tcsh'" in capsys.readouterr().err
