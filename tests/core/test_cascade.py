"""Every way a task can go, from decision to outcome, on scripted backends."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from mux_tui.core.attempts import Parts
from mux_tui.core.backends.base import Backend, Request
from mux_tui.core.backends.scripted import Script, Scripted
from mux_tui.core.cascade import Cascade
from mux_tui.core.config.settings import Cloud, Router, Settings, Verification
from mux_tui.core.errors import ServerError
from mux_tui.core.events import (
    AttemptStarted,
    Decided,
    Escalated,
    RunEvent,
    ServerChanged,
    Started,
    TextDelta,
)
from mux_tui.core.local_model.base import FixedModel, Report
from mux_tui.core.routing.situation import LocalState, LocalStatus, Situation
from mux_tui.core.survey import survey
from mux_tui.core.task import (
    Attempt,
    Check,
    Decision,
    Outcome,
    Route,
    RouteChoice,
    Task,
    Usage,
    Verdict,
)

GOOD = Script("A context manager closes what it opened.", logprob=-0.2)
DOUBTFUL = Script("I'm not sure, it might perhaps be so", "", "length", logprob=-3.0)
EMPTY = Script("")
DOWN = Script(fault="connection", why="connection refused")
CUT = Script("Half an ans", fault="cut", why="the stream ended")
MISSING = Script(fault="not_found", why="no such command")
PASSED = Verdict("pass", "1 check passed")
FAILED = Verdict("fail", "1 of 1 failed", (Check("grep x", "fail", "no x in it"),))


class NeverReady(FixedModel):
    """A local model whose server cannot be started."""

    recovered = False

    async def ready(self, report: Report) -> Backend:
        """Fail, after having tried."""
        report(ServerChanged("starting", "m"))
        raise ServerError("cannot start the model server", "it died", "Look at the log")

    def recover(self) -> None:
        """Note that it was asked for."""
        self.recovered = True


@dataclass
class Stage:
    """What a task meets, and what came of it."""

    local: Sequence[Script] = (GOOD,)
    claude: Sequence[Script] = (GOOD,)
    codex: Sequence[Script] = (GOOD,)
    present: tuple[Route, ...] = ("claude", "codex")
    state: LocalStatus = "ready"
    settings: Settings = field(default_factory=Settings)
    verdicts: list[Verdict] = field(default_factory=list[Verdict])
    allow: bool = True
    model: FixedModel | None = None
    relay: Callable[[RunEvent], None] | None = None
    """Told each event too."""

    fails: Exception | None = None
    """Raised when the decision is to be recorded."""

    steps: list[str] = field(default_factory=list[str])
    events: list[RunEvent] = field(default_factory=list[RunEvent])
    asked: dict[Route, list[Request]] = field(
        default_factory=dict[Route, list[Request]]
    )

    async def run(
        self, text: str, route: RouteChoice = "auto", limit: float | None = None
    ) -> Outcome:
        """Do a task on this stage."""
        return await self.cascade(text, route, limit).run()

    def cascade(
        self, text: str, route: RouteChoice = "auto", limit: float | None = None
    ) -> Cascade:
        """The cascade of a task on this stage."""
        task = Task(text, Path("/"), "run-1", route=route, time_limit=limit)
        return Cascade(task, self._parts(), self, self.tell)

    def tell(self, event: RunEvent) -> None:
        """Keep what was told."""
        self.events.append(event)
        self.steps.append(type(event).__name__)
        if self.relay:
            self.relay(event)

    async def begin(self, task: Task, repository: str = "") -> None:
        """Keep that it was recorded."""
        self.steps.append("recorded begin")

    async def decided(self, run_id: str, decision: Decision) -> None:
        """Keep that it was recorded."""
        self.steps.append("recorded decision")
        if self.fails:
            raise self.fails

    async def attempted(self, run_id: str, attempt: Attempt) -> None:
        """Keep that it was recorded."""
        self.steps.append(f"recorded attempt {attempt.number}")

    def of(self, kind: type[RunEvent]) -> list[RunEvent]:
        """The events of one class."""
        return [event for event in self.events if isinstance(event, kind)]

    def _parts(self) -> Parts:
        backends = {
            "local": Scripted("local", self.local, "tiny"),
            "claude": Scripted("claude", self.claude),
            "codex": Scripted("codex", self.codex),
        }
        self.asked = {b.route: b.requests for b in backends.values()}
        state = LocalState(self.state, "", "tiny", 4096, "test")
        local = self.model or FixedModel(backends["local"], state)

        async def surveyed(task: Task) -> Situation:
            return replace(
                await survey(task, self.settings, local, self.present), local=state
            )

        async def verified(answer: str, task: Task) -> Verdict:
            return self.verdicts.pop(0) if self.verdicts else Verdict("unknown", "-")

        async def ask(_task: Task, route: Route, text: str) -> bool:
            return self.allow

        cloud = {route: b for route, b in backends.items() if route != "local"}
        return Parts(self.settings, surveyed, local, cloud, verified, ask)  # pyright: ignore[reportArgumentType]


def settings(permission: str = "allow", **router: object) -> Settings:
    """Settings with another permission or another router."""
    return Settings(
        router=Router(**router),  # pyright: ignore[reportArgumentType]
        cloud=Cloud(permission=permission),  # pyright: ignore[reportArgumentType]
    )


async def test_an_easy_task_is_done_here() -> None:
    stage = Stage()
    outcome = await stage.run("What is a context manager?")
    assert (outcome.status, outcome.route, outcome.reason) == (
        "done",
        "local",
        "local_preferred",
    )
    assert outcome.output == GOOD.text
    assert outcome.model == "tiny"
    assert not stage.asked["claude"]


async def test_the_decision_comes_before_any_token() -> None:
    stage = Stage()
    await stage.run("What is a context manager?")
    kinds = [type(event) for event in stage.events]
    assert kinds.index(Decided) < kinds.index(AttemptStarted) < kinds.index(TextDelta)


async def test_each_step_is_on_disk_before_it_is_told() -> None:
    stage = Stage()
    await stage.run("What is a context manager?")
    for kept, told in (
        ("recorded begin", "Started"),
        ("recorded decision", "Decided"),
        ("recorded attempt 1", "AttemptEnded"),
    ):
        assert stage.steps.index(kept) < stage.steps.index(told)


async def test_a_keyword_sends_the_task_away_at_once() -> None:
    stage = Stage()
    outcome = await stage.run("Plan the migration to the new store.")
    assert (outcome.route, outcome.reason) == ("claude", "high_complexity")
    assert not stage.asked["local"]


async def test_a_doubtful_answer_is_handed_on_with_a_brief() -> None:
    stage = Stage(local=(DOUBTFUL,))
    outcome = await stage.run("What is a context manager?")
    assert (outcome.route, outcome.reason) == ("claude", "low_confidence")
    brief = stage.asked["claude"][0].prompt
    assert "What is a context manager?" in brief
    assert DOUBTFUL.text in brief
    assert "confidence" in brief


async def test_a_task_nobody_answered_is_handed_on_as_it_is() -> None:
    stage = Stage(local=(CUT,))
    outcome = await stage.run("What is a context manager?")
    assert (outcome.route, outcome.reason) == ("claude", "local_failed")
    assert stage.asked["claude"][0].prompt == "What is a context manager?"
    assert outcome.attempts[0].partial == "Half an ans"


async def test_an_empty_answer_is_not_an_answer() -> None:
    outcome = await Stage(local=(EMPTY,)).run("What is a context manager?")
    assert (outcome.route, outcome.reason) == ("claude", "low_confidence")


async def test_a_server_that_cannot_be_started_is_said_and_passed_by() -> None:
    model = NeverReady(Scripted("local", (GOOD,)), LocalState("startable"))
    stage = Stage(model=model, state="startable")
    outcome = await stage.run("What is a context manager?")
    assert (outcome.status, outcome.route) == ("done", "claude")
    assert outcome.reason == "local_unavailable"
    assert "cannot start the model server: it died" in outcome.attempts[0].error


async def test_a_crashed_server_is_restarted_behind_the_cloud_s_back() -> None:
    model = NeverReady(Scripted("local", (GOOD,)), LocalState("crashed"))
    stage = Stage(model=model, state="crashed")
    outcome = await stage.run("What is a context manager?")
    assert (outcome.route, outcome.reason) == ("claude", "local_unavailable")
    assert model.recovered


async def test_the_next_cli_is_asked_when_one_fails_and_every_failure_is_kept() -> None:
    stage = Stage(local=(DOWN,), claude=(Script(fault="rate_limit", why="429"),))
    outcome = await stage.run("What is a context manager?")
    assert (outcome.status, outcome.route) == ("done", "codex")
    assert [a.fault for a in outcome.attempts] == ["connection", "rate_limit", ""]


async def test_with_nobody_there_the_task_fails_with_a_way_out() -> None:
    stage = Stage(state="not_configured", present=())
    outcome = await stage.run("What is a context manager?")
    assert (outcome.status, outcome.reason) == (
        "failed",
        "local_down_and_cloud_unavailable",
    )
    assert "mux setup --starter" in outcome.next_step


async def test_everybody_down_is_told_apart_from_a_bad_answer() -> None:
    stage = Stage(local=(DOWN,), claude=(MISSING,), codex=(MISSING,))
    outcome = await stage.run("What is a context manager?")
    assert (outcome.status, outcome.reason) == (
        "failed",
        "local_down_and_cloud_unavailable",
    )


async def test_a_doubtful_answer_is_better_than_none() -> None:
    stage = Stage(local=(DOUBTFUL,), claude=(MISSING,), codex=(MISSING,))
    outcome = await stage.run("What is a context manager?")
    assert (outcome.status, outcome.route) == ("done", "local")
    assert outcome.reason == "cloud_unavailable"
    assert outcome.output == DOUBTFUL.text


async def test_a_failed_check_is_told_to_the_model_once() -> None:
    better = Script("Now with an x in it.", logprob=-0.2)
    stage = Stage(local=(GOOD, better), verdicts=[FAILED, PASSED])
    outcome = await stage.run("What is a context manager?")
    assert (outcome.route, outcome.retries, outcome.output) == ("local", 1, better.text)
    assert "no x in it" in stage.asked["local"][1].prompt


async def test_checks_that_fail_again_and_again_escalate() -> None:
    worse = Script("Still nothing like it.", logprob=-0.2)
    stage = Stage(local=(GOOD, worse), verdicts=[FAILED, FAILED, PASSED])
    outcome = await stage.run("What is a context manager?")
    assert (outcome.route, outcome.reason) == ("claude", "verification_failures")
    assert outcome.retries == 1


async def test_the_same_answer_again_ends_the_retries() -> None:
    patient = settings(max_local_retries=5)
    stage = Stage(settings=patient, verdicts=[FAILED, FAILED, PASSED])
    outcome = await stage.run("What is a context manager?")
    assert len(stage.asked["local"]) == 2
    assert outcome.route == "claude"


async def test_an_answer_that_never_passes_is_a_failure() -> None:
    stage = Stage(verdicts=[FAILED] * 9)
    outcome = await stage.run("What is a context manager?")
    assert (outcome.status, outcome.reason) == ("failed", "verification_failed")
    assert outcome.output


async def test_unknown_never_counts_as_pass_when_strict() -> None:
    strict = replace(Settings(), verification=Verification(strict=True))
    outcome = await Stage(settings=strict, present=()).run("What is this?")
    assert (outcome.status, outcome.reason) == ("failed", "verification_failed")


@pytest.mark.parametrize("permission", ["never", "ask"])
async def test_nothing_leaves_that_may_not(permission: str) -> None:
    stage = Stage(settings=settings(permission), allow=False)
    outcome = await stage.run("Review this.", route="claude")
    assert (outcome.status, outcome.reason) == ("declined", "cloud_not_allowed")
    assert not stage.asked["claude"]
    assert not stage.asked["local"]


async def test_a_yes_lets_it_leave() -> None:
    stage = Stage(settings=settings("ask"), allow=True)
    outcome = await stage.run("Review this.", route="claude")
    assert (outcome.route, outcome.reason) == ("claude", "route_requested")


async def test_a_forced_route_has_no_substitute() -> None:
    stage = Stage(claude=(MISSING,))
    outcome = await stage.run("Review this.", route="claude")
    assert (outcome.status, outcome.reason) == ("failed", "cloud_unavailable")
    assert not stage.asked["codex"]
    assert not stage.asked["local"]


async def test_a_word_in_the_prompt_chooses_the_route() -> None:
    stage = Stage()
    outcome = await stage.run("@codex What is this?")
    assert outcome.route == "codex"
    assert stage.asked["codex"][0].prompt == "What is this?"


async def test_reasons_left_out_of_escalate_on_keep_the_task_here() -> None:
    stage = Stage(local=(DOUBTFUL,), settings=settings(escalate_on=("local_failed",)))
    outcome = await stage.run("What is a context manager?")
    assert (outcome.status, outcome.route) == ("done", "local")
    assert outcome.reason == "low_confidence"
    assert not stage.asked["claude"]


async def test_the_time_limit_of_a_task_ends_it() -> None:
    slow = Script("one " + "more " * 300, pause=0.05, logprob=-0.1)
    outcome = await Stage(local=(slow,)).run("What is this?", limit=1.5)
    assert (outcome.status, outcome.reason) == ("failed", "time_limit")
    assert outcome.attempts[0].partial.startswith("one")


async def test_a_cloud_cli_over_its_limit_is_a_time_limit() -> None:
    slow = Script(fault="time_limit", why="over 300 s")
    outcome = await Stage(claude=(slow,)).run("Review this.", route="claude")
    assert outcome.reason == "time_limit"


async def test_a_cancelled_task_keeps_what_there_was() -> None:
    stage = Stage(local=(Script("one two three", pause=0.05),))
    cascade = stage.cascade("What is this?")
    work = asyncio.create_task(cascade.run())
    while not stage.of(TextDelta):
        await asyncio.sleep(0.01)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    outcome = cascade.ended("cancelled", "cancelled", "x")
    assert outcome.attempts[0].partial.startswith("one")


async def test_tokens_and_costs_are_summed_over_all_attempts() -> None:
    local = replace(DOUBTFUL, usage=Usage(input_tokens=10, output_tokens=5))
    claude = replace(GOOD, usage=Usage(input_tokens=90, cost_usd=0.5))
    outcome = await Stage(local=(local,), claude=(claude,)).run("What is this?")
    assert outcome.usage == Usage(input_tokens=100, output_tokens=5, cost_usd=0.5)


async def test_the_first_event_is_started_and_escalations_tell_what_is_sent() -> None:
    stage = Stage(local=(DOUBTFUL,))
    await stage.run("What is a context manager?")
    assert isinstance(stage.events[0], Started)
    escalated = stage.of(Escalated)[0]
    assert isinstance(escalated, Escalated)
    assert escalated.brief == stage.asked["claude"][0].prompt
