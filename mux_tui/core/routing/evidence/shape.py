"""Whether an answer has the shape of one: not empty, not cut, not an echo, as asked."""

import json
import re

from mux_tui.core.routing.evidence.tokens import Span
from mux_tui.core.routing.fences import Parts
from mux_tui.core.task import Completion, Factor, FinishReason

FINISH_WEIGHTS: dict[FinishReason, float] = {
    "stop": 0.0,
    "unknown": -0.2,
    "length": -1.6,
    "tool_calls": -2.0,
    "content_filter": -3.0,
}
_FINISH_NOTES: dict[FinishReason, str] = {
    "stop": "the model ended by itself",
    "unknown": "the backend does not say why the answer ends",
    "length": "the answer is cut off",
    "tool_calls": "a tool call instead of an answer",
    "content_filter": "the answer was withheld",
}
EMPTY_WEIGHT = -6.0
UNCLOSED_WEIGHT = -1.2
FORMAT_WEIGHT = -1.4
MARKUP_WEIGHT = -1.8
ECHO_WEIGHT = -1.1
NOTE_WEIGHT = -0.5
NOTES_LIMIT = -1.5

_MARKUP = re.compile(
    r"</?tool_call>|<function=|<parameter=|<\|(?:im_start|im_end|python_tag|endoftext"
    r"|tool_call|eot_id)\|>|\[TOOL_CALLS\]"
)
_JSON_ASKED = re.compile(
    r"\b(?:json\s+only|only\s+(?:valid\s+)?json|as\s+(?:valid\s+|a\s+)?json"
    r"|(?:in|using)\s+(?:valid\s+)?json(?:\s+format)?\s*(?:[.!,;]|$))"
    r"|(?:^|[.!?\n]\s*)(?:please\s+)?(?:return|reply|respond|answer|output|give|print)\b"
    r"[^.!?\n]{0,40}?\bjson\b(?!\s+(?:parser|file|library|schema|api))",
    re.IGNORECASE,
)
_LANGUAGES = {
    "python": ("python", "py", "python3", "pycon", "ipython"),
    "rust": ("rust", "rs"),
    "javascript": ("javascript", "js", "jsx", "node", "mjs"),
    "typescript": ("typescript", "ts", "tsx"),
    "java": ("java",),
    "go": ("go", "golang"),
    "c": ("c", "h"),
    "c++": ("c++", "cpp", "cc", "cxx", "hpp"),
    "c#": ("c#", "csharp", "cs"),
    "ruby": ("ruby", "rb"),
    "sql": ("sql", "postgresql", "postgres", "mysql", "sqlite"),
    "bash": ("bash", "sh", "shell", "zsh", "console"),
    "kotlin": ("kotlin", "kt"),
    "swift": ("swift",),
    "php": ("php",),
}
_NAME_OF = {alias: name for name, words in _LANGUAGES.items() for alias in words}
_LANGUAGE = "|".join(sorted(map(re.escape, _NAME_OF), key=len, reverse=True))
_THING = "function|script|program|class|method|code|query|snippet"
_CODE_ORDERED = re.compile(
    rf"\b(?:write|implement|create|give|show|code)\b[^.!?\n]{{0,60}}?"
    rf"\b(?:(?P<before>{_LANGUAGE})\s+(?:{_THING})\b"
    rf"|(?:{_THING})\b[^.!?\n]{{0,80}}?\bin\s+(?P<after>{_LANGUAGE})(?!\w))",
    re.IGNORECASE,
)
_CODE_LINE = re.compile(
    r"^\s*(?:(?:def|class|fn|func|impl|function|public|private|static)\s+\w+.*[({:]"
    r"|(?:import|from|use|package|using)\s+[\w.:{*]+.*|#\s*(?:include|define)\b.*"
    r"|(?:let|const|var|return)\s+.*|(?:SELECT|INSERT|UPDATE|CREATE|DELETE)\s+.*"
    r"|[\w.\[\]]+\s*[-+*/]?=\s*\S.*|[\w.]+\(.*\)\s*;?|.*[;{}])\s*$"
)
_CODE_LINES = 2


def code_spans(text: str, answer: Parts) -> tuple[Span, ...]:
    """Where an answer holds code, in characters: its fences, or else its bare lines."""
    if answer.blocks:
        return tuple((block.start, block.end) for block in answer.blocks)

    end = offset = count = 0
    for line in text.split("\n"):
        offset += len(line) + 1
        if _is_code(line):
            end, count = offset, count + 1
    return ((0, end),) if count >= _CODE_LINES else ()


def _is_code(line: str) -> bool:
    return 3 < len(line) <= 300 and _CODE_LINE.match(line) is not None


def _holds_code(answer: Parts) -> bool:
    if any(block.code.strip() for block in answer.blocks):
        return True

    return any(map(_is_code, answer.prose.split("\n")))


def shape_factors(
    completion: Completion, answer: Parts, task_text: str
) -> tuple[Factor, ...]:
    """The factors of an answer's outward form.

    Args:
        completion: The whole answer.
        answer: Its text, or the beginning of a very long one, taken apart.
        task_text: What was asked.
    """
    finish = completion.finish_reason
    return (
        _factor("finish_reason", finish, FINISH_WEIGHTS[finish], _FINISH_NOTES[finish]),
        _emptiness(completion.text),
        _fences(answer),
        _asked_format(answer, task_text),
        _markup(answer.prose),
        _echo(completion.text, task_text),
        _notes(completion.notes),
    )


def _factor(name: str, value: str | int | bool, weight: float, note: str) -> Factor:
    return Factor(
        name, value, weight=weight, leans="cloud" if weight else "neutral", note=note
    )


def _emptiness(text: str) -> Factor:
    empty = not any(character.isalnum() for character in text)
    note = "there is no answer" if empty else ""
    return _factor("emptiness", empty, EMPTY_WEIGHT if empty else 0.0, note)


def _fences(answer: Parts) -> Factor:
    unclosed = any(not block.closed for block in answer.blocks)
    note = "a code block is never closed" if unclosed else ""
    return _factor(
        "unclosed_code", unclosed, UNCLOSED_WEIGHT if unclosed else 0.0, note
    )


def _asked_format(answer: Parts, task_text: str) -> Factor:
    missing = ""
    asked = _asked_language(task_text)
    if _JSON_ASKED.search(task_text):
        missing = "" if _has_json(answer) else "JSON was asked for, and there is none"
    elif asked and not _has_language(answer, asked):
        missing = f"{asked} was asked for, and there is none"
    weight = FORMAT_WEIGHT if missing else 0.0
    return _factor("asked_format", "missing" if missing else "ok", weight, missing)


def _asked_language(task_text: str) -> str:
    found = _CODE_ORDERED.search(task_text[:4_000])
    return _NAME_OF[(found["before"] or found["after"]).lower()] if found else ""


def _has_language(answer: Parts, asked: str) -> bool:
    if not _holds_code(answer):
        return False

    tags = {block.language for block in answer.blocks if block.language}
    untagged = not answer.blocks or any(not block.language for block in answer.blocks)
    return untagged or bool(tags & set(_LANGUAGES[asked]))


def _has_json(answer: Parts) -> bool:
    texts = [block.code for block in answer.blocks] + [answer.prose]
    return any(_decodes(text) for text in texts)


def _decodes(text: str) -> bool:
    """Whether a JSON object or array stands at the first bracket of the text."""
    start = re.search(r"[\[{]", text)
    if start is None:
        return False

    try:
        json.JSONDecoder().raw_decode(text, start.start())
    except (ValueError, RecursionError):
        return False

    return True


def _markup(prose: str) -> Factor:
    found = _MARKUP.search(prose)
    note = f"tool or template markup in the text: {found[0]}" if found else ""
    return _factor("markup", found is not None, MARKUP_WEIGHT if found else 0.0, note)


def _echo(text: str, task_text: str) -> Factor:
    task = " ".join(task_text.lower().split())[:2_000]
    start = " ".join(text[: 4 * len(task) + 100].lower().split()).lstrip("\"'>*# ")
    echo = len(task) >= 20 and start.startswith(task)
    note = "it begins by repeating the task" if echo else ""
    return _factor("echo", echo, ECHO_WEIGHT if echo else 0.0, note)


def _notes(notes: tuple[str, ...]) -> Factor:
    weight = max(NOTES_LIMIT, len(notes) * NOTE_WEIGHT)
    told = f"faults on the way: {'; '.join(notes[:3])}" if notes else ""
    return _factor("faults", len(notes), weight, told)
