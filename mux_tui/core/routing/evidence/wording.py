"""What the prose of an answer admits: hedging and refusal. Code is not searched."""

import re

from mux_tui.core.task import Factor

_STRONG = re.compile(
    r"\b(?:i\s*(?:am|'m)\s+(?:not\s+(?:(?:entirely|quite|really|completely|100%)\s+)?"
    r"(?:sure|certain)|unsure|uncertain)|i\s+(?:do\s+not|don't)\s+(?:really\s+)?know"
    r"|i\s+have\s+no\s+idea|hard\s+to\s+say|i\s+(?:can't|cannot)\s+be\s+sure|i\s+guess"
    r"|not\s+sure\s+(?:if|whether|what|how|why)|just\s+a\s+guess)\b",
    re.IGNORECASE,
)
_MILD = re.compile(
    r"\b(?:i\s+think|i\s+believe|i\s+suppose|maybe|perhaps|probably|possibly|presumably"
    r"|it\s+seems|as\s+far\s+as\s+i\s+know|it\s+(?:might|may|could)\s+be"
    r"|(?:might|may|could)\s+(?:be\s+)?something\s+like|you\s+(?:may|might)\s+want\s+to"
    r"\s+(?:check|verify|double)|not\s+guaranteed)\b",
    re.IGNORECASE,
)
_REFUSAL = re.compile(
    r"\bas\s+an?\s+(?:ai|artificial\s+intelligence|(?:large\s+)?language\s+model)\b"
    r"|\bi\s*(?:am|'m)\s+(?:sorry|afraid)\b.{0,40}?\b(?:can't|cannot|unable|not\s+able)\b"
    r"|\bi\s+(?:can't|cannot|can\s+not|won't|will\s+not|am\s+not\s+able\s+to"
    r"|am\s+unable\s+to)\s+(?:help|assist|do|provide|answer|access|fulfil+|comply|create"
    r"|write|generate|complete|run|execute|browse|process|perform|continue|offer|give)\b"
    r"|\bi'm\s+(?:unable|not\s+able)\s+to\b",
    re.IGNORECASE,
)

STRONG_WEIGHT = -1.2
MILD_WEIGHT = -0.35
HEDGE_LIMIT = -3.0
REFUSAL_WEIGHT = -3.0


def wording_factors(prose: str) -> tuple[Factor, Factor]:
    """The factors `hedging` and `refusal`."""
    text = prose.replace("’", "'")
    strong = [found[0] for found in _STRONG.finditer(text)]
    mild = [found[0] for found in _MILD.finditer(text)]
    weight = len(strong) * STRONG_WEIGHT + len(mild) * MILD_WEIGHT
    refusal = _REFUSAL.search(text)
    return (
        _factor("hedging", max(HEDGE_LIMIT, weight), (*strong, *mild)),
        _factor(
            "refusal",
            REFUSAL_WEIGHT if refusal else 0.0,
            (refusal[0],) if refusal else (),
        ),
    )


def _factor(name: str, weight: float, found: tuple[str, ...]) -> Factor:
    shown = dict.fromkeys(" ".join(phrase.lower().split())[:60] for phrase in found)
    return Factor(
        name,
        len(found),
        weight=weight,
        leans="cloud" if weight else "neutral",
        note=", ".join(list(shown)[:5]),
    )
