"""What a user's words want from a model: small talk, code, thought, or another try.

Rules on the words themselves, without a model: the answer is there in a millisecond,
and the same words always give the same one. The rules know English; words that they do
not understand are taken for code, the middle of the three efforts.
"""

import re
from collections.abc import Sequence
from typing import Literal

from mux_tui.core.config.settings import Router
from mux_tui.core.routing.features import features
from mux_tui.core.routing.fences import parts
from mux_tui.core.routing.keywords import find_keywords
from mux_tui.core.routing.pathlike import split_paths

Intent = Literal["chit_chat", "simple_code", "hard_question", "try_again"]

EffortTier = Literal["low", "medium", "high"]
"""How much a request asks of a model: talk, code, thought."""

TIERS: tuple[EffortTier, ...] = ("low", "medium", "high")

LONG_WORDS = 1500
"""Characters of prose from which words count as a hard question."""

MANY_PATHS = 4
"""Different paths in the words, from which they count as a hard question."""

_TALK_CHARS = 160
_COMPLAINT_CHARS = 600

HARD = (
    *("architect", "design a", "design an", "design the", "redesign", "system design"),
    *("rewrite the", "restructure", "from scratch", "end-to-end", "migrate"),
    *("refactoring", "multithreaded", "thread-safe", "thread safety", "race condition"),
    *("data race", "deadlock", "memory leak", "root cause", "root-cause", "segfault"),
    *("heisenbug", "flaky", "intermittent", "intermittently", "nondeterministic"),
    *("debug", "diagnose", "investigate", "figure out", "trade-off", "trade-offs"),
    *("tradeoff", "tradeoffs", "pros and cons", "distributed", "scalability"),
    *("time complexity", "algorithm", "optimise", "optimize", "prove", "proof"),
    *("threat model", "vulnerability", "vulnerabilities", "audit", "exploit"),
    *("whole codebase", "entire codebase", "whole repository", "entire repository"),
    *("whole project", "entire project", "across the codebase", "best approach"),
    *("strategy", "think hard", "think harder", "ultrathink", "step by step"),
    *("in depth", "what could go wrong", "backwards compatible", "breaking changes"),
)
"""Words of a hard question, beside those of `router.keywords`."""

_WHY = re.compile(
    r"(?:(?:and|but|so|ok(?:ay)?|hey|hm+)[\s,]+)*(?:explain\s+)?"
    r"(?:why\s+(?:is|are|was|were|do|does|did|has|have|would|might|could|can)\b"
    r"|how\s+(?:should|would)\s+(?:i|we|you)\b)",
    re.IGNORECASE,
)

_FILLER = (
    r"(?:(?:no|nope|nah|hm+|um+|uh+|well|ok(?:ay)?|sorry|please|but|and|so|now|argh|ugh"
    r"|hey|actually|wait|sigh|damn|wtf|just|unfortunately|i\s+think"
    r"|i['’]m\s+afraid)[\s,.!:;-]+)*"
)
_IT = (
    r"(?:it|that|this|they|these|those|you"
    r"|(?:your|the|this|that)\s+(?:last\s+|new\s+)?"
    r"(?:answer|reply|result|output|change|changes|fix|solution|edit|code|version))"
)
_NOT = (
    r"(?:(?:does|did|do|is|was|are|were|has|have|could|can|wo|will)\s*n[o'’]?t"
    r"|(?:does|did|do|is|was|are|were|has|have|could|will)\s+not|can\s?not|can['’]?t"
    r"|won['’]?t|ain['’]t|never|not)"
)
_VERY = r"(?:(?:still|all|completely|totally|just|plain|also|again|even|so)\s+)*"
_WANTED = r"what\s+i\s+(?:asked|wanted|want|meant|mean|said|need|needed)\b"
_BAD = (
    r"(?:wrong|incorrect|broken|useless|nonsense|garbage|rubbish|terrible|awful|worse"
    r"|failing|made[\s-]up|a\s+mess)"
)
_COMPLAINTS = (
    # "That's wrong", "this is still not what I asked for"
    rf"{_IT}(?:['’]?(?:s|re)|\s+(?:is|was|are|were|looks?|seems?))\s+{_VERY}"
    rf"(?:{_BAD}\b|not\s+{_VERY}(?:right|correct|working|good|helpful|it\b|true|enough"
    rf"|{_WANTED}))",
    # "It doesn't work", "that isn't right"
    rf"{_IT}\s+{_VERY}{_NOT}\s+{_VERY}(?:works?\b|working|help|helped|compile|run\b"
    rf"|build\b|pass\b|fix|right|correct|good\b|enough|change\s+anything|{_WANTED})",
    # "It failed", "that made it worse"
    r"(?:it|that|this)\s+(?:still\s+)?(?:fail(?:s|ed)|crash(?:es|ed)|broke|breaks"
    r"|made\s+(?:it|things)\s+worse)\b",
    # "You forgot …", "you got that wrong"
    r"you(?:['’]?ve)?\s+(?:have\s+)?(?:misunderstood|misread|forgot|missed|ignored|broke"
    r"|lied|hallucinated|got\s+(?:it|that|this)\s+wrong|made\s+(?:a|another)\s+mistake"
    r"|made\s+(?:it|that)\s+up|keep\s+(?:doing|making|getting|ignoring|forgetting)"
    r"|deleted\s+the\s+wrong|changed\s+the\s+wrong|did\s+it\s+wrong)\b",
    rf"you\s+(?:didn['’]?t|did\s+not|haven['’]?t|have\s+not)\s+{_VERY}"
    r"(?:do|fix|answer|change|listen|understand|read|understood|done|finish)\b",
    # "Still broken", "same error"
    rf"still\s+(?:{_BAD}|fail(?:s|ed)|crash(?:es|ing)|red|not\b|{_NOT}\s+work"
    r"|(?:the\s+)?same|(?:get|getting|seeing|see)\s+(?:the|an?|that|this)\b)",
    r"(?:the\s+)?same\s+(?:error|problem|issue|mistake|failure|result|bug)"
    r"(?:\s+(?:again|as\s+before|here))?(?=\s*(?:[.,!;:\n]|$))",
    # "Not what I asked for", "I asked for tabs"
    rf"not\s+{_WANTED}|not\s+(?:right|correct|good\s+enough|working)(?=\s*(?:[.,!;]|$))",
    r"i\s+(?:already\s+)?(?:told\s+you|asked\s+(?:you|for)|(?:said|meant)\b)",
    r"(?:completely\s+|totally\s+|all\s+)?wrong"
    r"(?:\s+(?:again|answer|one|file|way|approach|function))?(?=\s*(?:[.,!;:\n]|$))",
    # "Try again", "do it over", "once more"
    r"(?:can\s+you\s+|could\s+you\s+|let['’]?s\s+)?(?:please\s+)?try\s+"
    r"(?:(?:it|that|this)\s+)?(?:again|once\s+more|one\s+more\s+time|harder"
    r"|(?:something|a)\s+(?:else|different)|another\s+(?:way|approach)|differently)\b"
    r"(?!\s+(?:button|link|dialog|logic|message|label|text|loop|option|screen|page))",
    r"(?:retry|redo|regenerate|start\s+over|once\s+more|one\s+more\s+time|again)"
    r"(?:\s+(?:it|that|this|all|please))*(?=\s*(?:[.,!;?:\n]|$))",
    r"(?:do|redo|write|answer|think\s+about)\s+(?:it|that|this)\s+"
    r"(?:again|over|differently|properly|right)\b",
    r"(?:give\s+it\s+|have\s+|take\s+)?another\s+(?:try|go|shot|attempt|look)\b",
    r"(?:you\s+can\s+)?do\s+better\b|are\s+you\s+(?:kidding|serious|sure)\b",
)
_COMPLAINT = re.compile(
    rf"{_FILLER}(?:{'|'.join(f'(?:{one})' for one in _COMPLAINTS)})", re.IGNORECASE
)
_ONLY_FILLER = re.compile(r"(?:no[\s,.!]+){2,}(?:no\b)?|wtf\b", re.IGNORECASE)

_WHO = r"(?:\s+(?:there|claude|all|again|everyone|friend|buddy|mux|man|you))*"
_TALK = re.compile(
    rf"(?:(?:hi+|hello|hey+|yo|howdy|greetings|good\s+(?:morning|evening|afternoon|day"
    rf"|night)|bye|goodbye|see\s+you|cu|later){_WHO}(?:\s+(?:later|soon|tomorrow))?"
    r"|(?:ok(?:ay)?\s+|many\s+)?(?:thanks|thank\s+you|thx|ty|cheers)(?:\s+(?:again|you|so\s+much"
    r"|a\s+lot|very\s+much|claude|man|for\s+(?:your|the|all)\s+(?:\w+\s+)?"
    r"(?:help|work|answer|fix)))*"
    r"|(?:(?:that['’]?s|that\s+is|this\s+is|it['’]?s|looks|sounds|very|really|so)\s+)*"
    r"(?:great|nice|cool|perfect|awesome|amazing|excellent|wonderful|good(?:\s+to\s+me)?"
    r"|lovely|brilliant|fantastic|beautiful|funny|interesting|wow|lol|haha+|lgtm)"
    r"(?:\s+(?:job|work|one|stuff))?"
    r"|claude|well\s+done|never\s*mind|nvm|got\s+it|i\s+see|you\s+rock|much\s+appreciated"
    r"|i\s+love\s+(?:it|you)|ok(?:ay)?|alright|test(?:ing)?|ping"
    r"|how\s+are\s+you(?:\s+(?:doing|today|feeling))*|how['’]?s\s+it\s+going"
    r"|what['’]?s\s+up|who\s+(?:are|made|built)\s+you"
    r"|what(?:['’]?s|\s+is)\s+your\s+name|(?:what|which)\s+(?:model\s+)?are\s+you"
    r"|what\s+can\s+you\s+(?:do|help\s+(?:me\s+)?with)(?:\s+for\s+me)?"
    r"|are\s+you\s+(?:there|an?\s+(?:ai|bot|human|robot)|human|real|claude|local|awake"
    r"|ok(?:ay)?)|can\s+you\s+(?:hear|help)\s+me|(?:tell|give)\s+me\s+a\s+joke"
    r"|say\s+(?:hi|hello)(?:\s+in\s+one\s+\w+)?|what\s+time\s+is\s+it"
    r"|have\s+a\s+(?:nice|good|great)\s+\w+)",
    re.IGNORECASE,
)
_ASSENT = re.compile(r"(?:ok(?:ay)?|alright|test(?:ing)?)", re.IGNORECASE)
"""Talk only beside other talk: alone it is the word to go on, or an order."""

_QUOTED = re.compile(
    r"`[^`\n]*`|\"[^\"\n]*\"|“[^”\n]*”|(?<!\w)'[^'\n]*'(?!\w)", re.MULTILINE
)
_SENTENCES = re.compile(r"(?<=[.!?])\s+|\n+")
_PIECES = re.compile(r"[\s]*[,.!?;:…()\n-]+[\s]*(?=\s|$|\w)|[\s]+(?:and|but)[\s]+")
_SHORT = 40


def intent(words: str, keywords: Sequence[str] = Router().keywords) -> Intent:
    """What the user wants.

    Args:
        words: The user's own words of the last turn, without what the client adds.
        keywords: Words that mark a hard task, `router.keywords`.
    """
    if _complains(words):
        return "try_again"
    if _talks(words):
        return "chit_chat"

    return "hard_question" if _hard(words, keywords) else "simple_code"


def tier_of(wanted: Intent, last: EffortTier | None) -> EffortTier:
    """The effort that an intent asks for; another try asks for one more than the last.

    Args:
        wanted: What the user wants now.
        last: The effort of the turn before; None: not known, taken for `medium`.
    """
    match wanted:
        case "chit_chat":
            return "low"
        case "simple_code":
            return "medium"
        case "hard_question":
            return "high"
        case "try_again":
            return TIERS[min(TIERS.index(last or "medium") + 1, len(TIERS) - 1)]


def _complains(words: str) -> bool:
    """Whether the first sentence begins with a complaint, or a short one does.

    Further into a text, "it fails" tells of the code, and not of the last answer.
    """
    said = _QUOTED.sub(' "" ', words[:_COMPLAINT_CHARS]).strip()
    first, *others = _SENTENCES.split(said)
    begins = _COMPLAINT.match(first) or _ONLY_FILLER.match(first)
    if begins is not None or _COMPLAINT.match(said):
        return True

    return any(_COMPLAINT.match(other) for other in others if len(other) <= _SHORT)


def _talks(words: str) -> bool:
    """Whether all of a short text is talk."""
    said = words.strip()
    if not said or len(said) > _TALK_CHARS:
        return False

    pieces = [piece for piece in _PIECES.split(said) if any(map(str.isalnum, piece))]
    talk = all(_TALK.fullmatch(piece.strip()) for piece in pieces)
    return talk and not (
        len(pieces) == 1 and _ASSENT.fullmatch(pieces[0].strip()) is not None
    )


def _hard(words: str, keywords: Sequence[str]) -> bool:
    told = features(words, Router(keywords=tuple(keywords)))
    if told.keywords or len(told.paths) >= MANY_PATHS:
        return True

    prose = parts(words[: 4 * LONG_WORDS]).prose
    if len(prose.strip()) >= LONG_WORDS or _WHY.match(prose.strip()):
        return True

    return bool(find_keywords(split_paths(prose)[1], HARD))
