"""The fields of documents that commands put together themselves.

Each class is the shape of one document, or of a part of one; documents that are a fact
of the core as it is need none. A test holds real documents against them.
"""

from typing import Annotated, Any, TypedDict

from mux_tui.cli.spec.commands import Argument, CommandFacts
from mux_tui.core.config.origin import Origin
from mux_tui.core.doctor.check import Check, CheckStatus


class File(TypedDict):
    """A file or a folder that counts, whether it is there or not."""

    kind: str
    path: str
    exists: bool


class ConfigPath(TypedDict):
    """Where settings are."""

    path: str
    """Your own file."""

    files: list[File]


class ConfigValue(TypedDict):
    """A setting's value, and where it came from."""

    value: Any
    """Secrets are masked."""

    default: Any
    origin: Origin


class ConfigShow(TypedDict):
    """Settings."""

    settings: dict[str, ConfigValue]
    """By their dotted names."""


class ConfigKey(TypedDict):
    """Which setting it is."""

    key: str


class ConfigChange(TypedDict):
    """What a change of one's own file has done."""

    file: str
    key: str
    before: Any
    """Null: the default held."""

    after: Any
    """Null: the default holds now."""


class ConfigValidate(TypedDict):
    """What is wrong with settings."""

    valid: bool
    problems: list[str]


class Effect(TypedDict):
    """What one threshold would have done."""

    threshold: float
    answers: int
    """Local answers that were looked at."""

    kept: int
    """Those that it would have kept."""

    share: float | None
    """Kept over looked at; null: there are none."""

    failed: int
    """Of those kept, the ones whose checks failed."""


class ConfigEffect(TypedDict):
    """What thresholds would have done with the newest local answers."""

    present: float
    """The threshold that holds."""

    effects: list[Effect]


class Ready(TypedDict):
    """Whether a task could be done now."""

    ready: bool


class Doctor(TypedDict):
    """The findings."""

    status: CheckStatus
    """The worst of them."""

    checks: list[Check]


class ThemeFaults(TypedDict):
    """A theme that cannot be used."""

    path: str
    problems: list[str]


class Theme(TypedDict):
    """A theme of the cockpit."""

    name: str
    summary: str
    dark: bool
    ansi: bool
    """Whether it has the terminal's own colours."""

    high_contrast: bool
    syntax: str
    path: str
    colours: dict[str, str]


ThemeOrigin = TypedDict("ThemeOrigin", {"from": str})


class ThemesList(TypedDict):
    """Every theme."""

    themes: list[Annotated[Theme, ThemeOrigin]]
    failed: list[ThemeFaults]


class ThemesPath(TypedDict):
    """Where themes are."""

    path: str
    """Where yours belong."""

    folders: list[File]


class WeakPair(TypedDict):
    """Two colours that are too close to each other."""

    front: str
    behind: str
    kind: str
    contrast: float
    least: float
    """What it has to be."""


class ThemeChecked(TypedDict):
    """One theme, measured."""

    name: str
    path: str
    measured: bool
    """False: its colours are the terminal's own."""

    problems: list[str]
    weak: list[WeakPair]


class ThemesCheck(TypedDict):
    """Whether themes can be read."""

    good: bool
    themes: list[ThemeChecked]
    failed: list[ThemeFaults]


class McpInstall(TypedDict):
    """What was done to make mux known to a CLI, or unknown."""

    client: str
    scope: str
    registered: bool
    ran: list[str]
    """The commands."""

    said: str
    """What the CLI said to it."""


class SpecSchema(TypedDict):
    """One document, or one line, that `--json` prints or a tool returns."""

    schema: str
    commands: list[str]
    """What prints it, without the `mux`."""

    meaning: str
    event: str | None
    """The line's `event`; null: it is a document."""

    stamped: bool
    """Whether it says its schema itself, as `schema`."""

    over_mcp: bool
    """Whether a tool or a resource of `mux mcp` returns it, and no `--json`."""

    json_schema: dict[str, Any]


class SpecExitCode(TypedDict):
    """An exit code."""

    code: int
    name: str
    meaning: str


class SpecCommand(TypedDict):
    """How a command is called."""

    name: str
    schemas: list[str]
    """What its `--json` prints."""


class SpecScreen(TypedDict):
    """A screen of the cockpit, and the commands that say the same with `--json`."""

    name: str
    commands: list[str]


class Spec(TypedDict):
    """The whole command line."""

    version: str
    """Of mux."""

    options: list[Argument]
    """What every command takes."""

    commands: list[Annotated[CommandFacts, SpecCommand]]
    exit_codes: list[SpecExitCode]
    screens: list[SpecScreen]
    schemas: list[SpecSchema]
