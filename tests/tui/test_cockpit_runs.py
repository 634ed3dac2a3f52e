"""Tasks in the cockpit: sent, watched, handed on, stopped; told by ledger rows."""

from pathlib import Path

from textual.widgets import Input

from mux_tui.core.backends.scripted import Script
from mux_tui.core.events import ReasoningDelta, TextDelta
from mux_tui.core.routing.situation import LocalState
from mux_tui.core.task import Usage
from mux_tui.tui.dialogs.confirm import Confirm
from mux_tui.tui.messages import TaskWanted
from mux_tui.tui.screens.cockpit.output import OutputPane
from mux_tui.tui.screens.cockpit.welcome import EXAMPLES, Welcome
from mux_tui.tui.screens.cockpit.windows import DecisionWindow, SaveWindow
from mux_tui.tui.widgets.answer import AnswerView
from mux_tui.tui.widgets.recent import RecentPane
from tests.tui.cockpit_stage import (
    cockpit,
    current,
    over,
    pieces,
    prompted,
    row_of,
    send,
    toasts,
)
from tests.tui.stage import SMALL, WIDE, make_desk, on_stage, text_of, until

UNSURE = Script("I'm not sure, it might perhaps be so", "", "length", logprob=-3.0)
SURE = Script("Use a context manager.", usage=Usage(100, 20, cost_usd=0.0031))
HOSTILE = (
    "\x1b]52;c;aGk=\x07 \x1b[2J [@click=app.quit]click[/] [/usr/bin] "
    "[link](file:///etc/passwd) \u202egnp.exe\x9b31m \x1b]8;;http://x\x1b\\y"
)


async def test_a_task_is_answered_and_is_in_the_ledger(tmp_path: Path) -> None:
    desk = make_desk(tmp_path)
    async with on_stage(desk) as (app, pilot):
        sitting = await send(app, pilot, "Say something short")
        await over(app, pilot)
        row = await row_of(desk, sitting)
        assert (row.status, row.route, row.door) == ("done", "local", "tui")
        assert row.task == "Say something short"
        assert sitting.answer == "A short answer."
        assert cockpit(app).entry.text == ""
        assert isinstance(app.focused, AnswerView)
        await until(pilot, lambda: "A short answer." in text_of(app))


async def test_the_decision_is_shown_before_the_first_token(tmp_path: Path) -> None:
    desk = make_desk(tmp_path)
    async with on_stage(desk) as (app, pilot):
        backend = await prompted(desk)
        sitting = await send(app, pilot, "Say something short")
        await until(pilot, lambda: backend.asked == 1)
        await until(pilot, lambda: "● LOCAL" in text_of(app), "no decision")
        assert sitting.view.text == ""
        shown = text_of(app)
        assert "stays local" in shown
        assert "1,2" in shown
        assert "of 32,768" in shown
        backend.say(*pieces("The answer"))
        backend.end("The answer ")
        await over(app, pilot)


async def test_a_weak_answer_is_handed_on_and_both_are_kept(tmp_path: Path) -> None:
    desk = make_desk(
        tmp_path,
        local=[UNSURE],
        cloud={"claude": [SURE]},
        settings={"cloud.permission": "allow"},
    )
    async with on_stage(desk) as (app, pilot):
        sitting = await send(app, pilot, "How do I close it?")
        await over(app, pilot)
        row = await row_of(desk, sitting)
        assert (row.status, row.route) == ("done", "claude")
        assert [attempt.route for attempt in row.attempts] == ["local", "claude"]
        await until(pilot, lambda: "handed to claude" in text_of(app))
        await until(pilot, lambda: "Use a context manager." in text_of(app))
        leaving = f"leaves this machine: {sitting.story.leaves:,} characters"
        assert leaving in text_of(app)
        assert sitting.answer == "Use a context manager."


async def test_esc_stops_a_run_only_the_second_time(tmp_path: Path) -> None:
    desk = make_desk(tmp_path)
    async with on_stage(desk) as (app, pilot):
        backend = await prompted(desk)
        sitting = await send(app, pilot, "Say something long")
        await until(pilot, lambda: backend.asked == 1)
        backend.say(*pieces("It began"))
        await until(pilot, lambda: sitting.view.text != "")
        await pilot.press("escape")
        assert not sitting.story.over
        await pilot.press("escape")
        await over(app, pilot)
        row = await row_of(desk, sitting)
        assert row.status == "cancelled"
        assert row.attempts[0].error == "it was cancelled"


async def test_quitting_leaves_a_row_that_says_interrupted(tmp_path: Path) -> None:
    desk = make_desk(tmp_path)
    async with on_stage(desk) as (app, pilot):
        backend = await prompted(desk)
        sitting = await send(app, pilot, "Say something long")
        await until(pilot, lambda: backend.asked == 1)
        run_id = sitting.run.task.run_id
        app.exit()
    async with on_stage(make_desk(tmp_path)) as (app, _):
        ledger = (await app.desk.engine()).ledger
        assert ledger is not None
        row = await ledger.get(run_id)
        assert row is not None
        assert row.status == "interrupted"


async def test_several_runs_have_a_tab_each(tmp_path: Path) -> None:
    desk = make_desk(tmp_path)
    async with on_stage(desk) as (app, pilot):
        backend = await prompted(desk)
        first = await send(app, pilot, "The first task")
        await until(pilot, lambda: backend.asked == 1)
        second = await send(app, pilot, "The second task")
        await until(pilot, lambda: backend.asked == 2)
        await until(pilot, lambda: "1 ◐ The first task" in text_of(app))
        assert "2 ◐ The second task" in text_of(app)

        await pilot.press("left_square_bracket")
        assert current(app) is first
        await pilot.press("w")
        assert first in cockpit(app).sittings, "a run under way was closed"

        backend.end("One")
        backend.end("Two")
        await over(app, pilot, first)
        await over(app, pilot, second)
        await pilot.press("w")
        await until(pilot, lambda: cockpit(app).sittings == [second])
        assert current(app) is second
        assert (await row_of(desk, first)).status == "done"


async def test_a_click_on_a_tab_shows_its_run(tmp_path: Path) -> None:
    desk = make_desk(tmp_path)
    async with on_stage(desk) as (app, pilot):
        first = await send(app, pilot, "The first task")
        await over(app, pilot)
        await send(app, pilot, "The second task")
        await over(app, pilot)
        await pilot.click("#run-tabs", offset=(3, 0))
        await until(pilot, lambda: current(app) is first)


async def test_nothing_is_lost_while_another_screen_is_in_view(tmp_path: Path) -> None:
    desk = make_desk(tmp_path)
    async with on_stage(desk) as (app, pilot):
        backend = await prompted(desk)
        sitting = await send(app, pilot, "Say something long")
        await until(pilot, lambda: backend.asked == 1)
        screen = cockpit(app)
        screen.entry.put("half a task")
        app.switch_mode("doctor")
        await until(pilot, lambda: app.screen is not screen)
        backend.say(*pieces("Said while nobody looked"))
        backend.end("Said while nobody looked ")
        await over(app, pilot, sitting)
        app.switch_mode("cockpit")
        await until(pilot, lambda: "Said while nobody looked" in text_of(app))
        assert screen.entry.text == "half a task"


async def test_a_task_from_another_screen_is_run_in_the_cockpit(tmp_path: Path) -> None:
    desk = make_desk(tmp_path)
    async with on_stage(desk, mode="doctor") as (app, pilot):
        app.screen.post_message(TaskWanted("From elsewhere", "local"))
        await until(pilot, lambda: app.current_mode == "cockpit")
        await until(pilot, lambda: cockpit(app).current is not None)
        await over(app, pilot)
        row = await row_of(desk, current(app))
        assert (row.task, row.route_requested) == ("From elsewhere", "local")


async def test_escalating_runs_the_same_task_on_the_first_cloud_cli(
    tmp_path: Path,
) -> None:
    desk = make_desk(
        tmp_path,
        cloud={"codex": [SURE], "gemini": [SURE]},
        settings={"cloud.permission": "allow"},
    )
    async with on_stage(desk) as (app, pilot):
        await until(pilot, lambda: app.pulse.local is not None)
        first = await send(app, pilot, "How do I close it?")
        await over(app, pilot)
        await pilot.press("e")
        await until(pilot, lambda: current(app) is not first)
        await over(app, pilot)
        row = await row_of(desk, current(app))
        assert (row.task, row.route) == ("How do I close it?", "codex")
        await pilot.press("l")
        await until(pilot, lambda: len(cockpit(app).sittings) == 3)
        await over(app, pilot)
        assert (await row_of(desk, current(app))).route == "local"


async def test_without_a_cloud_cli_escalating_says_what_to_do(tmp_path: Path) -> None:
    async with on_stage(make_desk(tmp_path)) as (app, pilot):
        await until(pilot, lambda: app.pulse.local is not None)
        await send(app, pilot, "How do I close it?")
        await over(app, pilot)
        await pilot.press("e")
        await until(pilot, lambda: "no cloud CLI is installed" in toasts(app))
        assert len(cockpit(app).sittings) == 1


async def test_escalating_a_run_under_way_asks_first(tmp_path: Path) -> None:
    desk = make_desk(
        tmp_path, cloud={"claude": [SURE]}, settings={"cloud.permission": "allow"}
    )
    async with on_stage(desk) as (app, pilot):
        await until(pilot, lambda: app.pulse.local is not None)
        backend = await prompted(desk)
        first = await send(app, pilot, "How do I close it?")
        await until(pilot, lambda: backend.asked == 1)
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("n")
        await until(pilot, lambda: app.screen is cockpit(app))
        assert not first.story.over
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("y")
        await over(app, pilot, first)
        await until(pilot, lambda: len(cockpit(app).sittings) == 2)
        await over(app, pilot)
        assert (await row_of(desk, first)).status == "cancelled"
        assert (await row_of(desk, current(app))).route == "claude"


async def test_a_hostile_answer_is_shown_to_the_letter(tmp_path: Path) -> None:
    desk = make_desk(tmp_path, local=[Script(HOSTILE, reasoning=HOSTILE)])
    async with on_stage(desk) as (app, pilot):
        sitting = await send(app, pilot, f"Say {HOSTILE}")
        await over(app, pilot)
        await until(pilot, lambda: "[@click=app.quit]" in text_of(app))
        shown = text_of(app)
        assert all(c.isprintable() or c == "\n" for c in shown)
        await pilot.click(OutputPane, offset=(20, 3))
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(app.screen, DecisionWindow))
        assert all(c.isprintable() or c == "\n" for c in text_of(app))
        assert (await row_of(desk, sitting)).status == "done"


async def test_thinking_is_folded_away_and_opened(tmp_path: Path) -> None:
    desk = make_desk(tmp_path)
    async with on_stage(desk) as (app, pilot):
        backend = await prompted(desk)
        sitting = await send(app, pilot, "Think")
        await until(pilot, lambda: backend.asked == 1)
        backend.say(ReasoningDelta("secret thoughts here"), TextDelta("Said."))
        backend.end("Said.")
        await over(app, pilot)
        await until(pilot, lambda: "3 words" in text_of(app))
        assert "secret thoughts" not in text_of(app)
        await pilot.press("z")
        await until(pilot, lambda: "secret thoughts here" in text_of(app))
        assert sitting.answer == "Said."


async def test_examples_run_with_a_number(tmp_path: Path) -> None:
    desk = make_desk(tmp_path)
    async with on_stage(desk) as (app, pilot):
        app.screen.query_one(Welcome).focus()
        await pilot.press("2")
        await until(pilot, lambda: cockpit(app).current is not None)
        await over(app, pilot)
        assert (await row_of(desk, current(app))).task == EXAMPLES[1]


async def test_what_is_refused_stays_in_the_entry(tmp_path: Path) -> None:
    desk = make_desk(tmp_path, settings={"limits.task_bytes": 20})
    async with on_stage(desk) as (app, pilot):
        screen = cockpit(app)
        screen.entry.put("This is longer than that")
        await pilot.press("enter")
        await until(pilot, lambda: "the task is too long" in toasts(app))
        await until(pilot, lambda: not screen.entry.sent)
        assert screen.entry.text == "This is longer than that"
        assert screen.sittings == []


async def test_an_answer_is_saved_and_nothing_is_overwritten_unasked(
    tmp_path: Path,
) -> None:
    desk = make_desk(tmp_path)
    there = desk.cwd / "answer.md"
    there.write_text("precious")
    async with on_stage(desk) as (app, pilot):
        await send(app, pilot, "Say something short")
        await over(app, pilot)
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, SaveWindow))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, SaveWindow))
        assert there.read_text() == "precious"
        app.screen.query_one(Input).value = "other.md"
        await pilot.press("enter")
        await until(pilot, (desk.cwd / "other.md").exists)
        assert (desk.cwd / "other.md").read_text() == "A short answer."


async def test_recent_runs_of_this_project_are_listed_and_run_again(
    tmp_path: Path,
) -> None:
    desk = make_desk(tmp_path)
    async with on_stage(desk) as (app, pilot):
        first = await send(app, pilot, "Say something short")
        await over(app, pilot)
        recent = app.screen.query_one(RecentPane)
        run_id = first.run.task.run_id
        await until(pilot, lambda: [option.id for option in recent.options] == [run_id])
        recent.focus()
        recent.highlighted = 0
        await pilot.press("r")
        await until(pilot, lambda: len(cockpit(app).sittings) == 2)
        await over(app, pilot)
        assert (await row_of(desk, current(app))).task == "Say something short"
        await until(pilot, lambda: len(recent.options) == 2)


async def test_a_small_screen_has_the_decision_on_two_lines(tmp_path: Path) -> None:
    async with on_stage(make_desk(tmp_path), SMALL) as (app, pilot):
        await send(app, pilot, "Say something short")
        await over(app, pilot)
        await until(pilot, lambda: "✓ ask local" in text_of(app))
        assert "? why" in text_of(app)
        assert "Recent" not in text_of(app)
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(app.screen, DecisionWindow))
        await until(pilot, lambda: "also looked at" in text_of(app))
        await pilot.press("end")
        await until(pilot, lambda: "what the answer scored" in text_of(app))
        await until(pilot, lambda: "✓ route" in text_of(app).partition("steps")[2])


async def test_no_local_model_and_no_cloud_says_what_to_do(tmp_path: Path) -> None:
    desk = make_desk(tmp_path, state=LocalState("not_configured"))
    async with on_stage(desk, WIDE) as (app, pilot):
        await until(pilot, lambda: "mux setup --starter" in text_of(app))
        sitting = await send(app, pilot, "Say something short")
        await over(app, pilot)
        assert (await row_of(desk, sitting)).status == "failed"
        await until(pilot, lambda: "Set a local model up with" in text_of(app))
        assert "cannot be done" in text_of(app)
