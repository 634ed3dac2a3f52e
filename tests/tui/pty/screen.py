"""What a terminal makes of the bytes it gets: the text it shows, the modes that are on.

Knows the few sequences that the cockpit has reason to send; everything else is kept in
`strange`, so that a test can say that nothing foreign got through.
"""

import re
from codecs import getincrementaldecoder
from dataclasses import dataclass, field
from unicodedata import east_asian_width

_TOKEN = re.compile(
    r"\x1b\[(?P<parameters>[0-?]*)(?P<middle>[ -/]*)(?P<final>[@-~])"
    r"|\x1b\](?P<osc>[^\x07\x1b]*)(?:\x07|\x1b\\)"
    r"|(?P<escape>\x1b[PX^_][^\x1b]*\x1b\\|\x1b[^\[\]PX^_])"
    r"|(?P<text>[^\x1b]+)",
)
_WHOLE = 300
"""Characters after which a sequence that has no end is no sequence."""

_INVISIBLE = re.compile("[\u200b\u202a-\u202e\u2028\u2029\u2066-\u2069]")
_CONTROL = re.compile("[\x00-\x06\x08\x09\x0b\x0c\x0e-\x1f\x7f-\x9f]")

_ALLOWED = {("", "", "H"), ("", "", "m"), ("?", "", "h"), ("?", "", "l")} | {
    ("?", "$", "p"),  # Asks for a mode's state.
    (">", "", "u"),
    ("<", "", "u"),  # Kitty's keyboard protocol, on and off.
}


@dataclass
class Screen:
    """A terminal's screen, fed with bytes."""

    rows: int
    columns: int
    modes: dict[str, bool] = field(default_factory=dict[str, bool])
    """Private modes by number, as they were set last."""

    strange: list[str] = field(default_factory=list[str])
    """What a cockpit has no reason to send, as Python writes it."""

    clipboard: list[str] = field(default_factory=list[str])
    """What was put into the clipboard, in base64."""

    links: list[str] = field(default_factory=list[str])
    styles: set[str] = field(default_factory=set[str])
    """The parameters of every colour and style."""

    bells: int = 0
    keyboards: int = 0
    """How often Kitty's keyboard protocol was switched on and not off again."""

    def __post_init__(self) -> None:
        self._decode = getincrementaldecoder("utf-8")("replace").decode
        self._rest = ""
        self._x = self._y = 0
        self._lines: dict[int, dict[int, str]] = {}

    @property
    def text(self) -> str:
        """What is shown, without blanks at the ends of lines."""
        return "\n".join(self._line(row).rstrip() for row in range(self.rows))

    @property
    def modes_left_on(self) -> list[str]:
        """What a program that has ended should have switched off."""
        # Cursor and line wrap are on by themselves.
        own = {"25", "7"}
        left = [mode for mode, on in self.modes.items() if on and mode not in own]
        left += [f"not {mode}" for mode in own if self.modes.get(mode) is False]
        return left + ["kitty keyboard"] * max(self.keyboards, 0)

    def resize(self, rows: int, columns: int) -> None:
        """Have another size; what was shown goes."""
        self.rows, self.columns = rows, columns
        self._lines.clear()

    def feed(self, data: bytes) -> list[str]:
        """Take bytes; returns the numbers of the modes that were asked about."""
        text = self._rest + self._decode(data)
        asked: list[str] = []
        end = 0
        for token in _TOKEN.finditer(text):
            if token.start() != end:
                break
            end = token.end()
            self._take(token, asked)
        self._rest = text[end:]
        if len(self._rest) > _WHOLE:
            self.strange.append(ascii(self._rest[:40]))
            self._rest = ""
        return asked

    def _take(self, token: re.Match[str], asked: list[str]) -> None:
        if token["text"] is not None:
            self._show(token["text"])
        elif token["osc"] is not None:
            self._command(token["osc"])
        elif token["final"] is not None:
            self._control(token, asked)
        else:
            self.strange.append(ascii(token[0]))

    def _control(self, token: re.Match[str], asked: list[str]) -> None:
        parameters, middle, final = token["parameters"], token["middle"], token["final"]
        private = parameters[:1] if parameters[:1] in "?<=>" else ""
        numbers = parameters.removeprefix(private)
        if (private, middle, final) not in _ALLOWED:
            self.strange.append(ascii(token[0]))
        elif final == "H":
            row, _, column = numbers.partition(";")
            self._y, self._x = int(row or 1) - 1, int(column or 1) - 1
        elif final == "m":
            self.styles.add(numbers)
        elif final == "p":
            asked.append(numbers)
        elif final == "u":
            self.keyboards += 1 if private == ">" else -1
        else:
            for number in numbers.split(";"):
                self.modes[number] = final == "h"
            if numbers == "1049":
                self._lines.clear()

    def _command(self, osc: str) -> None:
        kind, _, rest = osc.partition(";")
        match kind:
            case "52":
                self.clipboard.append(rest.partition(";")[2])
            case "8":
                self.links.append(rest.partition(";")[2])
            case "22":
                """The shape of the mouse pointer."""
            case _:
                self.strange.append(ascii(f"OSC {osc}"))

    def _show(self, text: str) -> None:
        self.strange += map(ascii, _INVISIBLE.findall(text) + _CONTROL.findall(text))
        for char in text:
            if char == "\x07":
                self.bells += 1
            elif char == "\r":
                self._x = 0
            elif char == "\n":
                self._y += 1
            else:
                self._lines.setdefault(self._y, {})[self._x] = char
                self._x += 2 if east_asian_width(char) in "WF" else 1

    def _line(self, row: int) -> str:
        cells = self._lines.get(row, {})
        return "".join(cells.get(x, " ") for x in range(self.columns))
