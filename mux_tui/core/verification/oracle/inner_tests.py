"""Tests that stand inside of source files, where no name of a file tells of them.

Rust keeps unit tests beside the code and runs the examples of its documentation,
pytest runs tests of any file and the examples of docstrings and documents, and vitest
what stands behind `import.meta.vitest`.
Read without a parser of the language: what is taken for a test too much makes a proof
unknown, never a pass.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

_RUST_ATTRIBUTE = re.compile(
    r"#(?P<whole>!?)\[\s*(?:cfg\s*\((?!\s*not\b)[^\]]{0,300}\btest\b"
    r"|(?:\w+\s*::\s*)*(?:test|rstest|test_case|quickcheck|wasm_bindgen_test)\b)"
    r"[^\]]{0,300}\]"
)
# What is begun and never ended goes to the end, so that nothing is read twice.
_RUST_TOKEN = re.compile(
    r"//[^\n]*|/\*|b?r(?P<hashes>#*)\".*?(?:\"(?P=hashes)|\Z)"
    r"|b?\"(?:\\.|[^\"\\])*(?:\"|\Z)|'(?:\\[^\n']*.|[^'\\\n])'|[\[\](){};]",
    re.DOTALL,
)
_COMMENT_END = re.compile(r"/\*|\*/")
_RUST_DOCS = ("///", "//!")
_RUST_BLOCK_DOC = re.compile(
    r"/\*[*!].*?(?:\*/|\Z)|\#!?\[\s*doc\b[^\]]{0,2000}\]", re.DOTALL
)
_MACRO = re.compile(r"\bmacro_rules!\s*(\w+)")
_FENCES = ("```", "~~~")
_INDENTED = ("    ", "\t")
_PROMPT = ">>>"
_QUOTES = ('"""', "'''")
_PYTHON_TEST = re.compile(
    r"(?P<indent>[ \t]*)(?:(?:async[ \t]+)?def[ \t]+test"
    r"|class[ \t]+(?:Test|\w+\(.*TestCase))"
)
_VITEST = "import.meta.vitest"


def inner_tests(path: str, text: str) -> str:
    """The lines of a source file that are tests, in their order; empty: none."""
    read = _READERS.get(PurePosixPath(path).suffix.casefold())
    return "\n".join(read(text)) if read else ""


def _rust(text: str) -> Iterator[str]:
    end = 0
    for found in _RUST_ATTRIBUTE.finditer(text):
        if found["whole"]:
            yield from text.splitlines()
            return
        if found.start() >= end:
            end = _end_of_item(text, found.end())
            yield from text[found.start() : end].splitlines()
    if end and (macros := _MACRO.findall(text)):
        calls = re.compile(rf"\b(?:{'|'.join(macros)})!")
        yield from (line for line in text.splitlines() if calls.search(line))
    yield from _rust_examples(text)


def _end_of_item(text: str, start: int) -> int:
    """Where the item that an attribute stands before is over."""
    depth = 0
    while token := _RUST_TOKEN.search(text, start):
        start = token.end()
        match token.group():
            case "/*":
                start = _end_of_comment(text, start)
            case "{" | "(" | "[":
                depth += 1
            case "}" | ")" | "]":
                depth -= 1
                if depth <= 0 and token.group() == "}":
                    return start
            case ";" if depth <= 0:
                return start
            case _:
                pass

    return len(text)


def _end_of_comment(text: str, start: int) -> int:
    """Where a comment ends that may hold others."""
    depth = 1
    for found in _COMMENT_END.finditer(text, start):
        depth += 1 if found.group() == "/*" else -1
        if not depth:
            return found.end()

    return len(text)


def _rust_examples(text: str) -> Iterator[str]:
    inside = False
    for line in text.splitlines():
        plain = line.strip()
        told = plain[3:].removeprefix(" ")
        if not plain.startswith(_RUST_DOCS):
            inside = False
        elif told.strip().startswith(_FENCES):
            # What stands behind it says whether the example is run at all.
            yield told.strip()
            inside = not inside
        elif inside or told.startswith(_INDENTED):
            yield f" {told}"
    for found in _RUST_BLOCK_DOC.finditer(text):
        yield from found.group().splitlines()


def _python(text: str) -> Iterator[str]:
    depth = -1
    for line in text.splitlines():
        indent = len(line) - len(line.lstrip())
        if depth >= 0 and line.strip() and indent <= depth:
            depth = -1
        if depth < 0 and (found := _PYTHON_TEST.match(line)):
            depth = len(found["indent"])
        if depth >= 0:
            yield line
    yield from _prompted(text)


def _prompted(text: str) -> Iterator[str]:
    """Examples as at Python's prompt, with what they are to print."""
    inside = False
    for line in text.splitlines():
        plain = line.strip()
        for quotes in _QUOTES:
            plain = plain.removeprefix(quotes) if _PROMPT in plain else plain
        if plain.startswith(_PROMPT):
            inside = True
            yield plain
        elif not plain or plain.startswith(_QUOTES):
            inside = False
        elif inside:
            yield f" {plain}"


def _vitest(text: str) -> Iterator[str]:
    at = text.find(_VITEST)
    if at >= 0:
        yield from text[text.rfind("\n", 0, at) + 1 :].splitlines()


_READERS: dict[str, Callable[[str], Iterator[str]]] = {
    ".rs": _rust,
    ".py": _python,
    ".pyi": _python,
    **dict.fromkeys((".md", ".rst"), _prompted),
    **dict.fromkeys((".js", ".jsx", ".mjs", ".cjs"), _vitest),
    **dict.fromkeys((".ts", ".tsx", ".mts", ".cts", ".vue", ".svelte"), _vitest),
}
