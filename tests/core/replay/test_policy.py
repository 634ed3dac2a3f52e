"""Stored decisions made again with other settings, as a table."""

from dataclasses import replace
from typing import Any

import pytest

from mux_tui.core.choices import Route
from mux_tui.core.config.settings import Cloud, Settings
from mux_tui.core.events import plain
from mux_tui.core.ledger.rows import RunDetail
from mux_tui.core.replay.policy import Move, Undecided, groups, tried
from mux_tui.core.routing.features import features
from mux_tui.core.routing.override import split_override
from mux_tui.core.routing.policy import decide
from mux_tui.core.routing.situation import LocalState, Repository, Situation
from tests.core.replay.rows import a_run, an_attempt

NOW = Settings()
PRESENT: tuple[Route, ...] = ("claude",)
EASY = "Say hello."
HARD = "Improve the performance of the parser."
HARDER = "Improve the performance and the security of the parser."


def decided(
    run_id: str, text: str = EASY, settings: Settings = NOW, **changes: Any
) -> RunDetail:
    """A run as the ledger keeps it that was decided with these settings."""
    situation = Situation(
        text,
        features(split_override(text)[1], settings.router),
        LocalState("ready", "It runs.", "qwen", 8192, "the model's files"),
        prompt_tokens=changes.pop("tokens", 100),
        tokens_exact=True,
        max_tokens=1000,
        present=PRESENT,
        repository=Repository(True, True, "shop"),
    )
    decision = decide(situation, settings.router, settings.cloud)
    document = plain(decision)
    del document["prompt"]
    route = decision.route
    attempts = (an_attempt(route=route, confidence=changes.get("confidence", 0.8)),)
    known: dict[str, Any] = {
        "run_id": run_id,
        "task": text,
        "kind": decision.kind,
        "decided_route": route,
        "decided_reason": decision.reason,
        "decision": document,
        "route": route,
        "attempts": attempts,
    }
    return a_run(**(known | changes))


def routed(**changes: Any) -> Settings:
    return replace(NOW, router=replace(NOW.router, **changes))


def moved(run: RunDetail, settings: Settings) -> tuple[str, str, str] | None:
    trial = tried([run], settings, PRESENT)
    assert trial.undecided == ()
    return next(((m.stage, m.before, m.after) for m in trial.moves), None)


@pytest.mark.parametrize("text", [EASY, HARD, HARDER, "@claude Say hello.", "@local a"])
def test_the_same_settings_change_nothing(text: str) -> None:
    assert moved(decided("01a", text), NOW) is None


@pytest.mark.parametrize(
    ("text", "settings", "move"),
    [
        (EASY, routed(keywords=("hello",)), ("decided", "local", "claude")),
        (HARD, routed(keyword_threshold=2), ("decided", "claude", "local")),
        (HARDER, routed(keyword_threshold=2), None),
        (HARD, routed(keywords=()), ("decided", "claude", "local")),
        (HARD, routed(escalate_on=("low_confidence",)), ("decided", "claude", "local")),
        (
            HARD,
            replace(NOW, cloud=Cloud(permission="never")),
            ("decided", "claude", "local"),
        ),
        (
            "@claude Say hello.",
            replace(NOW, cloud=Cloud(permission="never")),
            ("decided", "claude", "none"),
        ),
        # It was not there, and is not now.
        (
            HARD,
            replace(NOW, cloud=Cloud(order=("codex",))),
            ("decided", "claude", "local"),
        ),
        (EASY, routed(min_confidence=0.9), ("reconsidered", "local", "claude")),
        (EASY, routed(min_confidence=0.8), None),
        (EASY, routed(min_confidence=0.9, escalate_on=()), None),
        ("@local Say hello.", routed(min_confidence=0.9), None),
    ],
)
def test_other_settings_change_these(
    text: str, settings: Settings, move: tuple[str, str, str] | None
) -> None:
    assert moved(decided("01a", text), settings) == move


def test_a_run_that_escalated_for_doubt_would_have_stayed() -> None:
    run = decided(
        "01a",
        route="claude",
        reason="low_confidence",
        confidence=0.9,
        verdict=None,
        attempts=(
            an_attempt(confidence=0.5, verdict="unknown"),
            an_attempt(number=2, route="claude", confidence=None),
        ),
    )
    assert moved(run, NOW) is None
    assert moved(run, routed(min_confidence=0.4)) == ("reconsidered", "claude", "local")


def test_a_run_that_could_not_leave_would_not_leave_now() -> None:
    attempts = (an_attempt(confidence=0.5), an_attempt(number=2, route="claude"))
    run = decided("01a", reason="cloud_failed", confidence=0.5, attempts=attempts)
    assert moved(run, NOW) is None


def test_changes_to_files_that_are_proved_are_not_doubted() -> None:
    attempts = (an_attempt(confidence=0.1, work={"files": []}),)
    run = decided("01a", attempts=attempts, confidence=0.1)
    assert moved(run, NOW) is None


def test_what_the_context_held_is_compared_with_what_was_needed() -> None:
    large = decided("01a", tokens=9000)
    assert large.decided_route == "claude"
    assert moved(large, NOW) is None
    stays = routed(escalate_on=("low_confidence",))
    assert moved(large, stays) == ("decided", "claude", "local")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"task": None}, "its text was not kept"),
        ({"decision": {}}, "its decision was not kept whole"),
        ({"decision": {"inputs": ["x", 3, None]}}, "its decision was not kept whole"),
        ({"decided_route": None}, "its decision was not kept whole"),
    ],
)
def test_what_is_not_known_any_more_is_not_guessed(
    changes: dict[str, Any], why: str
) -> None:
    trial = tried([decided("01a", **changes)], NOW, PRESENT)
    assert trial.moves == ()
    assert trial.undecided == (Undecided("01a", why),)


@pytest.mark.parametrize(
    "inputs",
    [
        [{"name": "local_model", "value": "ready"}, {"name": "cloud_clis"}],
        [
            {"name": "local_model", "value": "ready", "note": 3},
            {"name": "cloud_clis", "value": 7, "threshold": ["x"]},
            {"name": "context", "value": -4, "threshold": True},
            {"name": "context", "value": "many", "threshold": "\x1b"},
        ],
    ],
)
def test_strange_values_in_a_row_stop_nothing(inputs: list[Any]) -> None:
    run = decided("01a", decision={"inputs": inputs})
    assert tried([run], NOW, PRESENT).runs == 1


def test_moves_are_counted_with_what_had_become_of_them() -> None:
    """14 would have gone to the cloud; so many of them had passed here."""
    runs = [
        decided("01a"),
        decided("01b"),
        decided(
            *("01c", EASY, NOW),
            status="failed",
            route=None,
            attempts=(an_attempt(verdict="fail"),),
        ),
        decided("01d", HARD),
        decided("01e", task=None),
    ]
    trial = tried(runs, routed(keywords=("hello",)), PRESENT)
    assert trial.runs == 5
    assert len(trial.undecided) == 1
    out, back = groups(trial)
    assert (out.before, out.after, out.runs) == ("local", "claude", 3)
    assert (out.passed_here, out.failed_here) == (2, 1)
    assert (back.before, back.after, back.runs) == ("claude", "local", 1)
    first = trial.moves[0]
    assert isinstance(first, Move)
    assert first.ended == "passed here"
    assert "'hello'" in first.sentence


def test_nothing_moves_nothing() -> None:
    assert groups(tried([], NOW, ())) == ()
