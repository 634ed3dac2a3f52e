"""The manual page out of the facts: for `man`, and as plain text where there is none.

It is a list of blocks first, which both forms are written from.
"""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mux_tui import __version__
from mux_tui.cli.spec.commands import (
    Argument,
    CommandFacts,
    commands,
    common_options,
)
from mux_tui.cli.spec.exit_codes import exit_codes

_ABOUT = (
    "mux does tasks with the model on this machine where it can, proves what came of "
    "them, and hands what is too hard to a cloud CLI, if it may. Without a command it "
    "opens the cockpit."
)
_OUTPUT = (
    "Standard output is data, standard error is narration. With --json a command "
    "prints one JSON document, or one JSON object a line; mux spec prints the schema "
    "of each. No escape sequence is written to a pipe."
)
_VARIABLES = (
    ("MUX_HOME", "One directory for all of mux's files, instead of the XDG ones."),
    ("MUX_SECTION_KEY", "A setting: MUX_SERVER_PORT is server.port."),
    ("NO_COLOR", "When it is not empty, nothing is coloured, unless --color says so."),
    ("PAGER", "What shows this page where there is no man."),
    ("VISUAL, EDITOR", "What mux config edit opens."),
)


@dataclass(frozen=True)
class Heading:
    """A section's name; `inner`: of a section in one."""

    text: str
    inner: bool = False


@dataclass(frozen=True)
class Paragraph:
    """Words."""

    text: str


@dataclass(frozen=True)
class Item:
    """Something, and what it is."""

    term: str
    text: str


@dataclass(frozen=True)
class Sample:
    """What can be typed, line by line."""

    lines: tuple[str, ...]


Block = Heading | Paragraph | Item | Sample


def manual() -> tuple[Block, ...]:
    """The page."""
    return tuple(_blocks(commands()))


def _blocks(every: Sequence[CommandFacts]) -> Iterator[Block]:
    yield Heading("NAME")
    yield Paragraph("mux - a local-first cockpit for coding with models")
    yield Heading("SYNOPSIS")
    yield Sample(
        (
            "mux [--line] [-q] [--debug] [--color WHEN] [--set KEY=VALUE]",
            "mux COMMAND [OPTION...]",
        )
    )
    yield Heading("DESCRIPTION")
    yield Paragraph(_ABOUT)
    yield Paragraph(_OUTPUT)
    yield Heading("OPTIONS OF EVERY COMMAND")
    yield from map(_item, common_options())
    yield Heading("COMMANDS")
    for command in every:
        yield from _command(command)
    yield Heading("EXIT STATUS")
    for code, (_, meaning) in exit_codes().items():
        yield Item(str(code), meaning)
    yield Heading("ENVIRONMENT")
    for name, meaning in _VARIABLES:
        yield Item(name, meaning)
    yield Heading("FILES")
    yield Paragraph(
        "mux config path says where your settings are, mux status where the ledger is, "
        "mux themes path where your themes belong. A .mux.toml in a project may narrow "
        "what the settings allow."
    )


def _command(command: CommandFacts) -> Iterator[Block]:
    yield Heading(f"mux {command.name}", inner=True)
    yield Paragraph(command.usage)
    yield Paragraph(sentence(command.summary))
    yield from map(_item, command.arguments)
    if command.examples:
        yield Paragraph("For example:")
        yield Sample(command.examples)


def _item(argument: Argument) -> Item:
    meaning = sentence(argument.meaning)
    if argument.excludes:
        meaning += f" Not together with {', '.join(argument.excludes)}."
    return Item(term_of(argument), meaning)


def term_of(argument: Argument) -> str:
    """`-n, --limit N`."""
    names = ", ".join(argument.names)
    return f"{names} {argument.metavar}".strip()


def sentence(text: str) -> str:
    """The text with a capital letter and a full stop."""
    end = "" if text.endswith((".", "?", "!")) else "."
    return f"{text[:1].upper()}{text[1:]}{end}"


def manual_page() -> str:
    """The page as `man` takes it."""
    head = f'.TH MUX 1 "" "mux {__version__}" "User Commands"\n'
    # Without this, lines would be justified and words broken.
    return head + ".ad l\n.nh\n" + "".join(_roff(block) for block in manual())


def _roff(block: Block) -> str:
    match block:
        case Heading(text, inner):
            name = _escaped(text).replace('"', "\\(dq")
            return f'{".SS" if inner else ".SH"} "{name}"\n'
        case Paragraph(text):
            return f".PP\n{_escaped(text)}\n"
        case Item(term, text):
            return f".TP\n\\fB{_escaped(term)}\\fR\n{_escaped(text)}\n"
        case Sample(lines):
            shown = "".join(f"{_escaped(line)}\n" for line in lines)
            return f".PP\n.RS 4\n.nf\n{shown}.fi\n.RE\n"


def _escaped(text: str) -> str:
    """Words of which roff takes none for a command of its own."""
    words = text.replace("\\", "\\e").replace("-", "\\-")
    words = words.replace("'", "\\(aq").replace("`", "\\(ga")
    words = "".join(c if c.isascii() else f"\\[u{ord(c):04X}]" for c in words)
    return f"\\&{words}" if words.startswith((".", "'")) else words


def manual_text(width: int) -> str:
    """The page as plain text.

    Args:
        width: Columns.
    """
    return "".join(_plain(block, width) for block in manual())


def _plain(block: Block, width: int) -> str:
    match block:
        case Heading(text, inner):
            return f"\n   {text}\n" if inner else f"\n{text}\n"
        case Paragraph(text):
            return f"{_filled(text, width, 7)}\n"
        case Item(term, text):
            return f"       {term}\n{_filled(text, width, 14)}\n"
        case Sample(lines):
            return "".join(f"           {line}\n" for line in lines) + "\n"


def _filled(text: str, width: int, indent: int) -> str:
    room = " " * indent
    return textwrap.fill(text, width, initial_indent=room, subsequent_indent=room)
