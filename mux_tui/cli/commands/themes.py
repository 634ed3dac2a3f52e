"""`mux themes`: which themes there are, and whether people can read them."""

import os
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from mux_tui.cli.diagnostics import ExitCode
from mux_tui.cli.shell import Command, Group, Shell, add_json
from mux_tui.core.errors import UsageError
from mux_tui.core.text import one_line
from mux_tui.core.theme.colour import is_measurable
from mux_tui.core.theme.find import FailedTheme, Themes, load_themes, theme_folders
from mux_tui.core.theme.pairs import PAIRS, Weak, misnamed, weak_pairs
from mux_tui.core.theme.theme_file import SUFFIX, ThemeFile, read_theme


def _load(shell: Shell) -> Themes:
    return load_themes(theme_folders(shell.environment.paths))


def _list(arguments: Namespace, shell: Shell) -> ExitCode:
    themes = _load(shell)
    own = shell.environment.paths.config_dir
    if arguments.json:
        shell.output.json(
            {
                "schema": "mux.themes.list/1",
                "themes": [_described(theme, own) for theme in themes.loaded.values()],
                "failed": [_failed(failed) for failed in themes.failed],
            }
        )
        return ExitCode.OK

    rows = [
        (theme.name, _kind(theme), _origin(theme, own), one_line(theme.summary))
        for theme in themes.loaded.values()
    ]
    shell.output.table(rows, ("name", "kind", "from", "about"), ("from",))
    for failed in themes.failed:
        for problem in failed.problems:
            shell.diagnostics.warn(problem)
    return ExitCode.OK


def _path(arguments: Namespace, shell: Shell) -> ExitCode:
    folders = theme_folders(shell.environment.paths)
    if arguments.json:
        rows = [
            {"kind": kind, "path": str(folder), "exists": folder.is_dir()}
            for kind, folder in zip(("shipped", "user"), folders, strict=True)
        ]
        shell.output.json(
            {
                "schema": "mux.themes.path/1",
                "path": str(folders[-1]),
                "folders": rows,
            }
        )
    else:
        shell.output.line(str(folders[-1]))
    return ExitCode.OK


def _check(arguments: Namespace, shell: Shell) -> ExitCode:
    themes = _wanted(arguments.theme, shell)
    bad = bool(themes.failed) or any(map(_faults, themes.loaded.values()))
    if arguments.json:
        shell.output.json(
            {
                "schema": "mux.themes.check/1",
                "good": not bad,
                "themes": [_checked(theme) for theme in themes.loaded.values()],
                "failed": [_failed(failed) for failed in themes.failed],
            }
        )
    else:
        for theme in themes.loaded.values():
            _tell(theme, shell)
        for failed in themes.failed:
            shell.output.line(f"{failed.path.name}: wrong")
            for problem in failed.problems:
                shell.output.paragraph(f"  {problem}", "    ")
    return ExitCode.FAILED if bad else ExitCode.OK


def _wanted(named: str | None, shell: Shell) -> Themes:
    """What is to be checked: all themes, one by its name, or a file.

    Raises:
        UsageError: There is no theme of that name.
        ConfigError: The file is wrong.
    """
    if named is not None and (named.endswith(SUFFIX) or os.sep in named):
        theme = read_theme(shell.cwd / named)
        return Themes({theme.name: theme})

    themes = _load(shell)
    if named is None:
        return themes
    failed = tuple(f for f in themes.failed if f.path.stem == named)
    found = {named: themes.loaded[named]} if named in themes.loaded else {}
    if not (found or failed):
        raise UsageError(
            f"no theme is called {one_line(named, 80)}", "", "See: mux themes list"
        )

    return Themes(found, failed)


def _tell(theme: ThemeFile, shell: Shell) -> None:
    faults = _faults(theme)
    if faults:
        shell.output.line(f"{theme.name}: {len(faults)} too close")
    elif theme.ansi:
        shell.output.line(f"{theme.name}: the terminal's own colours, not measured")
    else:
        least = "7 and 4.5" if theme.high_contrast else "4.5 and 3"
        shell.output.line(f"{theme.name}: good ({len(PAIRS)} pairs, {least})")
    for fault in faults:
        shell.output.paragraph(f"  {fault}", "    ")


def _faults(theme: ThemeFile) -> list[str]:
    odd = misnamed(theme)
    return [*([odd] if odd else []), *map(str, weak_pairs(theme))]


def _described(theme: ThemeFile, own: Path) -> dict[str, Any]:
    return {
        "name": theme.name,
        "summary": theme.summary,
        "dark": theme.dark,
        "ansi": theme.ansi,
        "high_contrast": theme.high_contrast,
        "syntax": theme.syntax,
        "from": _origin(theme, own),
        "path": str(theme.path),
        "colours": dict(theme.palette.colours),
    }


def _checked(theme: ThemeFile) -> dict[str, Any]:
    odd = misnamed(theme)
    return {
        "name": theme.name,
        "path": str(theme.path),
        "measured": is_measurable(theme.palette["background"]),
        "problems": [odd] if odd else [],
        "weak": [_weak(weak) for weak in weak_pairs(theme)],
    }


def _weak(weak: Weak) -> dict[str, Any]:
    return {
        "front": weak.pair.front,
        "behind": weak.pair.behind,
        "kind": weak.pair.kind,
        "contrast": round(weak.contrast, 2),
        "least": weak.least,
    }


def _failed(failed: FailedTheme) -> dict[str, Any]:
    return {"path": str(failed.path), "problems": list(failed.problems)}


def _kind(theme: ThemeFile) -> str:
    if theme.ansi:
        return "ansi"

    return "dark" if theme.dark else "light"


def _origin(theme: ThemeFile, own: Path) -> str:
    return "user" if own in theme.path.parents else "shipped"


def _with_json(parser: ArgumentParser) -> None:
    add_json(parser)


def _with_theme(parser: ArgumentParser) -> None:
    parser.add_argument(
        "theme",
        metavar="NAME|FILE",
        nargs="?",
        help="one theme, or a .toml file (default: all)",
    )
    add_json(parser)


COMMAND = Group(
    name="themes",
    summary="list and check the cockpit's themes",
    commands=(
        Command(
            "list",
            "print every theme",
            _list,
            _with_json,
            ("mux themes list", "mux config set ui.theme mux-light"),
        ),
        Command(
            "check",
            "measure whether a theme can be read",
            _check,
            _with_theme,
            ("mux themes check", "mux themes check mine.toml"),
        ),
        Command("path", "say where your themes belong", _path, _with_json),
    ),
)
