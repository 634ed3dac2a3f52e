"""What would have sent a task elsewhere: the rules applied again to one changed input.

No sentence here is written without the rules having been asked.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain

from mux_tui.core.config.settings import Cloud, Escalation, Router
from mux_tui.core.routing.choice import available, choose, listed, needed_tokens
from mux_tui.core.routing.override import split_override
from mux_tui.core.routing.situation import Situation
from mux_tui.core.task import Route

_BEFORE_RUN: tuple[Escalation, ...] = (
    "local_unavailable",
    "context_too_large",
    "high_complexity",
)


@dataclass(frozen=True)
class Flip:
    """One changed input, and where the task would have gone."""

    phrase: str
    """The change, to begin a sentence with."""

    situation: Situation
    router: Router
    cloud: Cloud
    route: Route

    @property
    def sentence(self) -> str:
        """The change and its consequence."""
        went = "stay local" if self.route == "local" else f"go to {self.route}"
        return f"{self.phrase}, it would {went}"


def flips(situation: Situation, router: Router, cloud: Cloud) -> tuple[Flip, ...]:
    """Every single change known here that changes the route."""
    now = choose(situation, router, cloud).route
    changed = (
        Flip(phrase, *inputs, choose(*inputs).route)
        for phrase, inputs in _changes(situation, router, cloud)
    )
    return tuple(flip for flip in changed if flip.route != now)


def _changes(
    situation: Situation, router: Router, cloud: Cloud
) -> Iterator[tuple[str, tuple[Situation, Router, Cloud]]]:
    of_situation = chain(
        _requests(situation),
        _keywords(situation, router),
        _contexts(situation),
        _availability(situation, cloud),
    )
    for phrase, other in of_situation:
        yield phrase, (other, router, cloud)
    for phrase, rules in _rules(situation, router):
        yield phrase, (situation, rules, cloud)
    if cloud.permission == "never":
        allowed = replace(cloud, permission="allow")
        yield "with cloud.permission = allow", (situation, router, allowed)


def _requests(situation: Situation) -> Iterator[tuple[str, Situation]]:
    word, rest = split_override(situation.text)
    if situation.route != "auto":
        yield f"without --route {situation.route}", replace(situation, route="auto")
    elif word:
        yield f"without the word @{word}", replace(situation, text=rest)


def _keywords(situation: Situation, router: Router) -> Iterator[tuple[str, Situation]]:
    words, threshold = situation.features.keywords, router.keyword_threshold
    over = len(words) - threshold + 1
    if over == 1:
        for word in words:
            yield f"without the word {listed((word,))}", _with(situation, {word}, ())
    elif over > 1:
        dropped = words[-over:]
        yield f"without the words {listed(dropped)}", _with(situation, set(dropped), ())
    else:
        spare = [word for word in router.keywords if word not in words]
        added = tuple(spare[: 1 - over])
        if len(added) == 1 - over:
            many = "word" if len(added) == 1 else "words"
            yield (
                f"with the {many} {listed(added)} in it",
                _with(situation, set(), added),
            )


def _with(situation: Situation, less: set[str], more: tuple[str, ...]) -> Situation:
    words = tuple(w for w in situation.features.keywords if w not in less) + more
    return replace(situation, features=replace(situation.features, keywords=words))


def _contexts(situation: Situation) -> Iterator[tuple[str, Situation]]:
    needed, window = needed_tokens(situation), situation.local.context_window
    if needed is None or window is None:
        return

    if needed > window:
        larger = replace(situation.local, context_window=needed)
        phrase = f"with a context of {needed:,} tokens instead of {window:,}"
        yield phrase, replace(situation, local=larger)
    elif window > situation.max_tokens:
        read = window - situation.max_tokens + 1
        phrase = f"with {read:,} tokens to read instead of {situation.prompt_tokens:,}"
        yield phrase, replace(situation, prompt_tokens=read)


def _availability(
    situation: Situation, cloud: Cloud
) -> Iterator[tuple[str, Situation]]:
    local = situation.local
    if available(local):
        gone = replace(situation, local=replace(local, status="unreachable"))
        yield "if the local model did not answer", gone
    else:
        ready = replace(situation, local=replace(local, status="ready"))
        yield "if the local model were running", ready

    if cloud.order and not set(cloud.order) & set(situation.present):
        first = cloud.order[0]
        yield f"if {first} were installed", replace(situation, present=(first,))


def _rules(situation: Situation, router: Router) -> Iterator[tuple[str, Router]]:
    for reason in _BEFORE_RUN:
        if reason not in router.escalate_on:
            more = (*router.escalate_on, reason)
            yield (
                f"with {reason} in router.escalate_on",
                replace(router, escalate_on=more),
            )

    count = len(situation.features.keywords)
    if count >= router.keyword_threshold:
        higher = replace(router, keyword_threshold=count + 1)
        yield f"with router.keyword_threshold = {count + 1}", higher
