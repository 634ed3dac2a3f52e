"""The pages `docs/cli.md` and `docs/json.md`, out of the command line's own facts."""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mux_tui.cli.spec.commands import (
    Argument,
    CommandFacts,
    commands,
    common_options,
)
from mux_tui.cli.spec.documents import Document, documents, schema_of
from mux_tui.cli.spec.exit_codes import exit_codes
from mux_tui.cli.spec.manual_page import sentence, term_of
from mux_tui.cli.spec.twins import TWINS

_WIDTH = 88

_CLI_TOP = """\
# The command line

This page is made from the commands themselves (`make docs`); `mux man` shows the same,
and `mux spec --json` says it to programs.

Standard output is data, standard error is narration: `mux … > file` has the answer
alone, and `-q` leaves only warnings and errors on the terminal. With `--json` a command
prints one JSON document, or one JSON object a line; [json.md](json.md) has the schemas.

No escape sequence is written to a pipe. On a terminal the marks in front of lines
(`✓`, `✗`, `▲`) are coloured, unless `NO_COLOR` is set or `TERM` is `dumb`;
`--color always` and `--color never` decide it. The words behind a mark say all that its
colour says.

## Completion

```console
$ eval "$(mux completion bash)"                                  # in ~/.bashrc
$ mux completion zsh > ~/.zfunc/_mux                             # a folder of $fpath
$ mux completion fish > ~/.config/fish/completions/mux.fish
```

Commands, options, the words that an option takes, settings, files and directories are
completed. The scripts run no `mux`, and are made anew after an update.

## Exit codes

"""

_JSON_TOP = """\
# What `--json` prints, and what MCP tools return

This page is made from the facts that are printed (`make docs`). `mux spec --schema ID`
prints each of these as a JSON Schema, and `mux spec --json` all of them; the tests hold
what commands print and tools return against them.

- A document says which it is: `"schema": "mux.status/1"`. A line of a stream says
  `"event"` instead. The few that say neither are marked.
- The number goes up when a field goes away, or comes to mean something else. Fields may
  be added without: pass over what you do not know.
- Every field is there, except those marked as optional; what is not known is `null`. So
  is a number that JSON cannot write.
- All bytes are printable ASCII. Times are seconds since 1970, UTC, where nothing else
  is said, and sizes are bytes.

## Screens and their twins

"""


def cli_page() -> str:
    """The page `docs/cli.md`."""
    codes = _table(
        ("code", "name", "meaning"),
        *((f"`{code}`", name, said) for code, (name, said) in exit_codes().items()),
    )
    common = "".join(map(_argument, common_options()))
    body = "".join("".join(_command(one)) for one in commands())
    return f"{_CLI_TOP}{codes}\n## Options of every command\n\n{common}{body}"


def _table(*rows: tuple[str, ...]) -> str:
    """A table of Markdown; the first row is its header."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    ]
    rule = "|".join("-" * (width + 2) for width in widths)
    header, *rest = [f"| {line} |\n" for line in lines]
    return f"{header}|{rule}|\n{''.join(rest)}"


def _command(command: CommandFacts) -> Iterator[str]:
    yield f"\n## `mux {command.name}`\n\n{_filled(sentence(command.summary))}\n\n"
    usage = _filled(command.usage, "    ")
    yield f"```text\n{usage}\n```\n"
    if command.arguments:
        yield "\n" + "".join(map(_argument, command.arguments))
    kinds = [one for one in documents() if command.name in one.commands]
    printed = "`--json`" if command.writes_json else "JSON Lines"
    yield _links(printed, [one for one in kinds if not one.over_mcp])
    yield _links("Over MCP", [one for one in kinds if one.over_mcp])
    if command.examples:
        lines = "\n".join(f"$ {line}" for line in command.examples)
        yield f"\n```console\n{lines}\n```\n"


def _links(how: str, kinds: Sequence[Document]) -> str:
    links = ", ".join(
        f"[{one.event or one.id}](json.md#{_anchor(one.id)})" for one in kinds
    )
    return f"\n{_filled(f'{how}: {links}')}\n" if kinds else ""


def _argument(argument: Argument) -> str:
    told = sentence(argument.meaning)
    if argument.excludes:
        others = ", ".join(f"`{name}`" for name in argument.excludes)
        told += f" Not together with {others}."
    whole = f"- `{term_of(argument)}`: {told}"
    return f"{_filled(whole, '  ')}\n"


def json_page() -> str:
    """The page `docs/json.md`."""
    parts: dict[str, Any] = {}
    body = "".join("".join(_document(one, parts)) for one in documents())
    inner = "".join(_part(name, parts[name]) for name in sorted(parts))
    listed = "".join(
        f"- [{one.id}](#{_anchor(one.id)}): {_printed_by(one)}\n" for one in documents()
    )
    twins = "".join(map(_twin, TWINS.items()))
    top = f"{_JSON_TOP}{twins}\n## Documents and lines\n\n{listed}"
    return f"{top}{body}\n## Parts\n{inner}"


def _twin(twin: tuple[str, tuple[str, ...]]) -> str:
    screen, names = twin
    shown = ", ".join(f"`mux {name} --json`" for name in names)
    return f"{_filled(f'- {screen}: {shown}', '  ')}\n"


def _printed_by(document: Document) -> str:
    commands = ", ".join(f"`mux {command}`" for command in document.commands)
    return f"{commands}, over MCP" if document.over_mcp else commands


def _document(document: Document, parts: dict[str, Any]) -> Iterator[str]:
    schema = schema_of(document)
    parts |= schema.get("$defs", {})
    yield f"\n### {document.id}\n\n"
    said = document.meaning
    if document.event:
        said += f' A line with `"event": "{document.event}"`.'
    elif not document.stamped:
        said += " It does not say its schema."
    yield f"{_filled(f'{_printed_by(document)}. {said}')}\n\n"
    yield _fields(schema) or f"It is {_kind(schema)}.\n"


def _part(name: str, schema: Mapping[str, Any]) -> str:
    about = schema.get("description", "")
    told = f"{_filled(about)}\n\n" if about else ""
    return f"\n### {name}\n\n{told}{_fields(schema)}"


def _fields(schema: Mapping[str, Any]) -> str:
    required = schema.get("required", [])
    return "".join(
        _field(name, field, optional=name not in required)
        for name, field in schema.get("properties", {}).items()
        if "const" not in field
    )


def _field(name: str, schema: Mapping[str, Any], *, optional: bool) -> str:
    kind = _kind(schema) + (", optional" if optional else "")
    about = schema.get("description", "")
    told = f"- `{name}` ({kind})" + (f": {about}" if about else "")
    return f"{_filled(told, '  ')}\n"


def _kind(schema: Mapping[str, Any]) -> str:
    match schema:
        case {"$ref": str(place)}:
            name = place.rpartition("/")[2]
            return f"[{name}](#{_anchor(name)})"
        case {"enum": [*words]}:
            return " or ".join(f'`"{word}"`' for word in words)
        case {"anyOf": [*kinds]}:
            return " or ".join(_kind(kind) for kind in kinds)
        case {"type": [*kinds]}:
            return " or ".join(kinds)
        case {"type": "array"}:
            return _list(schema)
        case {"type": "object", "properties": {**properties}}:
            return f"object of {', '.join(f'`{name}`' for name in properties)}"
        case {"type": "object", "additionalProperties": {**inner}}:
            return f"object whose values are {_kind(inner)}"
        case {"type": str(kind)}:
            return kind
        case _:
            return "any"


def _list(schema: Mapping[str, Any]) -> str:
    kinds = schema.get("prefixItems") or [schema.get("items")]
    named = ", ".join(_kind(kind) for kind in kinds if kind)
    return f"list of {named}" if named else "list"


def _anchor(name: str) -> str:
    """What GitHub makes of a heading."""
    kept = (c for c in name.lower() if c.isalnum() or c in "-_ ")
    return "".join(kept).replace(" ", "-")


def _filled(text: str, indent: str = "") -> str:
    return textwrap.fill(
        text,
        _WIDTH,
        subsequent_indent=indent,
        break_on_hyphens=False,
        break_long_words=False,
    )
