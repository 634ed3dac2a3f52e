"""Replays one after the other: in copies, recorded, each to be cancelled."""

import asyncio
import os
import shutil
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from mux_tui.core.config.environment import Environment
from mux_tui.core.config.load import load
from mux_tui.core.config.settings import Settings
from mux_tui.core.engine import open_engine
from mux_tui.core.events import AttemptStarted
from mux_tui.core.ledger.query_parse import parse
from mux_tui.core.ledger.rows import RunDetail
from mux_tui.core.ledger.store import open_ledger
from mux_tui.core.replay.comparison import Comparison
from mux_tui.core.replay.planning import Order, Plan, plan
from mux_tui.core.replay.rerunning import (
    Began,
    Copying,
    Ended,
    ReplayEvent,
    Replays,
    Told,
    open_replays,
)
from mux_tui.core.replay.subject import NotRepeated
from tests.fake_cli import FakeClis
from tests.upstream import Upstream, upstream

QUESTIONS = ("What is a list?", "What is a tuple?", "What is a set?")
AS_THEN = Order()
SECONDS = 60


class Bench:
    """A home with a ledger, a model server, and what replays tell."""

    def __init__(self, folder: Path, server: Upstream, **more: str) -> None:
        self.environment = Environment(
            {
                "MUX_HOME": str(folder / "mux"),
                "HOME": str(folder),
                "PATH": os.environ["PATH"],
                "MUX_PROVIDERS_LOCAL_BASE_URL": server.base_url,
                "MUX_CLOUD_PERMISSION": "never",
            }
            | more
        )
        self.project = folder / "project"
        self.project.mkdir()
        (self.project / "notes.txt").write_text("some\n")
        self.told: list[ReplayEvent] = []
        self.on: Callable[[ReplayEvent], None] = lambda _event: None

    def settings_of(self, directory: Path, more: Mapping[str, object]) -> Settings:
        return load(self.environment, directory, more).settings

    def tell(self, event: ReplayEvent) -> None:
        self.told.append(event)
        self.on(event)

    async def asked(self, *texts: str, **more: Any) -> None:
        """Have tasks done and recorded."""
        settings = self.settings_of(self.project, {})
        async with open_engine(settings, self.environment, self.project) as engine:
            for text in texts:
                task = engine.accept(text, self.project, self.project, **more)
                run = engine.start(task)
                async for _ in run.events():
                    pass

    async def planned(self, order: Order, query: str = "") -> Plan:
        path, keep = self.environment.paths.ledger, Settings().ledger
        async with open_ledger(path, keep) as ledger:
            return await plan(
                ledger, parse(query), 10, order, self.settings_of, self.environment
            )

    def opened(self, order: Order, **more: Any) -> Any:
        return open_replays(
            order, self.environment, self.project, self.settings_of, self.tell, **more
        )

    async def repeated(self, order: Order = AS_THEN, query: str = "") -> Replays:
        planned = await self.planned(order, query)
        async with self.opened(order) as replays:
            await replays.repeat(planned.subjects)
        return replays

    async def rows(self, query: str) -> list[RunDetail]:
        path, keep = self.environment.paths.ledger, Settings().ledger
        async with open_ledger(path, keep) as ledger:
            return [run async for run in ledger.search.details(parse(query))]

    @property
    def left(self) -> list[Path]:
        """Copies that were not removed."""
        return list(self.environment.paths.state_dir.rglob("copy-*"))


@asynccontextmanager
async def a_bench(folder: Path, mode: str = "ok", **more: Any) -> AsyncGenerator[Bench]:
    async with upstream(mode, **more) as server:
        yield Bench(folder, server)


async def test_each_run_is_repeated_and_recorded(tmp_path: Path) -> None:
    async with a_bench(tmp_path) as bench:
        await bench.asked(*QUESTIONS)
        replays = await bench.repeated()
        rows = await bench.rows("replay:yes")
        originals = await bench.rows("replay:no")
    assert [one.word for one in replays.done] == ["unknown"] * 3
    assert [row.task for row in rows] == [*reversed(QUESTIONS)]
    assert [row.replay_of for row in rows] == [
        run.run_id for run in reversed(originals)
    ]
    assert {row.cwd for row in rows} == {str(bench.project)}
    assert {row.route_requested for row in rows} == {"local"}
    kinds = [type(one) for one in bench.told if not isinstance(one, Told)]
    assert kinds == [Began, Ended] * 3


async def test_checks_run_in_a_copy_and_not_where_the_user_works(
    tmp_path: Path,
) -> None:
    """What they write there is nobody's."""
    async with a_bench(tmp_path) as bench:
        await bench.asked(QUESTIONS[0], verify=("grep -q some notes.txt",))
        assert (await bench.repeated()).done[0].word == "same"
        order = Order(verify=("touch written", "test -f written"))
        (one,) = (await bench.repeated(order)).done
    # A copy may take a while, so it is told of before it is made.
    kinds = [type(each) for each in bench.told if not isinstance(each, Told)]
    assert kinds == [Copying, Began, Ended] * 2
    assert one.replay.verdict == "pass"
    assert [path.name for path in bench.project.iterdir()] == ["notes.txt"]
    assert bench.left == []


async def test_another_route_and_another_model_are_asked(tmp_path: Path) -> None:
    """Whatever the text says of who is to do it."""
    async with a_bench(tmp_path) as bench:
        await bench.asked("@local What is a list?")
        await bench.repeated(Order(model="another"))
        await bench.repeated(Order(route="auto"), "replay:no")
        clis = FakeClis(tmp_path / "clis")
        bench.environment = Environment(
            dict(bench.environment.variables)
            | {"PATH": f"{clis.folder}:/usr/bin:/bin", "MUX_CLOUD_PERMISSION": "allow"}
        )
        order = Order(route="claude", model="opus")
        assert (await bench.planned(order)).leaving == 1
        await bench.repeated(order)
        rows = await bench.rows("replay:yes")
    assert [row.route_requested for row in rows] == ["local", "auto", "claude"]
    assert rows[0].attempts[0].model_requested == "another"
    assert rows[1].task == "What is a list?"
    assert rows[2].route == "claude"
    assert "opus" in clis.calls[-1]["argv"]


async def test_what_would_leave_is_told_beforehand_and_asked(tmp_path: Path) -> None:
    async with a_bench(tmp_path) as bench:
        await bench.asked(*QUESTIONS[:2])
        clis = FakeClis(tmp_path / "clis")
        bench.environment = Environment(
            dict(bench.environment.variables)
            | {"PATH": f"{clis.folder}:/usr/bin:/bin", "MUX_CLOUD_PERMISSION": "ask"}
        )
        assert (await bench.planned(Order())).leaving == 0
        assert (await bench.planned(Order(route="auto"))).leaving == 2
        order = Order(route="codex")
        planned = await bench.planned(order)
        assert planned.leaving == 2
        asked: list[str] = []

        async def ask(_task: object, route: str, _text: str) -> bool:
            asked.append(route)
            return len(asked) == 2

        async with bench.opened(order, ask=ask) as replays:
            await replays.repeat(planned.subjects)
    assert asked == ["codex", "codex"]
    assert len(clis.calls) == 1
    assert [one.word for one in replays.done] == ["unknown", "unknown"]
    assert replays.done[0].replay.reason == "cloud_not_allowed"


async def test_one_that_cannot_be_begun_does_not_stop_the_rest(tmp_path: Path) -> None:
    async with a_bench(tmp_path) as bench:
        await bench.asked(*QUESTIONS)
        planned = await bench.planned(Order())

        def gone(event: ReplayEvent) -> None:
            # The first is under way; the directory of the second goes now.
            if isinstance(event, Began) and event.number == 1:
                shutil.move(bench.project, tmp_path / "away")
            if isinstance(event, Ended) and event.number == 2:
                shutil.move(tmp_path / "away", bench.project)

        bench.on = gone
        async with bench.opened(Order()) as replays:
            await replays.repeat(planned.subjects)
    ended = [one.result for one in bench.told if isinstance(one, Ended)]
    kinds = [type(result) for result in ended]
    assert kinds == [Comparison, NotRepeated, Comparison]
    assert [one.run_id for one in replays.refused] == [
        planned.subjects[1].run.run_id,
    ]
    assert "no work directory" in replays.refused[0].why


async def test_one_is_cancelled_and_the_next_begins(tmp_path: Path) -> None:
    async with a_bench(tmp_path, sequence=("ok", "ok", "hang-mid", "ok")) as bench:
        await bench.asked(*QUESTIONS[:2])

        def cancel(event: ReplayEvent) -> None:
            if isinstance(event, Told) and isinstance(event.event, AttemptStarted):
                (first, *others) = [o for o in bench.told if isinstance(o, Began)]
                if not others:
                    first.run.cancel()

        bench.on = cancel
        async with asyncio.timeout(SECONDS):
            replays = await bench.repeated()
        rows = await bench.rows("replay:yes")
    assert [one.replay.status for one in replays.done] == ["cancelled", "done"]
    assert [row.status for row in rows] == ["cancelled", "done"]


async def test_one_that_is_cancelled_before_it_began_is_no_replay(
    tmp_path: Path,
) -> None:
    async with a_bench(tmp_path) as bench:
        await bench.asked(*QUESTIONS[:2])

        def cancel(event: ReplayEvent) -> None:
            if isinstance(event, Began) and event.number == 2:
                event.run.cancel()

        bench.on = cancel
        replays = await bench.repeated()
        rows = await bench.rows("replay:yes")
    assert len(replays.done) == len(rows) == 1
    assert [one.why for one in replays.refused] == [
        "it was cancelled before its first step"
    ]


async def test_cancelled_it_ends_and_records_what_is_under_way(tmp_path: Path) -> None:
    """What was done is there, and the copy is gone."""
    async with a_bench(tmp_path, sequence=("ok", "ok", "ok", "hang-mid")) as bench:
        await bench.asked(*QUESTIONS[:2], verify=("true",))
        planned = await bench.planned(Order())
        second = asyncio.Event()

        def note(event: ReplayEvent) -> None:
            if isinstance(event, Told) and len(bench_began()) == 2:
                second.set()

        def bench_began() -> list[Began]:
            return [one for one in bench.told if isinstance(one, Began)]

        bench.on = note
        kept: list[Replays] = []

        async def replaying() -> None:
            async with bench.opened(Order()) as replays:
                kept.append(replays)
                await replays.repeat(planned.subjects)

        task = asyncio.create_task(replaying())
        async with asyncio.timeout(SECONDS):
            await second.wait()
            assert bench.left != []
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        rows = await bench.rows("replay:yes")
    assert [row.status for row in rows] == ["done", "cancelled"]
    assert [(o.word, o.replay.status) for o in kept[0].done] == [
        ("same", "done"),
        ("unknown", "cancelled"),
    ]
    assert bench.left == []


async def test_each_has_a_time_limit(tmp_path: Path) -> None:
    async with a_bench(tmp_path, sequence=("ok", "ok", "hang-mid", "ok")) as bench:
        await bench.asked(*QUESTIONS[:2], time_limit=3600.0)
        async with asyncio.timeout(SECONDS):
            replays = await bench.repeated(Order(time_limit=2.0))
        rows = await bench.rows("replay:yes")
    assert replays.done[0].replay.reason == "time_limit"
    assert {row.time_limit for row in rows} == {2.0}


async def test_a_projects_own_settings_hold(tmp_path: Path) -> None:
    """A replay does not leave a project whose settings keep it here."""
    async with a_bench(tmp_path) as bench:
        await bench.asked(QUESTIONS[0])
        clis = FakeClis(tmp_path / "clis")
        bench.environment = Environment(
            {
                name: value
                for name, value in bench.environment.variables.items()
                if name != "MUX_CLOUD_PERMISSION"
            }
            | {"PATH": f"{clis.folder}:/usr/bin:/bin"}
        )
        (bench.project / ".mux.toml").write_text('[cloud]\npermission = "never"\n')
        assert (await bench.planned(Order(route="claude"))).leaving == 0
        (one,) = (await bench.repeated(Order(route="claude"))).done
    assert one.replay.reason == "cloud_not_allowed"
    assert clis.calls == []


async def test_without_texts_nothing_can_be_repeated(tmp_path: Path) -> None:
    async with a_bench(tmp_path) as bench:
        bench.environment = Environment(
            dict(bench.environment.variables) | {"MUX_LEDGER_STORE_PROMPTS": "false"}
        )
        await bench.asked(QUESTIONS[0])
        planned = await bench.planned(Order())
    assert planned.subjects == ()
    assert "store_prompts" in planned.refused[0].why
