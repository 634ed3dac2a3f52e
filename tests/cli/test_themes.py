"""`mux themes`: what it prints, and how it ends."""

import json
from pathlib import Path

import pytest

from mux_tui.__main__ import main
from mux_tui.cli.diagnostics import ExitCode

Capture = pytest.CaptureFixture[str]

FAINT = (
    'primary = "#8ab8e8"\nforeground = "#d5dce6"\nbackground = "#14191f"\n'
    '[lines]\nplain = "#14191f"\n'
)


@pytest.fixture
def folder(own_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's own themes."""
    monkeypatch.chdir(tmp_path)
    folder = own_home / "mux" / "config" / "themes"
    folder.mkdir(parents=True)
    return folder


def test_list_names_every_theme_and_where_it_comes_from(
    folder: Path, capsys: Capture
) -> None:
    (folder / "mine.toml").write_text(FAINT)
    (folder / "broken.toml").write_text("primary = 1\n")
    assert main(["themes", "list"]) == ExitCode.OK
    captured = capsys.readouterr()
    rows = [line.split(maxsplit=3) for line in captured.out.splitlines()]
    assert rows[0] == ["name", "kind", "from", "about"]
    assert rows[1][:3] == ["mine", "dark", "user"]
    assert ["mux-light", "light", "shipped", "Paper and ink, one teal accent"] in rows
    assert "broken" not in captured.out
    assert f"{folder}/broken.toml:1: primary must be text" in captured.err


def test_list_as_json_gives_every_colour(folder: Path, capsys: Capture) -> None:
    (folder / "broken.toml").write_text("primary = 1\n")
    assert main(["themes", "list", "--json"]) == ExitCode.OK
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "mux.themes.list/1"
    names = [theme["name"] for theme in document["themes"]]
    assert names == sorted(names)
    dark = document["themes"][names.index("mux-dark")]
    assert (dark["dark"], dark["from"]) == (True, "shipped")
    assert dark["colours"]["route-local"].startswith("#")
    assert document["failed"][0]["path"] == str(folder / "broken.toml")


@pytest.mark.usefixtures("folder")
def test_check_measures_every_shipped_theme(capsys: Capture) -> None:
    assert main(["themes", "check"]) == ExitCode.OK
    out = capsys.readouterr().out
    assert "mux-dark: good (" in out
    assert "mux-contrast-dark: good (" in out
    assert "mux-ansi: the terminal's own colours, not measured" in out


def test_check_prints_the_pairs_that_are_too_close(
    folder: Path, capsys: Capture
) -> None:
    (folder / "faint.toml").write_text(FAINT)
    assert main(["themes", "check", "faint"]) == ExitCode.FAILED
    assert capsys.readouterr().out.splitlines()[:2] == [
        "faint: 3 too close",
        "  line on background: 1.00, needs 3 (mark)",
    ]
    assert main(["themes", "check"]) == ExitCode.FAILED


def test_check_as_json_gives_the_numbers(folder: Path, capsys: Capture) -> None:
    (folder / "faint.toml").write_text(FAINT)
    assert main(["themes", "check", "faint", "--json"]) == ExitCode.FAILED
    document = json.loads(capsys.readouterr().out)
    assert document["good"] is False
    assert document["themes"][0]["weak"][0] == {
        "front": "line",
        "behind": "background",
        "kind": "mark",
        "contrast": 1.0,
        "least": 3,
    }


@pytest.mark.usefixtures("folder")
def test_check_takes_a_file(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "faint.toml").write_text(FAINT)
    assert main(["themes", "check", "faint.toml"]) == ExitCode.FAILED
    assert "faint: 3 too close" in capsys.readouterr().out
    (tmp_path / "broken.toml").write_text("primry = 1\n")
    assert main(["themes", "check", "broken.toml"]) == ExitCode.USAGE
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "broken.toml:1: unknown key primry, nearest is primary" in captured.err


def test_a_broken_theme_of_a_known_name_fails_the_check(
    folder: Path, capsys: Capture
) -> None:
    (folder / "mux-dark.toml").write_text("primary = 1\n")
    assert main(["themes", "check", "mux-dark"]) == ExitCode.FAILED
    out = capsys.readouterr().out
    assert "mux-dark: good" in out
    assert "mux-dark.toml: wrong" in out


@pytest.mark.usefixtures("folder")
def test_an_unknown_name_is_one_line(capsys: Capture) -> None:
    assert main(["themes", "check", "no-such"]) == ExitCode.USAGE
    assert capsys.readouterr().err == (
        "mux: no theme is called no-such. See: mux themes list\n"
    )


def test_path_is_the_users_folder(folder: Path, capsys: Capture) -> None:
    assert main(["themes", "path"]) == ExitCode.OK
    assert capsys.readouterr().out == f"{folder}\n"
    assert main(["themes", "path", "--json"]) == ExitCode.OK
    document = json.loads(capsys.readouterr().out)
    assert [row["kind"] for row in document["folders"]] == ["shipped", "user"]
    assert all(row["exists"] for row in document["folders"])
