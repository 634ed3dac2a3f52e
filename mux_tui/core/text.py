"""Making foreign text safe to show.

Model output, file names, command output, ledger rows and settings are foreign. Before
any of it reaches a terminal, what a terminal would obey is replaced by a mark that
can be read: control bytes by their Unicode pictures, marks that cannot be seen by
their code points.
"""

_PICTURES = {code: chr(0x2400 + code) for code in range(0x20)} | {0x7F: "\u2421"}
_C1 = {code: f"\\x{code:02x}" for code in range(0x80, 0xA0)}
_UNSEEN = {
    code: f"<U+{code:04X}>"
    for code in (
        *(0x00AD, 0x061C, 0x200B, 0x200E, 0x200F, 0x2028, 0x2029, 0xFEFF),
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2065),
        *range(0x2066, 0x206A),
        *range(0xE0000, 0xE0080),
    )
}
"""Direction marks, and what takes no room; joiners stay, for scripts need them."""

_SURROGATES = dict.fromkeys(range(0xD800, 0xE000), "\ufffd")
_LINE = _PICTURES | _C1 | _UNSEEN | _SURROGATES
_BLOCK = {
    code: mark for code, mark in _LINE.items() if code not in (0x09, 0x0A, 0x0D)
} | {0x0D: ""}


def printable(text: str) -> str:
    """Return `text` with everything a terminal would obey made visible.

    Newlines and tabs stay; carriage returns go, so that CRLF reads as one line end
    and no line can be painted over. The mapping is character by character: pieces of
    a stream may be made safe one at a time.
    """
    return text.translate(_BLOCK)


def one_line(text: str, limit: int = 300) -> str:
    """Return `text` on one line, safe to show, and at most `limit` characters long.

    Line ends and runs of white space become one space; what is cut is marked by an
    ellipsis.
    """
    line = " ".join(text.split()).translate(_LINE)
    return line if len(line) <= limit else line[: limit - 1] + "…"
