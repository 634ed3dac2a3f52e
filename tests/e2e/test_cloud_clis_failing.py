"""The real CLIs when something goes wrong: each failure gets its own reason code."""

import asyncio
from pathlib import Path

import pytest

from mux_tui.core.errors import BackendFault
from mux_tui.core.task import Route
from tests.cloud import Answer, Failure, Silence, ToolCall, cloud
from tests.cloud.script import Ending
from tests.core.process.waiting import until
from tests.e2e.cloud_fixtures import ROUTES, MakeDesk, Ran, commands, family

pytestmark = pytest.mark.e2e

every_cli = pytest.mark.parametrize("route", ROUTES)

FAULTS: dict[int, set[BackendFault]] = {
    400: {"http_error"},
    401: {"not_logged_in"},
    429: {"rate_limit"},
    # Codex does not tell a 500 from other trouble.
    500: {"http_error", "backend_error"},
}

ENDINGS: tuple[Ending, ...] = ("error", "cut")


@every_cli
async def test_a_refusal_inside_a_stream_of_success_is_a_failure(
    route: Route, make_desk: MakeDesk
) -> None:
    """Exit status and form look like success; the fault is what the vendor said."""
    statuses = tuple(FAULTS)
    asked = (_refused(status, route, make_desk) for status in statuses)
    for status, ran in zip(statuses, await asyncio.gather(*asked), strict=True):
        assert ran.fault in FAULTS[status], ran.error
        assert ran.completion is None


async def test_a_vendor_that_is_not_there_ends_the_task_soon(
    make_desk: MakeDesk,
) -> None:
    """Codex by itself would wait for ever, and Claude Code for minutes."""
    async with cloud() as vendor:
        desks = [make_desk(route, vendor.base_url) for route in ROUTES]
    async with asyncio.timeout(180):
        runs = await asyncio.gather(*(desk.ask() for desk in desks))

    assert [ran.fault for ran in runs] == ["network"] * 3


async def test_claude_code_repeats_an_answer_that_broke_off(
    make_desk: MakeDesk,
) -> None:
    async with cloud(Answer("one two three four", ending="error")) as vendor:
        ran = await make_desk("claude", vendor.base_url).ask()

    assert ran.answer.text == "one two three four"
    assert ran.answer.usage.output_tokens == 30
    assert [request.stream for request in vendor.asked] == [True, False]


@pytest.mark.parametrize("route", ["codex", "gemini"])
async def test_an_answer_that_broke_off_is_no_answer(
    route: Route, make_desk: MakeDesk
) -> None:
    asked = (_broken_off(ending, route, make_desk) for ending in ENDINGS)
    for ran in await asyncio.gather(*asked):
        assert ran.fault == "cut", ran.error
        assert ran.completion is None


@every_cli
async def test_without_a_login_the_user_is_told_to_log_in(
    route: Route, make_desk: MakeDesk
) -> None:
    async with cloud() as vendor:
        desk = make_desk(route, vendor.base_url)
        keys = ("ANTHROPIC_AUTH_TOKEN", "SCRIPTED_KEY", "GEMINI_API_KEY")
        ran = await desk.without(*keys).ask()

    assert ran.fault == "not_logged_in"
    assert ran.error is not None
    assert "Log in: run" in str(ran.error)
    assert not vendor.asked


@every_cli
async def test_a_cancelled_task_leaves_no_process(
    route: Route, make_desk: MakeDesk
) -> None:
    before = family()
    async with cloud(Answer("one two three four", ending="hang")) as vendor:
        running = asyncio.create_task(make_desk(route, vendor.base_url).ask())
        await vendor.wait_for(lambda: len(vendor.asked) == 1)
        started = family(before)
        await _cancelled(running)
        await vendor.wait_for(lambda: vendor.open_connections == 0)

    assert started
    assert not commands(started)


async def test_a_command_that_codex_runs_ends_with_it(make_desk: MakeDesk) -> None:
    """It runs in a session of its own, which signals to codex's group do not reach."""
    call = ToolCall("exec_command", {"cmd": "sleep 3601", "yield_time_ms": 30_000})
    before = family()
    async with cloud(Answer("Wait.", tool=call)) as vendor:
        running = asyncio.create_task(make_desk("codex", vendor.base_url).ask())
        await until(lambda: "sleep 3601" in commands(family()), 60)
        started = family(before)
        await _cancelled(running)
        await until(lambda: not commands(started), 30)


async def test_a_vendor_that_says_nothing_is_not_waited_for(
    make_desk: MakeDesk,
) -> None:
    before = family()
    async with cloud(Silence()) as vendor, asyncio.timeout(180):
        desks = [make_desk(route, vendor.base_url) for route in ROUTES]
        patient = [desk.with_provider(stall_timeout=4.0) for desk in desks]
        runs = await asyncio.gather(*(desk.ask() for desk in patient))

    assert [ran.fault for ran in runs] == ["stalled"] * 3
    assert not commands(family(before))


async def test_no_conversation_is_left_among_temporary_files(
    make_desk: MakeDesk, tmp_path: Path
) -> None:
    """Gemini CLI writes one down for every failure."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    async with cloud(Failure(400)) as vendor:
        desk = make_desk("gemini", vendor.base_url)
        ran = await desk.with_variables(TMPDIR=str(temporary)).ask()

    assert ran.fault == "http_error"
    assert not list(temporary.iterdir())


async def _cancelled(running: asyncio.Task[Ran]) -> None:
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(running, 60)


async def _broken_off(ending: Ending, route: Route, make_desk: MakeDesk) -> Ran:
    async with cloud(Answer("one two three four", ending=ending)) as vendor:
        return await make_desk(route, vendor.base_url).ask()


async def _refused(status: int, route: Route, make_desk: MakeDesk) -> Ran:
    async with cloud(Failure(status)) as vendor:
        return await make_desk(route, vendor.base_url).ask()
