"""Does a task order a change to files, or does it want an answer in text?

File work is an order (`add`, `create`, `fix`, …) whose object is a file, a place or
the project. A question is never file work, whatever paths stand in it; nor is an
order for text about a file. Read here in English, in `kind_abroad` in a few others.
"""

import re
from dataclasses import dataclass
from typing import Literal

from mux_tui.core.routing.kind_abroad import foreign_order
from mux_tui.core.routing.pathlike import PATH
from mux_tui.core.task import Kind

Form = Literal["question", "order", "statement"]
"""How a task begins."""

_EDIT = (
    "fix|repair|refactor|rename|move|delete|remove|edit|modify|update|change|replace"
    "|convert|migrate|port|extract|split|rewrite|add|append|insert|bump|format|clean"
    "|optimi[sz]e|improve|make|patch|apply|revert|upgrade|document|annotate|implement"
    "|extend|simplify|speed|translate|reformat|restructure|merge|copy|touch|correct"
)
_MAKE = (
    "create|scaffold|bootstrap|generate|build|write|set\\s*up|initiali[sz]e|init|save"
    "|store|put|produce|draft|add|make|implement|persist|export|dump|start"
)
_QUESTION = re.compile(
    r"(?:and\s+|so\s+|but\s+)?(?:what|why|how|when|where|who|whom|whose|which|is|are|was"
    r"|were|does|do|did|has|have|had|should|would|could|can|may|might|will|am)\b(?!\s+not\b)"
    r"(?!['’])",
    re.IGNORECASE,
)
_EXPLAIN = re.compile(
    r"(?:explain|describe|tell|show|summari[sz]e|review|compare|list|discuss|teach"
    r"|clarify|define|outline|analy[sz]e|find\s+out|check|look|read|say|think)\b",
    re.IGNORECASE,
)
_HOW_TO = re.compile(
    r"\b(?:how|what|which|where|why|whether|steps|ways?)\b", re.IGNORECASE
)
_POLITE = re.compile(
    r"(?:(?:please|kindly|ok(?:ay)?|hi|hello|hey|now|also|first|next|then|finally|just"
    r"|so|and|quickly|carefully|[-*•]|\d+[.)]|go\s+ahead\s+and|help\s+me(?:\s+to)?"
    r"|(?:can|could|would|will)\s+you(?:\s+please)?|i(?:\s+want|\s+need|['’]d\s+like|"
    r"\s+would\s+like)\s+you\s+to|(?:you|we)\s+(?:should|need\s+to|must)|let['’]?s"
    r"|(?:your\s+)?task\s*(?::|is\s+to)|todo:?)[\s,:]+)+",
    re.IGNORECASE,
)
_VERB = re.compile(rf"(?P<verb>{_EDIT}|{_MAKE})\b(?![-./(]\S)", re.IGNORECASE)
_EDITS = re.compile(rf"(?:{_EDIT})$", re.IGNORECASE)
_MAKES = re.compile(rf"(?:{_MAKE})$", re.IGNORECASE)
_SENTENCES = re.compile(r"(?<=[.!?])\s+|\n+|;\s+")
_CLAUSES = re.compile(
    rf",?\s+(?:and\s+)?then\s+|,?\s+and\s+(?=(?:{_EDIT}|{_MAKE})\b)"
    rf"|,\s+(?=(?:{_EDIT}|{_MAKE})\b)",
    re.IGNORECASE,
)
_RESTRAINT = re.compile(
    r"\b(?:do\s+not|don['’]?t|without|never|no\s+need\s+to)\s+(?:writ|chang|edit|modif"
    r"|touch|creat|alter)\w*\s+(?:to\s+)?(?:any\s+)?(?:files?|anything)\b",
    re.IGNORECASE,
)
# "that parses", "which reads", "to back up": what follows says what the thing does.
_SUBORDINATE = re.compile(
    r"\s(?:that|which|who|whose|where|when|from|about|of|using|with"
    r"|to\s+(?!(?:the|an?|my|our|this|each|every|all|both)\b)(?=[a-z]+\b(?![./])))\b.*",
    re.IGNORECASE | re.DOTALL,
)
_ARTICLES = (
    r"(?i:(?:the|an?|my|our|this|new|existing|named|called|file|folder|directory)\s+)*"
)
_OBJECT_PATH = re.compile(_ARTICLES + PATH.pattern, re.VERBOSE)
_PLACE = {
    words: re.compile(rf"\b(?i:{words})\s+{_ARTICLES}")
    for words in (
        "to|into|as",
        "in|into|inside|to|under|at|as|within",
        "in|into|inside|to|under|at|as|within|for",
    )
}
_TEXT_PLACES, _CODE_PLACES, _TEST_PLACES = _PLACE.values()
_ABSOLUTE = ("/", "~")
_PLACE_FIRST = re.compile(
    rf"(?i:in|inside|under)\s+{_ARTICLES}(?P<path>{PATH.pattern})\s*[,:]\s*", re.VERBOSE
)
_TEXT_OBJECT = re.compile(
    r"(?:\w+\s+){0,4}?(?:summary|explanation|description|overview|plan|regex|regexp|query"
    r"|sentence|one-?liner|poem|essay|answer|diagram|table|review|report|list|message"
    r"|email|comparison|expression|example|command)\b",
    re.IGNORECASE,
)
_PROJECT = re.compile(
    r"\b(?:this|the|my|our)\s+(?:\w+\s+)?(?:repo|repository|project|codebase|code\s+base"
    r"|test\s+suite|working\s+tree)\b|\b(?:files?|folders?|directory|directories)\b"
    r"|\bon\s+disk\b|\btests?\s+(?:\w+\s+){0,2}(?:pass\w*|green)\b|\bpackage\.json\b",
    re.IGNORECASE,
)
_NEW_PROJECT = re.compile(
    r"\b(?:projects?|files?|folders?|directory|directories|repo|repository|skeleton)\b"
    r"|\bon\s+disk\b",
    re.IGNORECASE,
)
_PRONOUN = re.compile(
    r"(?:it|them|this|that|these|those)\b(?!\s+\w*\s*```)", re.IGNORECASE
)
_IN_IT = re.compile(r"\b(?:in|to|from|of|into)\s+(?:it|them|there)\b", re.IGNORECASE)
_TESTS = re.compile(r"(?:\w+\s+){0,3}?tests?\b", re.IGNORECASE)


@dataclass(frozen=True)
class Reading:
    """What a task turned out to want."""

    form: Form
    kind: Kind
    why: str
    """The clause that made it file work, or why it is not; foreign text."""


def read_kind(prose: str) -> Reading:
    """Read a task's prose, without its code blocks."""
    form = _form(prose)
    if _RESTRAINT.search(prose):
        return Reading(form, "advisory", "it says that no file is to be changed")

    for sentence in _SENTENCES.split(prose):
        for clause in _orders(sentence):
            if _changes_files(clause, prose):
                return Reading(form, "files", f"it orders a change: {clause[:80]!r}")

    if clause := foreign_order(prose):
        return Reading("order", "files", f"it orders a change: {clause[:80]!r}")

    why = "a question" if form == "question" else "no change to a file is ordered"
    return Reading(form, "advisory", why)


def _form(prose: str) -> Form:
    clause = _bare(prose)
    if _VERB.match(clause):
        return "order"
    if _QUESTION.match(clause) or prose.rstrip().endswith("?"):
        return "question"

    return "order" if _EXPLAIN.match(clause) else "statement"


def _bare(clause: str) -> str:
    """The clause without the polite words before its verb."""
    text = clause.strip().lstrip("#> ")
    if place := _PLACE_FIRST.match(text):
        text = f"{text[place.end() :]} in {place['path']}"
    polite = _POLITE.match(text)
    return text[polite.end() :] if polite else text


def _orders(sentence: str) -> list[str]:
    """The clauses of a sentence that begin with a verb of change."""
    first, *others = _CLAUSES.split(_bare(sentence))
    head = _bare(first)
    asked = _QUESTION.match(head) and not _VERB.match(head)
    told_how = _EXPLAIN.match(head) and _HOW_TO.search(head)
    if asked and sentence.rstrip().endswith("?"):
        return []
    if asked or (told_how and re.search(r"\bhow\s+(?:to|do|can|would|could)\b", head)):
        return []

    return [bare for clause in (first, *others) if _VERB.match(bare := _bare(clause))]


def _changes_files(clause: str, prose: str) -> bool:
    found = _VERB.match(clause)
    if found is None:
        return False

    verb, rest = found["verb"], clause[found.end() :].strip()
    return (_EDITS.match(verb) is not None and _edits(verb, rest, prose)) or (
        _MAKES.match(verb) is not None and _makes(rest)
    )


def _edits(verb: str, rest: str, prose: str) -> bool:
    if _TEXT_OBJECT.match(rest):
        return False
    if _PROJECT.search(rest):
        return True
    if verb.lower() in {"add", "implement", "make"}:
        return _makes(rest) or (
            verb.lower() == "add" and _TESTS.match(rest) is not None
        )
    if PATH.search(rest):
        return True

    meant = _PRONOUN.match(rest) or _IN_IT.search(rest)
    return meant is not None and PATH.search(prose) is not None


def _makes(rest: str) -> bool:
    if _OBJECT_PATH.match(rest):
        return True
    if _TEXT_OBJECT.match(rest):
        return _placed(rest, _TEXT_PLACES, absolute=True)

    head = _SUBORDINATE.sub("", rest)
    if _NEW_PROJECT.search(head):
        return True

    places = _TEST_PLACES if _TESTS.match(rest) else _CODE_PLACES
    # "a tool that counts words in /var/log": an absolute path in a side clause is
    # what the tool works on, a relative one is where the tool goes.
    return _placed(head, places, absolute=True) or _placed(rest, places, absolute=False)


def _placed(text: str, places: re.Pattern[str], *, absolute: bool) -> bool:
    """Whether a path follows a word of place."""
    return any(
        PATH.match(text, found.end())
        and (absolute or not text.startswith(_ABSOLUTE, found.end()))
        for found in places.finditer(text)
    )
