"""From one model to another: in order, without cutting anybody, and back if need be."""

import asyncio
import shutil
from contextlib import suppress
from pathlib import Path

import pytest

from mux_tui.core.errors import ServerError
from mux_tui.core.events import ServerChanged, ServerEvent
from mux_tui.core.model_server.switch import switch
from tests.core.model_server.conftest import Make, alive
from tests.core.model_server.held_request import held_request


def _phases(events: list[ServerEvent]) -> list[tuple[str, str]]:
    return [(e.phase, e.text) for e in events if isinstance(e, ServerChanged)]


@pytest.fixture
def other(model: Path) -> Path:
    """Another model."""
    return Path(shutil.copytree(model, model.with_name("other")))


async def test_a_switch_ends_the_old_server_and_proves_the_new_one(
    make: Make, model: Path, other: Path, pids: Path
) -> None:
    before = await make().start(model)
    events = list[ServerEvent]()
    running = await switch(make(), other, events.append)
    assert running.model == str(other)
    assert [phase for phase, _ in _phases(events)] == [
        "stopping",
        "starting",
        "warming",
        "ready",
    ]
    assert alive(pids) == [running.pid] != [before.pid]
    assert await switch(make(), other, events.append) == running


async def test_a_switch_waits_for_requests_and_cuts_them_only_when_told(
    make: Make, model: Path, other: Path, pids: Path
) -> None:
    first = await make().start(model)
    events = list[ServerEvent]()
    async with held_request(first, pids) as request:
        switching = asyncio.create_task(switch(make(), other, events.append))
        while ("stopping", "waiting for 1 request to end") not in _phases(events):
            await asyncio.sleep(0.01)
        assert alive(pids) == [first.pid]
    assert await request == 200
    second = await switching
    assert second.model == str(other)

    async with held_request(second, pids) as request:
        third = await switch(make(), model, events.append, cut=True)
        assert alive(pids) == [third.pid]
    assert await request == 0


async def test_a_switch_to_what_does_not_come_up_goes_back(
    make: Make, model: Path, other: Path, pids: Path
) -> None:
    (other / "broken").touch()
    await make("picky").start(model)
    events = list[ServerEvent]()
    with pytest.raises(ServerError, match=r"cannot switch to other") as caught:
        await switch(make("picky"), other, events.append)
    assert "ValueError: no such layer; a-model is served again" in str(caught.value)
    assert ("starting", "going back to a-model") in _phases(events)
    status = await make("picky").status()
    assert (status.state, status.model) == ("ready", str(model))
    assert alive(pids) == [status.pid]


async def test_a_switch_back_that_fails_too_says_both(
    make: Make, model: Path, other: Path, pids: Path
) -> None:
    await make("picky").start(model)
    (other / "broken").touch()
    (model / "broken").touch()
    with pytest.raises(ServerError, match=r"and a-model does not come back: Value"):
        await switch(make("picky"), other, lambda _: None)
    assert alive(pids) == []


async def test_a_switch_to_no_model_leaves_the_old_server_alone(
    make: Make, model: Path, tmp_path: Path, pids: Path
) -> None:
    running = await make().start(model)
    with pytest.raises(ServerError, match="no model at"):
        await switch(make(), tmp_path / "nothing", lambda _: None)
    assert alive(pids) == [running.pid]


async def test_a_switch_that_is_cancelled_gets_the_old_server_back(
    make: Make, model: Path, other: Path, pids: Path
) -> None:
    await make("picky").start(model)
    (other / "endless").touch()
    events = list[ServerEvent]()
    switching = asyncio.create_task(switch(make("picky"), other, events.append))
    while "loading" not in [phase for phase, _ in _phases(events)]:
        await asyncio.sleep(0.01)
    switching.cancel()
    with suppress(asyncio.CancelledError):
        await switching
    running = await make("picky").start(model)
    assert running.model == str(model)
    assert alive(pids) == [running.pid]
