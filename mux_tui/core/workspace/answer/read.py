"""Reading an answer: which form it has, and what it asks for in it."""

import re
from collections.abc import Sequence

from mux_tui.core.wire.thinking import ThinkingSplitter
from mux_tui.core.workspace.answer.block_form import edits_of_blocks
from mux_tui.core.workspace.answer.diff_form import edits_of_diff
from mux_tui.core.workspace.answer.draft import (
    AnswerForm,
    DeletedFile,
    Draft,
    EditedFile,
    FileEdit,
    Limits,
    NoDraft,
    WholeFile,
)
from mux_tui.core.workspace.answer.file_form import files_of_fences
from mux_tui.core.workspace.answer.json_form import read_json, read_json_start
from mux_tui.core.workspace.answer.paths import Knows, knows_nothing
from mux_tui.core.workspace.answer.segments import (
    Block,
    Fence,
    Patch,
    Prose,
    Segment,
    segments,
)

_OBJECT = re.compile(r"\{\s*[\"'}]")
_FILES_OBJECT = re.compile(r'\{\s*"(?:files|summary|commands)"\s*:')
_FILES_KEY = re.compile(r'"files"\s*:')
_DIFF_START = re.compile(r"diff --git |--- \S[^\n]*\n\+\+\+ |@@ -\d")
_DIFF_WORDS = ("diff", "patch", "udiff")
_THOUGHTS = re.compile(r"\s{0,64}<(thinking|reasoning|thought)>")
_LONGEST_SUMMARY = 2000

_FORMS = (
    'a JSON object {"files": [{"path": ..., "content": ...}]}, SEARCH/REPLACE blocks, '
    "a unified diff, or whole files in code fences, each with its path on the line "
    "before"
)
_NAMES: dict[AnswerForm, str] = {
    "json": "a JSON object",
    "blocks": "SEARCH/REPLACE blocks",
    "diff": "a unified diff",
    "files": "whole files in code fences",
}


def read_answer(
    text: str, limits: Limits | None = None, knows: Knows = knows_nothing
) -> Draft:
    """Read what a model's answer asks to do to files.

    Takes time in proportion to the text's length, whatever it holds.

    Args:
        text: The whole answer.
        limits: How much it may ask for.
        knows: Which names the project has: a line that holds one is no talk.

    Raises:
        NoDraft: It asks for nothing, or for too much, or not clearly.
    """
    limits = limits or Limits()
    if len(text) > limits.answer_chars:
        raise NoDraft(f"the answer is longer than {limits.answer_chars:,} characters")

    draft = _read(_answer_in(text), knows)
    _check(draft, limits)
    return draft


def _answer_in(text: str) -> str:
    """Without the thinking before it."""
    text = text.removeprefix("\ufeff")
    if text.count("\r\n") == text.count("\n"):
        # All of the answer came so: these are not the files' line ends.
        text = text.replace("\r\n", "\n")
    splitter = ThinkingSplitter()
    answer = splitter.feed(text).text + splitter.flush().text
    if opened := _THOUGHTS.match(answer):
        answer = answer[opened.end() :].partition(f"</{opened[1]}>")[2]
    elif "<think>" not in answer:
        answer = _behind_thinking(answer)
    if not answer.strip():
        ended = "ends inside its reasoning" if text.strip() else "is empty"
        raise NoDraft(f"the answer {ended}")

    return answer


def _behind_thinking(answer: str) -> str:
    """Some models are made to begin inside their thinking, and only end it."""
    lines = answer.split("\n")
    ends = [at for at, line in enumerate(lines) if line.strip() == "</think>"]
    if not ends:
        return answer

    before = "\n".join(lines[: ends[0]])
    if f"\n{before}".count("\n```") % 2 == 0 and not _OBJECT.match(before.lstrip()):
        return "\n".join(lines[ends[0] + 1 :])

    return answer


def _read(answer: str, knows: Knows) -> Draft:
    start = answer.strip()
    if _OBJECT.match(start):
        draft, rest = read_json_start(start)
        if _forms(segments(rest, knows)):
            raise NoDraft("it holds other changes behind its JSON object")
        return draft

    found = segments(answer, knows)
    forms = _forms(found)
    if len(forms) > 1:
        names = " and ".join(_NAMES[form] for form in forms)
        raise NoDraft(f"it mixes {names}: use one form for all changes")
    if not forms:
        raise NoDraft(_why_nothing(found))

    return _in_form(forms[0], found)


def _forms(found: Sequence[Segment]) -> list[AnswerForm]:
    there = {_form(segment) for segment in found}
    return [form for form in _NAMES if form in there]


def _form(segment: Segment) -> AnswerForm | None:
    match segment:
        case Block():
            return "blocks"
        case Patch():
            return "diff"
        case Prose():
            return "json" if _FILES_OBJECT.search(segment.text) else None
        case Fence():
            return _form_in_fence(segment)


def _form_in_fence(fence: Fence) -> AnswerForm | None:
    start = "\n".join(line for line in fence.lines[:50]).lstrip()
    if fence.path.endswith((".diff", ".patch")):
        return "files"
    words = fence.info.split(maxsplit=1)
    named = bool(words) and words[0].lower() in _DIFF_WORDS
    if _DIFF_START.match(start) or (named and (fence.path or "\n@@" in f"\n{start}")):
        return "diff"
    if fence.path:
        return "files"
    if start.startswith("{") and _FILES_KEY.search(fence.text):
        return "json"

    return None


def _why_nothing(found: Sequence[Segment]) -> str:
    if any(isinstance(segment, Fence) for segment in found):
        return f"no code block says which file it is: give {_FORMS}"

    return f"it holds no changes of files: give {_FORMS}"


def _in_form(form: AnswerForm, found: Sequence[Segment]) -> Draft:
    if form == "json":
        return _from_json(found)

    notes: tuple[str, ...] = ()
    edits: tuple[FileEdit, ...] = ()
    if form == "blocks":
        edits = edits_of_blocks(part for part in found if isinstance(part, Block))
    elif form == "files":
        edits = files_of_fences([part for part in found if isinstance(part, Fence)])
    else:
        edits, notes = _from_diffs(found)

    return Draft(form, edits, _summary(found), notes=notes + _unused(found))


def _from_json(found: Sequence[Segment]) -> Draft:
    holding = [part for part in found if _form(part) == "json"]
    if len(holding) > 1:
        raise NoDraft("it holds more than one JSON object: give one with all files")
    part = holding[0]
    if isinstance(part, Fence):
        return read_json(part.text)
    if not isinstance(part, Prose):
        raise NoDraft("it holds no JSON object")

    begun = _FILES_OBJECT.search(part.text)
    draft, rest = read_json_start(part.text[begun.start() if begun else 0 :])
    if _FILES_OBJECT.search(rest):
        raise NoDraft("it holds more than one JSON object: give one with all files")

    return draft


def _from_diffs(
    found: Sequence[Segment],
) -> tuple[tuple[FileEdit, ...], tuple[str, ...]]:
    edits: list[FileEdit] = []
    notes: dict[str, None] = {}
    for part in found:
        if _form(part) != "diff" or not isinstance(part, (Fence, Patch)):
            continue
        fenced = isinstance(part, Fence)
        if fenced and not part.closed:
            raise NoDraft("the answer ends inside the code fence of a diff")
        more, said = edits_of_diff(part.lines, part.path if fenced else "", fenced)
        edits.extend(more)
        notes.update(dict.fromkeys(said))

    return tuple(edits), tuple(notes)


def _summary(found: Sequence[Segment]) -> str:
    said = "\n\n".join(part.text.strip() for part in found if isinstance(part, Prose))
    if len(said) <= _LONGEST_SUMMARY:
        return said

    return said[: _LONGEST_SUMMARY - 1] + "…"


def _unused(found: Sequence[Segment]) -> tuple[str, ...]:
    count = sum(isinstance(part, Fence) and _form(part) is None for part in found)
    if not count:
        return ()

    return (f"code blocks that name no file, not used: {count}",)


def _check(draft: Draft, limits: Limits) -> None:
    if not draft.edits:
        raise NoDraft("it changes no file")
    if len(draft.edits) > limits.files:
        raise NoDraft(
            f"it changes {len(draft.edits):,} files; at most {limits.files:,} at once"
        )
    if len(draft.commands) > limits.commands:
        raise NoDraft(f"it proposes more than {limits.commands:,} commands")
    edits = [edit for edit in draft.edits if isinstance(edit, EditedFile)]
    if sum(len(edit.replacements) for edit in edits) > limits.edits:
        raise NoDraft(f"it makes more than {limits.edits:,} edits")
    for text in _texts(draft):
        _check_text(text)
    for edit in draft.edits:
        if isinstance(edit, WholeFile) and len(edit.content) > limits.file_bytes:
            raise NoDraft(f"a file of it is larger than {limits.file_bytes:,} bytes")


def _texts(draft: Draft) -> list[str]:
    texts = [draft.summary, *draft.commands]
    for edit in draft.edits:
        match edit:
            case WholeFile():
                texts.append(edit.content)
            case EditedFile():
                for one in edit.replacements:
                    texts += [one.search, one.replace]
            case DeletedFile():
                pass

    return texts


def _check_text(text: str) -> None:
    if "\0" in text:
        raise NoDraft("it holds a NUL character, which no text file has")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise NoDraft("it holds half of a character (a lone surrogate)") from error
