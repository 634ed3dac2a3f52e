"""Does the code in an answer parse? Python, JSON and TOML blocks, read and never run.

What is no whole program (a console transcript, a snippet with `...` for what was left
out) can be neither right nor wrong: it is `unknown`, as is what is too large or too
deep to be parsed safely.
"""

import ast
import json
import re
import textwrap
import tomllib
import warnings
from collections.abc import Callable
from typing import NoReturn

from mux_tui.core.routing.fences import Block, parts
from mux_tui.core.task import Check, VerdictStatus
from mux_tui.core.text import one_line

_LARGEST = 65_536
_DEEPEST = 40
_MOST_BLOCKS = 100

# A console transcript, or something left out, on the line where parsing stopped.
_NO_PROGRAM = re.compile(
    r"^\s*(?:>>>|In \[\d+\]:|[$%!])|\.\.\.|…|<[a-z][\w \-]*>", re.IGNORECASE
)
# Brackets, and dotted names so long that parsing them takes quadratic time.
_NESTING = re.compile(r"[\[{(\]})]|(?:\.\s{0,3}\w+\s{0,3}){200}")
_TOML_LINE = re.compile(r"\(at line (\d+),")


def parse_checks(answer: str) -> tuple[Check, ...]:
    """One check for each Python, JSON or TOML block of an answer, in order."""
    known = [
        (number, block, _PARSERS[block.language])
        for number, block in enumerate(parts(answer).blocks, start=1)
        if block.language in _PARSERS and block.code.strip()
    ]
    return tuple(
        _check(number, block, parser) for number, block, parser in known[:_MOST_BLOCKS]
    )


def _check(number: int, block: Block, parser: Callable[[str], object]) -> Check:
    status, detail = _status(block.code, parser)
    name = f"{one_line(block.language, 20)} in code block {number} parses"
    return Check(name, status, one_line(detail, 300))


def _status(code: str, parser: Callable[[str], object]) -> tuple[VerdictStatus, str]:
    if len(code) > _LARGEST:
        return "unknown", f"too large to parse: {len(code):,} characters"
    if _too_deep(code):
        return "unknown", "nested too deeply to parse"

    try:
        # A warning about the answer's code is not ours to print.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            parser(code)
    except (RecursionError, MemoryError):
        return "unknown", "nested too deeply to parse"
    except (SyntaxError, ValueError) as error:
        return _judge(code, error)

    return "pass", ""


def _judge(code: str, error: SyntaxError | ValueError) -> tuple[VerdictStatus, str]:
    number = _line_number(error)
    lines = code.split("\n")
    line = lines[number - 1].strip() if 0 < number <= len(lines) else ""
    if _NO_PROGRAM.search(line):
        return "unknown", f"a snippet or a transcript, no whole program: {line}"

    told = error.msg if isinstance(error, SyntaxError) else str(error)
    if "integer string conversion" in told:
        return "unknown", "a number too large to parse"
    if not isinstance(error, SyntaxError):
        return "fail", f"{told}: {line}" if line else told

    return "fail", f"line {number}: {told}: {line}" if line else told


def _line_number(error: SyntaxError | ValueError) -> int:
    """From 1; 0: the error does not say."""
    if isinstance(error, SyntaxError):
        return error.lineno or 0
    if isinstance(error, json.JSONDecodeError):
        return error.lineno

    found = _TOML_LINE.search(str(error))
    return int(found[1]) if found else 0


def _too_deep(code: str) -> bool:
    depth = 0
    for found in _NESTING.finditer(code):
        token = found[0]
        if len(token) > 1:
            return True
        depth += 1 if token in "[{(" else -1
        if depth > _DEEPEST:
            return True

    return False


def _python(code: str) -> object:
    return ast.parse(textwrap.dedent(code))


def _json(code: str) -> object:
    return json.loads(code, parse_constant=_refuse, parse_int=str)


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_PARSERS: dict[str, Callable[[str], object]] = {
    "python": _python,
    "python3": _python,
    "py": _python,
    "json": _json,
    "toml": tomllib.loads,
}
