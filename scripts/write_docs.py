"""Write the documents that are made from the code: `config.toml`, `docs/`,
and the pictures of the screens.

`--check` writes nothing, names what is out of date, and fails if anything is.
"""

import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

from cli_pages import cli_page, json_page

from mux_tui.core.config.check import allowed
from mux_tui.core.config.keys import Key
from mux_tui.core.config.manual import Entry, Section, manual
from mux_tui.core.config.notation import written
from mux_tui.core.config.variables import variable_of

ROOT = Path(__file__).resolve().parent.parent
WIDTH = 88

_CONFIG_TOP = """\
# The settings of mux, all of them, each with its default.
#
# This file is the lowest layer. Above it lie, in this order: your own file (its place:
# `mux config path`), a project's `.mux.toml`, variables such as MUX_SERVER_PORT, and
# `--set KEY=VALUE`. Change a setting with `mux config set KEY VALUE`, or copy the lines
# you want into your own file; what you leave out stays as it is here.
"""

_PAGE_TOP = """\
# Configuration

This page is made from the settings themselves (`make docs`).

## Where settings come from

Each layer replaces single settings of the one above it in this table.

| layer     | where                                                                    |
|-----------|--------------------------------------------------------------------------|
| shipped   | `config.toml`, which comes with mux and holds every default              |
| user      | your own file: `mux config path` says where                              |
| project   | `.mux.toml` in the work directory, or above it in the same git tree      |
| variable  | `MUX_` and the setting's name: `MUX_ROUTER_MIN_CONFIDENCE=0.7`           |
| flag      | `--set router.min_confidence=0.7`, for one call                          |

`mux config show` prints every setting with its value and the layer it came from;
`--changed` leaves out the defaults.

A project's file may only narrow what the layers below it allow: take a CLI out of
`cloud.order`, make a time limit smaller, forbid the cloud. Which settings it may
narrow is said with each. Anything else in it is an error.

An unknown setting, a wrong type or a value out of bounds is an error as well: mux names
the file, the line, what is allowed and the nearest name it knows, and does nothing.

## Changing them

```console
$ mux config set router.min_confidence 0.7
$ mux config unset router.min_confidence
$ mux config edit
```

`set` and `unset` keep comments, order and line ends, and change no other line. `edit`
opens a copy in `$VISUAL` or `$EDITOR` and replaces your file once the copy is right.

`mux config schema` prints a JSON Schema of all settings. Editors that know TOML (those
with Taplo, such as Even Better TOML) complete and check your file with it:
`mux config schema > ~/.config/mux/schema.json`, and as the first line of your file
`#:schema ./schema.json`.

In variables, with `--set` and with `mux config set`, a value is written as in TOML:
`0.7`, `true`, `["claude", "gemini"]`. Text needs no quotes, and for a list of one item
the item alone will do.

## All settings
"""

_NARROWS = {
    "smaller": "A project may make it smaller.",
    "subset": "A project may leave some out.",
    "later_choice": "A project may choose a later one.",
    "off": "A project may turn it off.",
}


def config_toml() -> str:
    """The shipped `config.toml`."""
    parts = [_CONFIG_TOP, *(_toml_section(section) for section in manual())]
    return "\n".join(parts)


def _toml_section(section: Section) -> str:
    rule = "# " + "-" * (WIDTH - 2)
    head = f"{rule}\n{_comment(section.meaning)}\n[{section.name}]\n"
    if section.same_as:
        lines = "".join(f"{_assignment(entry)}\n" for entry in section.entries)
        return f"{head}\n# The same settings as in [{section.same_as}].\n{lines}"

    return head + "".join(
        f"\n{_comment(_explained(entry))}\n{_assignment(entry)}\n"
        for entry in section.entries
    )


def _comment(text: str) -> str:
    return textwrap.fill(text, WIDTH, initial_indent="# ", subsequent_indent="# ")


def _explained(entry: Entry) -> str:
    key = entry.key
    bounds = f" From {bound(key.low)} to {bound(key.high)}." if _bounded(key) else ""
    words = ""
    if key.choices and not all(
        f"`{choice}`" in entry.meaning for choice in key.choices
    ):
        words = f" {'Any' if key.many else 'One'} of: {', '.join(key.choices)}."

    return entry.meaning + bounds + words


def _bounded(key: Key) -> bool:
    return key.low is not None and key.high is not None


def bound(number: float | None) -> str:
    """A bound as TOML may write it: `10_000_000`, `0.1`."""
    if number is None:
        return ""

    return f"{int(number):_}" if number == int(number) else str(number)


def _assignment(entry: Entry) -> str:
    line = f"{entry.name} = {written(entry.key.default)}"
    if len(line) <= WIDTH or not entry.key.many:
        return line

    items = "".join(f"  {written(item)},\n" for item in entry.key.default)
    return f"{entry.name} = [\n{items}]"


def configuration_page() -> str:
    """The page `docs/configuration.md`."""
    return _PAGE_TOP + "".join("".join(_page_section(part)) for part in manual())


def _page_section(section: Section) -> Iterator[str]:
    yield f"\n### `[{section.name}]`\n\n{_filled(section.meaning)}\n"
    if section.same_as:
        anchor = section.same_as.replace(".", "")
        yield f"\nThe same settings as [`[{section.same_as}]`](#{anchor}).\n"
        return

    for entry in section.entries:
        key = entry.key
        yield f"\n#### `{key.name}`\n\n{_filled(entry.meaning)}\n\n"
        yield f"{_filled(_facts(key))}\n"


def _facts(key: Key) -> str:
    facts = allowed(key)
    narrows = f" {_NARROWS[key.narrows]}" if key.narrows else ""
    return (
        f"{facts[0].upper()}{facts[1:]}. Default: `{written(key.default)}`."
        f"{narrows} Variable: `{variable_of(key.name)}`."
    )


def _filled(text: str) -> str:
    return textwrap.fill(text, WIDTH, break_on_hyphens=False, break_long_words=False)


_PICTURES = {
    "cockpit": "test_cockpit_looks/test_escalated[120x36-mux-dark]",
    "ledger": "test_ledger_looks/test_the_list[120x36-mux-dark]",
    "proxy": "test_proxy_looks/"
    "test_requests_that_wait_are_read_and_are_answered[120x36-mux-dark]",
    "hardware": "test_hardware_looks/test_a_machine[120x36-mux-dark-mac]",
    "changes": "test_review_looks/test_a_review[120x36-mux-dark-unified]",
    "setup": "test_setup_looks/test_step_2_lists_models_with_their_fit"
    "[120x36-mux-dark]",
}
"""The pictures in the documents, and the snapshots that they are."""


def _picture(snapshot: str) -> str:
    file = ROOT / "tests" / "tui" / "__snapshots__" / f"{snapshot}.svg"
    return file.read_text(encoding="utf-8")


DOCUMENTS: Mapping[str, Callable[[], str]] = {
    "config.toml": config_toml,
    "docs/configuration.md": configuration_page,
    "docs/cli.md": cli_page,
    "docs/json.md": json_page,
    **{
        f"docs/pictures/{name}.svg": partial(_picture, snapshot)
        for name, snapshot in _PICTURES.items()
    },
}
"""What is written: the path in the project, and what makes its text."""


def main() -> int:
    """Write, or with `--check` compare, all documents."""
    check = "--check" in sys.argv[1:]
    stale = 0
    for name, make in DOCUMENTS.items():
        path, text = ROOT / name, make()
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale += 1
        print(f"{name} is out of date" if check else f"wrote {name}")
        if not check:
            path.write_text(text, encoding="utf-8")

    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
