"""`mux config`: what it prints, what it changes, and how it ends."""

import json
import os
import shlex
import sys
from pathlib import Path

import pytest

from mux_tui.__main__ import main
from mux_tui.cli.diagnostics import ExitCode
from mux_tui.core.config.keys import keys

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def user(own_home: Path) -> Path:
    """The user's file, not made yet."""
    return own_home / "mux" / "config" / "config.toml"


@pytest.fixture(autouse=True)
def own_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def _write(user: Path, text: str) -> None:
    user.parent.mkdir(parents=True, exist_ok=True)
    user.write_text(text, encoding="utf-8")


def test_path_is_the_users_file_whether_it_is_there_or_not(
    user: Path, capsys: Capture
) -> None:
    assert main(["config", "path"]) == ExitCode.OK
    assert capsys.readouterr().out == f"{user}\n"


def test_path_lists_every_file_that_counts(user: Path, capsys: Capture) -> None:
    Path(".mux.toml").write_text("nonsense")
    assert main(["config", "path", "--json"]) == ExitCode.OK
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "mux.config.path/1"
    assert document["path"] == str(user)
    files = [(file["kind"], file["exists"]) for file in document["files"]]
    assert files == [("shipped", True), ("user", False), ("project", True)]


def test_show_prints_every_setting_with_its_origin(user: Path, capsys: Capture) -> None:
    _write(user, "[server]\nport = 8080\n")
    assert main(["config", "show"]) == ExitCode.OK
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(keys())
    assert len({line.index("=") for line in lines}) == 1
    shown = {line.split()[0]: line for line in lines}
    assert shown["server.port"].endswith(f"# user {user}")
    assert shown["server.autostart"].endswith("# default")


def test_show_changed_leaves_out_the_defaults(
    user: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write(user, "[server]\nport = 8080\nautostart = true\n")
    monkeypatch.setenv("MUX_ROUTER_KEYWORDS", "hard")
    argv = ["config", "show", "--changed", "--set", "limits.task_bytes=7"]
    assert main(argv) == ExitCode.OK
    lines = capsys.readouterr().out.splitlines()
    assert [" ".join(line.split()) for line in lines] == [
        'router.keywords = ["hard"] # variable MUX_ROUTER_KEYWORDS',
        f"server.port = 8080 # user {user}",
        "limits.task_bytes = 7 # --set",
    ]


def test_show_says_so_when_nothing_is_changed(capsys: Capture) -> None:
    assert main(["config", "show", "--changed"]) == ExitCode.OK
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == "every setting has its default\n"


def test_show_as_json_is_one_document(user: Path, capsys: Capture) -> None:
    _write(user, "[server]\nport = 8080\n")
    assert main(["config", "show", "--json"]) == ExitCode.OK
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "mux.config.show/1"
    assert list(document["settings"]) == list(keys())
    assert document["settings"]["server.port"] == {
        "value": 8080,
        "default": 0,
        "origin": {"kind": "user", "place": str(user)},
    }


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_secrets_are_not_shown(form: list[str], user: Path, capsys: Capture) -> None:
    _write(
        user,
        '[providers.local]\nbase_url = "https://ada:hunter2@h.test/v1"\n'
        '[local_runtime]\nrestart_command = ["restart", "--token", "hunter2"]\n',
    )
    assert main(["config", "show", *form]) == ExitCode.OK
    assert main(["config", "get", "providers.local.base_url", *form]) == ExitCode.OK
    assert main(["config", "set", "local_runtime.restart_command", "a"]) == ExitCode.OK
    captured = capsys.readouterr()
    assert "hunter2" not in captured.out + captured.err
    assert "https://***@h.test/v1" in captured.out


@pytest.mark.parametrize(
    ("key", "printed"),
    [
        ("server.port", "0"),
        ("server.autostart", "true"),
        ("cloud.permission", "allow"),
        ("cloud.order", '["claude", "codex", "gemini"]'),
        ("providers.local.model", ""),
    ],
)
def test_get_prints_the_bare_value(key: str, printed: str, capsys: Capture) -> None:
    assert main(["config", "get", key]) == ExitCode.OK
    assert capsys.readouterr().out == f"{printed}\n"


def test_get_as_json_tells_the_origin(capsys: Capture) -> None:
    assert main(["config", "get", "server.port", "--json"]) == ExitCode.OK
    document = json.loads(capsys.readouterr().out)
    assert (document["key"], document["value"]) == ("server.port", 0)
    assert document["origin"]["kind"] == "shipped"


def test_set_and_unset_change_one_line(user: Path, capsys: Capture) -> None:
    _write(user, "# mine\n[server]\nport = 1 # here\n")
    assert main(["config", "set", "server.port", "2"]) == ExitCode.OK
    assert user.read_text() == "# mine\n[server]\nport = 2 # here\n"
    assert main(["config", "unset", "server.port", "--json"]) == ExitCode.OK
    assert user.read_text() == "# mine\n[server]\n"
    captured = capsys.readouterr()
    assert captured.err == f"server.port is now 2 in {user}\n"
    document = json.loads(captured.out)
    assert (document["before"], document["after"]) == (2, None)


@pytest.mark.parametrize("command", [["get"], ["set", "1"], ["unset"]])
def test_an_unknown_key_names_the_nearest(
    command: list[str], user: Path, capsys: Capture
) -> None:
    verb, *value = command
    assert main(["config", verb, "server.prot", *value]) == ExitCode.USAGE
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == (
        "mux: unknown setting server.prot, nearest is server.port. "
        "See: mux config show\n"
    )
    assert not user.exists()


def test_validate_reports_every_problem_on_a_line_of_its_own(
    user: Path, capsys: Capture
) -> None:
    _write(user, "[server]\nport = 70000\nprot = 1\n")
    assert main(["config", "validate"]) == ExitCode.USAGE
    assert capsys.readouterr().err.splitlines() == [
        "mux: 2 wrong settings",
        f"  {user}:2: server.port = 70000: must be a whole number from 0 to 65535",
        f"  {user}:3: unknown setting server.prot, nearest is server.port",
    ]


def test_one_problem_is_told_once(user: Path, capsys: Capture) -> None:
    _write(user, "[server]\nprot = 1\n")
    assert main(["config", "show"]) == ExitCode.USAGE
    assert capsys.readouterr().err == (
        f"mux: wrong setting: {user}:2: unknown setting server.prot, "
        "nearest is server.port\n"
    )


def test_validate_checks_one_file(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "good.toml").write_text("[server]\nport = 1\n")
    (tmp_path / ".mux.toml").write_text("[server]\nport = 1\n")
    assert main(["config", "validate", "good.toml"]) == ExitCode.OK
    assert main(["config", "validate", ".mux.toml", "--json"]) == ExitCode.USAGE
    assert main(["config", "validate", "missing.toml"]) == ExitCode.USAGE
    document = json.loads(capsys.readouterr().out)
    assert document["valid"] is False
    assert "may not be set by a project" in document["problems"][0]


def test_path_and_edit_work_with_a_broken_file(
    user: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are how a broken file gets mended."""
    _write(user, "[server\n")
    assert main(["config", "path"]) == ExitCode.OK
    _editor(monkeypatch, "[server]\nport = 1\n")
    assert main(["config", "edit"]) == ExitCode.OK
    assert user.read_text() == "[server]\nport = 1\n"
    assert f"saved {user}" in capsys.readouterr().err


def test_edit_starts_a_missing_file_with_every_setting(
    user: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = (
        "import sys, pathlib; p = pathlib.Path(sys.argv[1]);"
        "p.write_text(p.read_text().replace('#port = 0', 'port = 5', 1))"
    )
    monkeypatch.setenv("VISUAL", shlex.join([sys.executable, "-c", program]))
    assert main(["config", "edit"]) == ExitCode.OK
    assert "\nport = 5\n" in user.read_text()
    assert user.stat().st_mode & 0o777 == 0o600


def test_edit_without_a_change_makes_no_file(
    user: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDITOR", "true")
    assert main(["config", "edit"]) == ExitCode.OK
    assert capsys.readouterr().err == "nothing was changed\n"
    assert not user.exists()


def test_edit_with_a_wrong_result_leaves_the_file(
    user: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write(user, "[server]\nport = 1\n")
    _editor(monkeypatch, "[server]\nport = 70000\n")
    assert main(["config", "edit"]) == ExitCode.USAGE
    assert user.read_text() == "[server]\nport = 1\n"
    assert f"{user}:2: server.port = 70000" in capsys.readouterr().err


def test_edit_does_not_overwrite_what_changed_meanwhile(
    user: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write(user, "[server]\nport = 1\n")
    program = (
        "import sys, pathlib; pathlib.Path(sys.argv[2]).write_text('# mine\\n');"
        "pathlib.Path(sys.argv[1]).write_text('# theirs\\n')"
    )
    command = shlex.join([sys.executable, "-c", program, str(user)])
    monkeypatch.setenv("EDITOR", command)
    assert main(["config", "edit"]) == ExitCode.USAGE
    assert user.read_text() == "# theirs\n"
    assert "changed on disk" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("editor", "told"),
    [
        ("false", "mux: false ended with status 1. Nothing was changed\n"),
        ("no-such-editor -w", "mux: cannot start no-such-editor: "),
        ("vi 'open", "mux: cannot read $VISUAL or $EDITOR: no closing quotation"),
        ("true; touch stolen", "mux: cannot start true;: "),
    ],
)
def test_an_editor_that_fails_is_one_line_and_no_shell_is_asked(
    editor: str, told: str, user: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDITOR", editor)
    assert main(["config", "edit"]) in (ExitCode.USAGE, ExitCode.ENVIRONMENT)
    assert capsys.readouterr().err.startswith(told)
    assert not user.exists()
    assert not Path("stolen").exists()


def test_no_editor_is_started_where_nobody_can_type(
    user: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The usual ones would wait for keys; one that is named may need none."""
    vi = tmp_path / "vi"
    vi.write_text("#!/bin/sh\ntouch started")
    vi.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["config", "edit"]) == ExitCode.USAGE
    assert "there is no terminal" in capsys.readouterr().err
    assert not user.exists()


def test_without_any_editor_the_way_out_is_told(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["config", "edit"]) == ExitCode.ENVIRONMENT
    assert "export EDITOR=" in capsys.readouterr().err


@pytest.mark.parametrize(("answers", "port"), [("y\n", 2), ("n\n", 1), ("", 1)])
def test_with_a_terminal_a_wrong_result_may_be_edited_again(
    answers: str,
    port: int,
    user: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Capture,
) -> None:
    """The editor of this test writes a wrong port first, and a right one then."""
    _write(user, "[server]\nport = 1\n")
    program = (
        "import sys, pathlib; p = pathlib.Path(sys.argv[1]); wrong = '70000';"
        "p.write_text('[server]\\nport = ' + "
        "('2' if wrong in p.read_text() else wrong) + '\\n')"
    )
    monkeypatch.setenv("EDITOR", shlex.join([sys.executable, "-c", program]))
    status = _with_terminal(["config", "edit"], answers, monkeypatch)
    assert status == (ExitCode.OK if port == 2 else ExitCode.DECLINED)
    assert user.read_text() == f"[server]\nport = {port}\n"
    assert "edit again? [Y/n]" in capsys.readouterr().err


def _editor(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Make $EDITOR a program that writes `text`."""
    program = "import sys, pathlib; pathlib.Path(sys.argv[2]).write_text(sys.argv[1])"
    monkeypatch.setenv("EDITOR", shlex.join([sys.executable, "-c", program, text]))


def _with_terminal(
    argv: list[str], answers: str, monkeypatch: pytest.MonkeyPatch
) -> int:
    """Run a command whose standard input is a terminal with these answers typed in."""
    ours, theirs = os.openpty()
    os.write(ours, answers.encode() or b"\x04")
    with os.fdopen(ours, "wb"), os.fdopen(theirs, "r") as terminal:
        monkeypatch.setattr(sys, "stdin", terminal)
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
        return main(argv)
