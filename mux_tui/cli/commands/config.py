"""`mux config`: which settings hold, where they came from, and changing them."""

from argparse import ArgumentParser, Namespace
from collections.abc import Awaitable
from pathlib import Path
from typing import Any

from mux_tui.cli.diagnostics import ExitCode
from mux_tui.cli.shell import Command, Group, Shell, add_json
from mux_tui.core.config.check import unknown
from mux_tui.core.config.keys import keys
from mux_tui.core.config.load import Loaded, load, problems_of_file, wrong_settings
from mux_tui.core.config.notation import written
from mux_tui.core.config.origin import Origin
from mux_tui.core.config.places import places
from mux_tui.core.config.save import Change, set_value, unset_value
from mux_tui.core.config.secrets import masked
from mux_tui.core.errors import ConfigError

_VALUE_WIDTH = 32
"""Longer values push their origin to the right, and only their own."""


def _value(loaded: Loaded, name: str) -> Any:
    value: Any = loaded.settings
    for part in name.split("."):
        value = getattr(value, part)

    return value


def _path(arguments: Namespace, shell: Shell) -> ExitCode:
    found = places(shell.environment, shell.cwd)
    if not arguments.json:
        shell.output.line(str(found.user))
        return ExitCode.OK

    files = [
        Origin("shipped", str(found.shipped)),
        Origin("user", str(found.user)),
        *(Origin("project", str(file)) for file in found.projects),
    ]
    rows = [
        {"kind": f.kind, "path": f.place, "exists": Path(f.place).exists()}
        for f in files
    ]
    shell.output.json(
        {"schema": "mux.config.path/1", "path": str(found.user), "files": rows}
    )
    return ExitCode.OK


def _show(arguments: Namespace, shell: Shell) -> ExitCode:
    loaded = load(shell.environment, shell.cwd, shell.overrides)
    names = [
        name
        for name, key in keys().items()
        if not arguments.changed or _value(loaded, name) != key.default
    ]
    if arguments.json:
        shown = {name: _described(loaded, name) for name in names}
        shell.output.json({"schema": "mux.config.show/1", "settings": shown})
        return ExitCode.OK

    if names:
        width = max(map(len, names))
        for name in names:
            shell.output.line(_line(loaded, name, width))
    else:
        shell.diagnostics.note("every setting has its default")
    return ExitCode.OK


def _line(loaded: Loaded, name: str, width: int) -> str:
    origin = loaded.origins[name]
    layer = "default" if origin.kind == "shipped" else str(origin)
    value = written(masked(_value(loaded, name)))
    return f"{name:{width}} = {value:{_VALUE_WIDTH}}  # {layer}"


def _described(loaded: Loaded, name: str) -> dict[str, Any]:
    origin = loaded.origins[name]
    return {
        "value": masked(_value(loaded, name)),
        "default": keys()[name].default,
        "origin": {"kind": origin.kind, "place": origin.place},
    }


def _get(arguments: Namespace, shell: Shell) -> ExitCode:
    if arguments.key not in keys():
        raise ConfigError(unknown(arguments.key), "", "See: mux config show")

    loaded = load(shell.environment, shell.cwd, shell.overrides)
    if arguments.json:
        described = _described(loaded, arguments.key)
        shell.output.json(
            {"schema": "mux.config.get/1", "key": arguments.key, **described}
        )
        return ExitCode.OK

    value = masked(_value(loaded, arguments.key))
    shell.output.line(value if isinstance(value, str) else written(value))
    return ExitCode.OK


def _set(arguments: Namespace, shell: Shell) -> ExitCode:
    file = shell.environment.paths.config_file
    change = set_value(file, arguments.key, arguments.value)
    return _changed(change, shell, arguments.json)


def _unset(arguments: Namespace, shell: Shell) -> ExitCode:
    change = unset_value(shell.environment.paths.config_file, arguments.key)
    return _changed(change, shell, arguments.json)


def _changed(change: Change, shell: Shell, as_json: bool) -> ExitCode:
    before, after = masked(change.before), masked(change.after)
    if as_json:
        shell.output.json(
            {
                "schema": "mux.config.change/1",
                "file": str(change.file),
                "key": change.key,
                "before": before,
                "after": after,
            }
        )
    elif change.before == change.after:
        shell.diagnostics.note(f"{change.key} was so already in {change.file}")
    else:
        now = "its default" if after is None else written(after)
        shell.diagnostics.note(f"{change.key} is now {now} in {change.file}")
    return ExitCode.OK


def _edit(_arguments: Namespace, shell: Shell) -> ExitCode:
    # Temporary files and child processes are imported for this command alone.
    from mux_tui.cli.config_editor import edit_settings

    return edit_settings(shell)


def _validate(arguments: Namespace, shell: Shell) -> ExitCode:
    if arguments.file is None:
        problems = _problems_of_all(shell)
    else:
        problems = problems_of_file(shell.environment, shell.cwd / arguments.file)
    if arguments.json:
        shell.output.json(
            {
                "schema": "mux.config.validate/1",
                "valid": not problems,
                "problems": problems,
            }
        )
        return ExitCode.USAGE if problems else ExitCode.OK
    if problems:
        raise wrong_settings(problems)

    shell.diagnostics.note("no problems")
    return ExitCode.OK


def _problems_of_all(shell: Shell) -> tuple[str, ...]:
    try:
        load(shell.environment, shell.cwd, shell.overrides)
    except ConfigError as error:
        return error.problems

    return ()


def _schema(_arguments: Namespace, shell: Shell) -> ExitCode:
    # The sources of the settings are read for this command alone.
    from mux_tui.core.config.schema import settings_schema

    shell.output.json(settings_schema())
    return ExitCode.OK


def _effect(arguments: Namespace, shell: Shell) -> Awaitable[ExitCode]:
    # The database is imported for this command alone.
    from mux_tui.cli.threshold_report import tell_effect

    return tell_effect(arguments, shell)


def _with_json(parser: ArgumentParser) -> None:
    add_json(parser)


def _with_thresholds(parser: ArgumentParser) -> None:
    parser.add_argument(
        "thresholds",
        metavar="THRESHOLD",
        nargs="*",
        type=float,
        help="others than the present router.min_confidence",
    )
    parser.add_argument(
        "-n",
        "--limit",
        type=int,
        default=200,
        metavar="N",
        help="how many of the newest runs (default: 200)",
    )
    add_json(parser)


def _with_show(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--changed", action="store_true", help="only what differs from the default"
    )
    add_json(parser)


def _with_key(parser: ArgumentParser) -> None:
    parser.add_argument("key", metavar="KEY", help="such as router.min_confidence")
    add_json(parser)


def _with_value(parser: ArgumentParser) -> None:
    parser.add_argument("key", metavar="KEY", help="such as router.min_confidence")
    parser.add_argument(
        "value",
        metavar="VALUE",
        help='as in TOML: 0.7, true, ["a", "b"]; or plain text',
    )
    add_json(parser)


def _with_file(parser: ArgumentParser) -> None:
    parser.add_argument(
        "file",
        metavar="FILE",
        nargs="?",
        help="one file (default: all that count here)",
    )
    add_json(parser)


COMMAND = Group(
    name="config",
    summary="show, check and change settings",
    commands=(
        Command("path", "say where your settings are", _path, _with_json),
        Command(
            "show",
            "print every setting with its value and where it came from",
            _show,
            _with_show,
            ("mux config show --changed", "mux config show --json"),
        ),
        Command(
            "get", "print one value", _get, _with_key, ("mux config get server.port",)
        ),
        Command(
            "set",
            "change one setting in your file",
            _set,
            _with_value,
            (
                "mux config set router.min_confidence 0.7",
                """mux config set cloud.order '["gemini", "claude"]'""",
            ),
        ),
        Command(
            "unset",
            "go back to the default",
            _unset,
            _with_key,
            ("mux config unset router.min_confidence",),
        ),
        Command("edit", "open your settings in $VISUAL or $EDITOR", _edit),
        Command(
            "validate",
            "check all settings, or one file",
            _validate,
            _with_file,
            ("mux config validate .mux.toml",),
        ),
        Command(
            "schema",
            "print a JSON Schema of the settings, for editors",
            _schema,
            examples=("mux config schema > settings.schema.json",),
        ),
        Command(
            "effect",
            "say what another confidence threshold would have kept",
            _effect,
            _with_thresholds,
            ("mux config effect 0.5 0.7 0.8",),
        ),
    ),
)
