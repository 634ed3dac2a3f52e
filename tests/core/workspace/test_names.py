"""No name that a model writes leads out of the work directory, or astray."""

import unicodedata
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mux_tui.core.workspace.names import BadName, check_name, folded, is_protected


def why(path: str, allow: tuple[str, ...] = ()) -> str:
    """Why a path is refused; empty: it is not."""
    try:
        check_name(path, allow)
    except BadName as error:
        return error.why

    return ""


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("a.py", "a.py"),
        ("./a.py", "a.py"),
        ("././src/a.py", "src/a.py"),
        ("src/deep/er/a b.py", "src/deep/er/a b.py"),
        ('it\'s "quoted".txt', 'it\'s "quoted".txt'),
        ("routes/$id.tsx", "routes/$id.tsx"),
        ("app/[slug]/page.tsx", "app/[slug]/page.tsx"),
        ("ünïcode/日本語.md", "ünïcode/日本語.md"),
        ("emoji/😀.txt", "emoji/😀.txt"),
        ("a..b/c...d", "a..b/c...d"),
        (".gitignore", ".gitignore"),
        (".gitattributes", ".gitattributes"),
        (".github/CODEOWNERS", ".github/CODEOWNERS"),
        ("aux.c", "aux.c"),
        ("con", "con"),
        (".env.example", ".env.example"),
        (".env.production.sample", ".env.production.sample"),
        ("src/credentials.py", "src/credentials.py"),
        ("environment.ts", "environment.ts"),
        ("monkey.keyboard", "monkey.keyboard"),
        ("CLAUDE.md", "CLAUDE.md"),
        ("AGENTS.md", "AGENTS.md"),
        (".vscode/readme.md", ".vscode/readme.md"),
        pytest.param("x" * 255, "x" * 255, id="255 bytes"),
    ],
)
def test_ordinary_names_may_be_used(path: str, name: str) -> None:
    assert check_name(path) == name


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("", "names no file"),
        (".", "names no file"),
        ("./", "names no file"),
        ("./.", "names no file"),
        ("..", "leaves the work directory"),
        ("../x", "leaves the work directory"),
        ("a/../../x", "leaves the work directory"),
        ("a/../x", "leaves the work directory"),
        ("./../x", "leaves the work directory"),
        ("../work-evil/x", "leaves the work directory"),
        ("/etc/passwd", "absolute"),
        ("//host/share/x", "absolute"),
        (".//etc/passwd", "absolute"),
        ("a/", "directory"),
        ("a//b", "empty part"),
        ("a/./b", "empty part"),
        ("a\0b", "control"),
        ("a\nb", "control"),
        ("a\x1b[31m", "control"),
        ("a\x7f", "control"),
        ("a\x9bb", "control"),
        ("..\\..\\x", "backslash"),
        ("a\\b", "backslash"),
        ("\\\\host\\share\\x", "backslash"),
        ("C:x", "drive"),
        ("C:/Windows/x", "drive"),
        ("~", "shell"),
        ("~/x", "shell"),
        ("~root/x", "shell"),
        ("$HOME/x", "shell"),
        ("${HOME}/x", "shell"),
        ("$(id)", "shell"),
        ("%USERPROFILE%/x", "shell"),
        ("a/~x", "begins with"),
        ("-rf", "begins with"),
        ("a/--help", "begins with"),
        ("ab:c", "colon"),
        ("a/b:$DATA", "colon"),
        ("a.", "ends with a dot"),
        ("a /b", "space"),
        (" a", "space"),
        ("...", "ends with a dot"),
        ("x" * 256, "255 bytes"),
        ("é" * 128, "255 bytes"),
        pytest.param("a/" * 2100 + "x", "4,096 bytes", id="too long"),
        pytest.param("a/" * 100 + "x", "100 directories", id="too deep"),
        ("e\u0301.txt", "file system may change"),
        ("\u212bngstrom", "file system may change"),
        ("a\u200bb", "invisible"),
        ("a\u202egnp.exe", "invisible"),
        ("a\u00adb", "invisible"),
        ("a\ufe0fb", "invisible"),
        ("a\u3164b", "invisible"),
        ("a\u2028b", "invisible"),
        ("a\U000e0041", "invisible"),
        ("a\ud800", "invisible"),
        ("a\u00a0b", "space"),
        ("a\u3000b", "space"),
        ("\uff0e\uff0e/x", "looks like"),
        ("\u2024\u2024/x", "looks like"),
        ("a\uff0fb", "looks like"),
        ("a\u2215b", "looks like"),
        ("a\u2044b", "looks like"),
        ("a\uff3cb", "looks like"),
        ("a\u2026", "looks like"),
        ("\u2100", "looks like"),
    ],
)
def test_names_that_leave_or_mislead_are_refused(path: str, says: str) -> None:
    assert says in why(path)
    assert says in why(path, ("*",)), "and nothing lifts that"


@pytest.mark.parametrize(
    "path",
    [
        ".git",
        ".git/config",
        ".git/hooks/pre-commit",
        "sub/.git/hooks/post-checkout",
        "sub/.git",
        ".GIT/config",
        ".Git/hooks/x",
        "git~1/config",
        "GIT~1",
        ".g\u0131t/config",
        "\uff0egit/config",
        ".g\u200cit/config",
        ".git\u200b/config",
        ".git /config",
        ".git./config",
        ".git::$INDEX_ALLOCATION/config",
        ".gitmodules",
        ".GitModules",
        ".gitconfig",
        ".hg/hgrc",
        ".svn/entries",
        ".jj/repo",
        "bare/HEAD",
        ".mux.toml",
        "deep/.MUX.toml",
        ".mux/state",
        "src/.mux-token-1.tmp",
    ],
)
def test_the_innards_of_version_control_and_mux_are_never_touched(path: str) -> None:
    assert why(path)
    assert why(path, ("*", path))


@pytest.mark.parametrize(
    "path",
    [
        ".claude/settings.json",
        ".Claude/Settings.json",
        "sub/.claude/hooks/x.sh",
        ".claude",
        ".codex/config.toml",
        ".gemini/settings.json",
        ".cursor/mcp.json",
        ".mcp.json",
        ".vscode/tasks.json",
        "sub/.vscode/settings.json",
        ".vscode/launch.json",
        "x.code-workspace",
        ".idea/workspace.xml",
        ".devcontainer/devcontainer.json",
        ".envrc",
        ".husky/pre-commit",
        ".githooks/pre-commit",
        ".pre-commit-config.yaml",
        ".github/workflows/ci.yml",
        ".gitlab-ci.yml",
        ".exrc",
        ".zshrc",
        "lib/sitecustomize.py",
        "evil.pth",
        ".env",
        ".env.production",
        "prod.env",
        "server.pem",
        "id_rsa",
        "id_ed25519.pub",
        ".ssh/authorized_keys",
        ".netrc",
        ".npmrc",
        ".pypirc",
        "credentials",
        "credentials.json",
        ".aws/config",
        "terraform.tfvars",
    ],
)
def test_what_runs_code_or_holds_secrets_is_refused_until_it_is_lifted(
    path: str,
) -> None:
    assert why(path)
    assert is_protected(path)
    assert not why(path, (path,))
    assert why(path, ("other",))


def test_a_pattern_lifts_what_it_matches_and_no_more() -> None:
    allow = (".github/workflows/*",)
    assert check_name(".github/workflows/ci.yml", allow) == ".github/workflows/ci.yml"
    assert why(".gitlab-ci.yml", allow)


def test_names_that_are_one_file_somewhere_fold_alike() -> None:
    assert folded("README.md") == folded("readme.MD")
    assert folded("stra\u00dfe") == folded("STRASSE")
    assert folded("\u017foo") == folded("soo")
    assert folded("a.py") != folded("b.py")


_SIGNS = st.sampled_from(
    list("aB.~/\\: -$\0\n") + ["..", "./", "../", ".git", "\u200b"]
)


@given(st.lists(_SIGNS, max_size=12).map("".join) | st.text(max_size=40))
def test_a_name_that_passes_stays_inside(path: str) -> None:
    reason = why(path)
    if reason:
        assert "\n" not in reason
        return

    name = check_name(path)
    parts = PurePosixPath(name).parts
    assert "/".join(parts) == name
    assert not any(part in ("", ".", "..", "/") for part in parts)
    assert ".git" not in [folded(part) for part in parts]
    assert unicodedata.normalize("NFC", name) == name
    assert check_name(name) == name
