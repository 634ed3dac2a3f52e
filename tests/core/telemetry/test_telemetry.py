"""Telemetry where it hangs in the core: behind tasks, and behind the proxy."""

import asyncio
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mux_tui.core import genai
from mux_tui.core.config.environment import Environment
from mux_tui.core.config.settings import LocalProvider, Providers, Settings
from mux_tui.core.config.telemetry import Telemetry as Wanted
from mux_tui.core.engine import Engine, open_engine
from mux_tui.core.events import Finished, Notice, RunEvent
from mux_tui.core.ledger.owner import Owner
from mux_tui.core.ledger.recorder import Recorder
from mux_tui.core.telemetry import sender, telemetry
from mux_tui.core.telemetry.facts import RunFacts
from mux_tui.core.telemetry.telemetry import Telemetry
from mux_tui.core.telemetry.watching import Watching
from tests.core.ledger.facts import a_decision, a_task, an_attempt, an_outcome
from tests.core.proxy.asking import service_at
from tests.core.telemetry.collector import PATIENCE, Collector
from tests.fake_cli import FakeClis
from tests.upstream import upstream

QUESTION = "What is a context manager?"


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    """A home of its own, with fakes of the cloud CLIs."""
    clis = FakeClis(tmp_path / "clis")
    home = tmp_path / "mux"
    return Environment({"MUX_HOME": str(home), "PATH": f"{clis.folder}:/usr/bin:/bin"})


def watched_by(collector: Collector, base_url: str = "", **changes: Any) -> Settings:
    """Settings whose telemetry goes to that collector."""
    wanted = Wanted(enabled=True, endpoint=collector.url, timeout=PATIENCE)
    return Settings(
        providers=Providers(local=LocalProvider(base_url=base_url)),
        telemetry=replace(wanted, **changes),
    )


async def told(engine: Engine, cwd: Path, text: str = QUESTION) -> list[RunEvent]:
    """All events of one task."""
    run = engine.start(engine.accept(text, cwd, cwd))
    return [event async for event in run.events()]


async def until(seen: Callable[[], object]) -> None:
    """Wait for what a thread does."""
    async with asyncio.timeout(PATIENCE):
        while not seen():
            await asyncio.sleep(0.01)


async def arrived(collector: Collector, seen: Callable[[Collector], object]) -> None:
    """Wait until something has arrived."""
    await until(lambda: seen(collector))


async def test_a_task_is_told_once_it_has_ended(
    environment: Environment, tmp_path: Path, collector: Collector
) -> None:
    async with upstream() as server:
        settings = watched_by(collector, server.base_url)
        async with open_engine(settings, environment, tmp_path) as engine:
            end = (await told(engine, tmp_path))[-1]
            await arrived(collector, lambda seen: len(seen.points) == 1)
    assert isinstance(end, Finished)
    child, root = collector.spans
    assert root.attributes["mux.run.id"] == end.outcome.run_id
    assert (root.attributes["mux.status"], root.attributes["mux.door"]) == (
        "done",
        "cli",
    )
    assert child.parent == root.id
    assert child.attributes[genai.PROVIDER] == "local"
    assert child.attributes[genai.OUTPUT_TOKENS] == 7
    assert child.attributes[genai.SERVER_ADDRESS] == "127.0.0.1"
    assert root.started <= child.started <= child.ended <= root.ended
    assert QUESTION not in repr(collector.spans)
    assert str(tmp_path) not in repr(collector.spans)


async def test_a_task_that_is_handed_on_tells_both_attempts(
    environment: Environment, tmp_path: Path, collector: Collector
) -> None:
    async with upstream("ok-empty") as server:
        settings = watched_by(collector, server.base_url)
        async with open_engine(settings, environment, tmp_path) as engine:
            await told(engine, tmp_path)
            await arrived(collector, lambda seen: seen.spans)
    root = collector.spans[-1]
    providers = [one.attributes[genai.PROVIDER] for one in collector.spans[:-1]]
    assert providers[-1] == "anthropic"
    assert "local" in providers
    assert "mux.escalated" in {name for name, _, _ in root.events}


async def test_a_task_that_is_cancelled_is_told_as_that(
    environment: Environment, tmp_path: Path, collector: Collector
) -> None:
    settings = watched_by(collector)
    async with open_engine(settings, environment, tmp_path) as engine:
        run = engine.start(engine.accept(QUESTION, tmp_path, tmp_path))
        async for _ in run.events():
            run.cancel()
    await arrived(collector, lambda seen: seen.spans)
    assert collector.spans[-1].attributes["mux.status"] == "cancelled"


async def test_leaving_sends_what_waits(
    environment: Environment,
    tmp_path: Path,
    collector: Collector,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sender, "LEAVING_SECONDS", PATIENCE)
    monkeypatch.setattr(sender, "_GATHERING_SECONDS", PATIENCE)
    async with open_engine(watched_by(collector), environment, tmp_path) as engine:
        await told(engine, tmp_path)
    assert collector.paths == ["/v1/traces", "/v1/metrics"]


async def test_a_collector_that_hangs_holds_up_no_task_and_no_leaving(
    environment: Environment,
    tmp_path: Path,
    collector: Collector,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sender, "LEAVING_SECONDS", 0.1)
    collector.mood = "hang"
    async with open_engine(watched_by(collector), environment, tmp_path) as engine:
        await told(engine, tmp_path)
        await arrived(collector, lambda seen: seen.paths)
        second = await told(engine, tmp_path)
    assert isinstance(second[-1], Finished)
    # Nothing has been answered yet.
    assert not collector.may_go.is_set()
    assert collector.paths == ["/v1/traces"]


async def test_a_collector_that_is_down_is_one_notice(
    environment: Environment,
    tmp_path: Path,
    collector: Collector,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sender, "_GATHERING_SECONDS", 0.01)
    monkeypatch.setattr(sender, "_REST_SECONDS", 0.01)
    collector.status = 503
    async with open_engine(watched_by(collector), environment, tmp_path) as engine:
        await told(engine, tmp_path)
        await until(lambda: engine.notices)
        second = await told(engine, tmp_path)
        await arrived(collector, lambda seen: len(seen.paths) > 3)
        third = await told(engine, tmp_path)
    (notice,) = [event for event in second if isinstance(event, Notice)]
    assert "telemetry could not be sent: " in notice.text
    assert "answered 503. `mux doctor` looks again" in notice.text
    assert not [event for event in third if isinstance(event, Notice)]


async def test_missing_packages_are_a_notice_and_tasks_go_on(
    environment: Environment,
    tmp_path: Path,
    collector: Collector,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(sys.modules, "mux_tui.core.telemetry.export", raising=False)
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    async with open_engine(watched_by(collector), environment, tmp_path) as engine:
        first = await told(engine, tmp_path)
        await until(lambda: engine.notices)
        (notice,) = engine.notices
    assert isinstance(first[-1], Finished)
    assert "pip install 'mux-tui[otel]'" in notice
    assert collector.paths == []


async def test_wrong_settings_are_a_notice_and_tasks_go_on(
    environment: Environment, tmp_path: Path, collector: Collector
) -> None:
    settings = watched_by(collector, headers_env="TEAM_HEADERS")
    async with open_engine(settings, environment, tmp_path) as engine:
        events = await told(engine, tmp_path)
    (notice,) = [event for event in events if isinstance(event, Notice)]
    assert "telemetry is not sent: TEAM_HEADERS" in notice.text
    assert isinstance(events[-1], Finished)


async def test_what_is_not_recorded_is_not_told(
    environment: Environment, tmp_path: Path, collector: Collector
) -> None:
    settings = watched_by(collector)
    async with open_engine(settings, environment, tmp_path, record=False) as engine:
        await told(engine, tmp_path)
        assert engine.telemetry is None


async def test_new_settings_hold_for_the_next_task(
    environment: Environment, tmp_path: Path, collector: Collector
) -> None:
    settings = watched_by(collector)
    off = replace(settings, telemetry=Wanted())
    async with open_engine(off, environment, tmp_path) as engine:
        await told(engine, tmp_path)
        await engine.renew(settings)
        (*_, end) = await told(engine, tmp_path)
        await engine.renew(off)
        await told(engine, tmp_path)
    await arrived(collector, lambda seen: seen.spans)
    assert isinstance(end, Finished)
    roots = [span for span in collector.spans if not span.parent]
    assert [one.attributes["mux.run.id"] for one in roots] == [end.outcome.run_id]


async def test_a_request_through_the_proxy_is_one_span(collector: Collector) -> None:
    async with upstream() as server:
        async with service_at(server.base_url, watched_by(collector)) as served:
            heard = await served.ask(stream=True)
            await served.ended()
            await arrived(collector, lambda seen: seen.points)
    assert heard.status == 200
    (span,) = collector.spans
    assert span.attributes["mux.door"] == "proxy"
    assert span.attributes["mux.model.asked"] == "claude-local"
    assert span.attributes[genai.INPUT_TOKENS] == 11
    assert "hello there" not in repr(span)


async def test_a_bug_in_telemetry_is_a_notice_and_costs_no_task(
    environment: Environment,
    tmp_path: Path,
    collector: Collector,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fails(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(telemetry, "told_of_run", fails)
    settings = watched_by(collector)
    async with open_engine(settings, environment, tmp_path) as engine:
        events = await told(engine, tmp_path)
        assert engine.notices == [
            "telemetry of a task failed in mux (ZeroDivisionError)"
        ]
    assert isinstance(events[-1], Finished)


async def test_the_facts_are_handed_on_though_recording_is_cut_short() -> None:
    class Cut(Recorder):
        async def finish(self, outcome: Any) -> None:
            raise asyncio.CancelledError

    kept: list[RunFacts] = []
    task = a_task(run_id="r1")
    cut = Cut(None, Owner(0, 0.0), lambda _: None)
    watching = Watching(cut, task, kept.append)
    await watching.begin(task)
    await watching.decided("r1", a_decision())
    await watching.attempted("r1", an_attempt(1))
    outcome = an_outcome("r1", "x", an_attempt(1))
    with pytest.raises(asyncio.CancelledError):
        await watching.finish(outcome)
    (facts,) = kept
    assert (facts.task, facts.outcome) == (task, outcome)
    assert facts.decision == a_decision()
    assert facts.started <= facts.attempts_ended[1] <= facts.ended


async def test_while_it_is_off_nothing_stands_before_the_recorder() -> None:
    recorder = Recorder(None, Owner(0, 0.0), lambda _: None)
    off = Telemetry(lambda _: None)
    off.follow(Settings(), {})
    assert off.watching(a_task(), recorder) is recorder
    await off.aclose()
